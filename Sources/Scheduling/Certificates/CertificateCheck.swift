import BitCollections
import CostModel
import TensorGraph

/// Confirms a bound from its prices alone: tries every connected op set with every set of tensors found and retained.
///
/// It shares nothing with the search that found the prices but the cost model. For each step it compares the
/// step's value, computed here from the definition of the rows, with the least latency over all granularities and
/// named tile orders. Where a quick lower bound of the latency is no less than the value, nothing has to be searched.
///
/// What has to be tried, and why it is enough: a step's op set is connected (RULES 3.2). It may retain any set of
/// tensors that it writes. A tensor that it finds in fast memory and does not read has no price that helps it: rows C3
/// take value away, ops upstream of it lose theirs (C1', C2'), and it needs room; so sets of tensors that it reads are
/// enough.
public struct CertificateCheck {
    /// What checking came to.
    public enum Outcome: Sendable {
        /// No step is worth more than it costs.
        case confirmed
        /// A step is; the certificate proves nothing.
        case violated(Violation)
        /// The prices do not add up to the bound, or are no prices.
        case invalid(String)
        /// Not all steps were tried, or not at all granularities; those that were are worth no more than they cost.
        case unfinished(String)
    }

    /// A step that is worth more than it costs.
    public struct Violation: Sendable, Hashable, CustomStringConvertible {
        /// Ops of the step.
        public let ops: [OpID]
        /// Tensors that it finds in fast memory.
        public let resident: [TensorID]
        /// Tensors that it retains.
        public let retained: [TensorID]
        /// What it is worth, in units of time.
        public let value: Double
        /// What it costs.
        public let latency: Double

        /// One sentence.
        public var description: String {
            func list(_ ids: [some CustomStringConvertible]) -> String { ids.map(\.description).joined(separator: " ") }
            return "the step of ops \(list(ops)), finding tensors [\(list(resident))] and retaining "
                + "[\(list(retained))], is worth \(value) and costs \(latency)"
        }
    }

    /// Counts of a check.
    public struct Statistics: Sendable, Hashable {
        /// Connected op sets.
        public var sets = 0
        /// Op sets with tensors found and retained.
        public var steps = 0
        /// Steps whose granularities were searched.
        public var searched = 0
        /// Steps that are worth just what they cost, to 1e-6.
        public var tight = 0
    }

    /// Counts so far.
    public private(set) var statistics = Statistics()
    private let problem: Problem
    private let certificate: BoundCertificate
    private let optimizer: GranularityOptimizer
    private let analyzer: StepAnalyzer
    private let upstream: [BitSet]
    private let neighbours: [BitSet]
    private let limit: Int
    private var firstViolation: Violation?
    private var unsearched = 0

    /// Relative difference that sums of prices and of latencies may have by rounding.
    private static let rounding = 1e-9

    /// Prepares a check.
    ///
    /// - Parameters:
    ///   - certificate: what is to be confirmed.
    ///   - problem: the problem that it is about.
    ///   - limit: connected op sets tried at most.
    public init(_ certificate: BoundCertificate, problem: Problem, limit: Int = 10_000_000) {
        self.certificate = certificate
        self.problem = problem
        self.limit = limit
        optimizer = GranularityOptimizer(
            problem, reductionCap: certificate.reductionCap == "none" ? .none : .native, mode: .exhaustive)
        analyzer = StepAnalyzer(problem)
        var upstream = [BitSet](repeating: [], count: problem.ops.count)
        for op in problem.graph.topologicalOrder {
            upstream[op.index].insert(op.index)
            for tensor in problem[op].inputs {
                if let producer = problem.graph.producers[tensor.index] {
                    upstream[op.index].formUnion(upstream[producer.index])
                }
            }
        }
        self.upstream = upstream
        var touching = [BitSet](repeating: [], count: problem.tensors.count)
        for op in problem.opIDs {
            for tensor in problem[op].inputs + problem[op].outputs { touching[tensor.index].insert(op.index) }
        }
        neighbours = problem.opIDs.map { op in
            (problem[op].inputs + problem[op].outputs).reduce(into: BitSet()) { $0.formUnion(touching[$1.index]) }
        }
    }

    /// Tries every step, or as many as the limit allows.
    ///
    /// - Parameter isCancelled: polled now and then.
    public mutating func run(isCancelled: () -> Bool = { false }) -> Outcome {
        if let fault = fault() { return .invalid(fault) }
        var isStopped = false
        for root in problem.ops.indices where !isStopped && firstViolation == nil {
            // Sets whose smallest op is the root, each once.
            let later = BitSet(root..<problem.ops.count)
            grow(
                [root], from: neighbours[root].intersection(later).subtracting([root]), within: later, &isStopped,
                isCancelled)
        }
        if let firstViolation { return .violated(firstViolation) }
        if isStopped { return .unfinished("stopped after \(statistics.sets) connected op sets") }
        if unsearched > 0 { return .unfinished("\(unsearched) steps have granularities that could not all be tried") }
        return .confirmed
    }

    /// What is wrong with the prices, whatever the steps; nil if nothing is.
    private func fault() -> String? {
        guard certificate.ops == problem.ops.count, certificate.tensors == problem.tensors.count,
            certificate.first.count == problem.ops.count
        else { return "the certificate is for a problem of \(certificate.ops) ops and \(certificate.tensors) tensors" }
        let tensors = problem.tensors.indices
        let graph = problem.graph
        let prices =
            certificate.first + certificate.output.map(\.price) + certificate.reach.map(\.price)
            + certificate.handOff.map(\.price)
        guard prices.allSatisfy({ $0 >= 0 && $0.isFinite }) else { return "a price is negative" }
        for entry in certificate.output {
            guard tensors.contains(entry.tensor), graph.isGraphOutput(TensorID(entry.tensor)) else {
                return "tensor \(entry.tensor) is no graph output"
            }
        }
        for entry in certificate.reach {
            guard tensors.contains(entry.tensor), graph.producers[entry.tensor] != nil,
                problem.ops.indices.contains(entry.op)
            else { return "there is no row C2' of op \(entry.op) and tensor \(entry.tensor)" }
        }
        for entry in certificate.handOff {
            guard entry.sets.allSatisfy({ !$0.isEmpty && $0.allSatisfy(tensors.contains) }) else {
                return "a row C3 is about no set of tensors"
            }
        }
        let sum =
            certificate.first.reduce(0, +) + certificate.output.reduce(0) { $0 + $1.price }
            + certificate.reach.reduce(0) { $0 + $1.price }
        guard certificate.bound <= sum * (1 + Self.rounding) else {
            return "the prices add up to \(sum), less than the bound \(certificate.bound)"
        }
        return nil
    }

    // MARK: Op sets

    private mutating func grow(
        _ set: BitSet, from border: BitSet, within allowed: BitSet, _ isStopped: inout Bool, _ isCancelled: () -> Bool
    ) {
        guard !isStopped, firstViolation == nil else { return }
        guard statistics.sets < limit, statistics.sets & 255 != 255 || !isCancelled() else {
            isStopped = true
            return
        }
        statistics.sets += 1
        check(set)
        var border = border
        var allowed = allowed
        while let op = border.first {
            border.remove(op)
            allowed.remove(op)
            grow(
                set.union([op]),
                from: border.union(neighbours[op].intersection(allowed)).subtracting(set), within: allowed, &isStopped,
                isCancelled)
        }
    }

    // MARK: Steps

    private mutating func check(_ set: BitSet) {
        let ops = analyzer.ordered(set.map { OpID($0) })
        let graph = problem.graph
        let written = ops.flatMap { problem[$0].outputs }
        let writtenSet = Set(written)
        let reads = Set(ops.flatMap { problem[$0].inputs }).subtracting(writtenSet)
            .filter { graph.producers[$0.index] != nil }.sorted()
        let known = reads.reduce(into: BitSet()) { found, tensor in
            if let producer = graph.producers[tensor.index] { found.formUnion(upstream[producer.index]) }
        }
        let capacity = problem.hardware.fastMemoryCapacity
        for retained in Self.subsets(written.sorted(), capacity: capacity, problem) {
            guard let structure = try? analyzer.analyze(ops: ops, retained: retained) else { continue }
            let evicted = BitSet(structure.evicted.map(\.index))
            for resident in Self.subsets(reads, capacity: capacity, problem) {
                statistics.steps += 1
                let value = value(
                    set, known, evicted, slowReads: reads.filter { !resident.contains($0) }, resident, retained)
                guard value > 0 else { continue }
                check(structure, resident, value)
                if firstViolation != nil { return }
            }
        }
    }

    private mutating func check(_ structure: StepStructure, _ resident: [TensorID], _ value: Double) {
        let cost = StepCost(structure, problem: problem, resident: resident)
        let allowed = value * (1 - Self.rounding)
        guard optimizer.lowerBound(of: cost) < value * (1 + 1e-6) else { return }
        statistics.searched += 1
        let (choice, isComplete, _) = optimizer.search(for: cost, resident: resident, below: value * (1 + 1e-6))
        if !isComplete { unsearched += 1 }
        guard let choice else { return }
        statistics.tight += 1
        guard choice.latency < allowed else { return }
        firstViolation = Violation(
            ops: structure.ops, resident: resident, retained: structure.retained, value: value, latency: choice.latency)
    }

    /// What a step is worth: the sum over the rows that count it.
    private func value(
        _ set: BitSet, _ known: BitSet, _ evicted: BitSet, slowReads: [TensorID], _ resident: [TensorID],
        _ retained: [TensorID]
    ) -> Double {
        var value = 0.0
        for op in set where !known.contains(op) { value += certificate.first[op] }
        for entry in certificate.output where evicted.contains(entry.tensor) { value += entry.price }
        for entry in certificate.reach where !known.contains(entry.op) {
            if set.contains(entry.op) {
                if !slowReads.contains(TensorID(entry.tensor)) { value += entry.price }
            } else if evicted.contains(entry.tensor) {
                value += entry.price
            }
        }
        for entry in certificate.handOff {
            func counts(_ tensors: [TensorID]) -> Bool {
                entry.sets.contains { $0.allSatisfy { tensors.contains(TensorID($0)) } }
            }
            value += (counts(retained) ? entry.price : 0) - (counts(resident) ? entry.price : 0)
        }
        return value
    }

    /// All sets of these tensors that are smaller than fast memory, the empty one first.
    private static func subsets(_ tensors: [TensorID], capacity: Int, _ problem: Problem) -> [[TensorID]] {
        var found: [(set: [TensorID], size: Int)] = [([], 0)]
        for tensor in tensors {
            for (set, size) in found where size + problem[tensor].size < capacity {
                found.append((set + [tensor], size + problem[tensor].size))
            }
        }
        return found.map(\.set)
    }
}
