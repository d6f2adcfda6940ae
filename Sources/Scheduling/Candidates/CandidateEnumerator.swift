import CostModel
import Dispatch
import Synchronization
import TensorGraph

/// Enumerates the steps that a schedule can consist of, each with its best granularity.
///
/// The result is complete when no limit was met: then every schedule of RULES (with named tile orders) can be changed
/// into one of candidates that costs no more. What is left out, and why nothing is lost:
/// - *Useless unions.* A step without hand-offs that costs no less than its ops as single steps: the single steps, in
///   topological order, read the same tensors and evict all that the step evicts.
/// - *Useless lifetimes.* A retained tensor that the next step does not read, unless `ThrowAway` says that it could
///   pay not to evict it.
public struct CandidateEnumerator: Sendable {
    /// Limits on the work; all counts, so that the result does not depend on the machine.
    public struct Limits: Sendable, Hashable {
        /// Connected op sets looked at.
        public var connectedSets = 4_000_000
        /// Op sets that could be steps by shape, sinks and memory.
        public var admissibleSets = 400_000
        /// Candidates kept; about 1 KiB of memory each.
        public var candidates = 400_000
        /// Steps (op set, resident set, retained set) whose granularity is searched.
        public var pricedSteps = 20_000_000
        /// Sets of tensors that one step may retain.
        public var retainedSets = 64
        /// Tensors retained at once.
        public var retainedTensors = 4

        /// The default limits.
        public init() {}
    }

    /// When the exhaustive search for the best granularity is made.
    public enum Pricing: Sendable, Hashable {
        /// For every candidate at once.
        case exhaustive
        /// Candidates get a fast price and a lower bound; whoever needs the best settles them, see ``CandidateEnumerator/settle(_:isCancelled:)``.
        case bounded
    }

    /// The problem.
    public let problem: Problem
    /// When granularities are searched exhaustively.
    public let pricing: Pricing
    /// Granularity search for each step.
    public let optimizer: GranularityOptimizer
    private let fast: GranularityOptimizer
    private let border: Border?
    private let atoms: [OpSet]?
    private let known: PartPrices?
    /// Limits on the work.
    public let limits: Limits
    /// Cores to use; the result is the same for any number.
    public let threads: Int

    /// Creates an enumerator.
    public init(
        _ problem: Problem, reductionCap: ReductionCap = .native, limits: Limits = Limits(), threads: Int = 2,
        pricing: Pricing = .exhaustive
    ) {
        self.init(
            problem, border: nil, reductionCap: reductionCap, limits: limits, threads: threads, pricing: pricing)
    }

    /// Creates an enumerator for a window.
    ///
    /// - Parameters:
    ///   - border: what other steps give and want.
    ///   - atoms: disjoint sets of ops, together all of them, that no step divides; nil for single ops.
    ///   - effort: of one search for a granularity; nil for what the search needs.
    ///   - known: prices from earlier, found with the same effort.
    init(
        _ problem: Problem, border: Border?, atoms: [OpSet]? = nil, reductionCap: ReductionCap, limits: Limits,
        threads: Int, pricing: Pricing, effort: GranularityOptimizer.Effort? = nil, known: PartPrices? = nil
    ) {
        self.known = known
        self.border = border
        self.atoms = atoms
        self.problem = problem
        self.pricing = pricing
        fast = GranularityOptimizer(problem, reductionCap: reductionCap, mode: .fast, effort: effort)
        optimizer = GranularityOptimizer(problem, reductionCap: reductionCap, mode: .exhaustive, effort: effort)
        self.limits = limits
        self.threads = max(1, threads)
    }

    /// Enumerates all candidates, or as many as the limits allow.
    ///
    /// - Parameter isCancelled: polled now and then; when it says true the set is returned as far as it has come,
    ///   with that reason among its omissions.
    public func enumerate(isCancelled: @escaping @Sendable () -> Bool = { false }) -> CandidateSet {
        guard problem.ops.count <= OpSet.capacity else {
            return CandidateSet(
                candidates: [], omissions: ["\(problem.ops.count) ops are more than the \(OpSet.capacity) of a set"],
                statistics: .init())
        }
        var result = CandidateSet(candidates: [], omissions: [], statistics: .init())
        let sets = connectedSets(&result, isCancelled)
        guard result.isComplete else { return result }
        let handOffs = self.handOffs(sets)
        result.omissions += handOffs.omissions
        guard border == nil || isAffordable(sets, handOffs) else {
            result.omissions.append("there are more than \(limits.pricedSteps) steps")
            return result
        }
        price(sets, handOffs, &result, isCancelled)
        result.statistics.kept = result.candidates.count
        return result
    }

    // MARK: Op sets

    private func connectedSets(_ result: inout CandidateSet, _ isCancelled: @escaping @Sendable () -> Bool) -> [[OpID]]
    {
        let connected = ConnectedSets(problem, reductionCap: optimizer.reductionCap, atoms: atoms)
        let opOfNumber = connected.opOfNumber
        let limits = limits
        let progress = EnumerationProgress()
        let parts = parallelMap(count: connected.count, threads: threads) { root in
            var connected = connected
            var sets: [[OpID]] = []
            let ended = connected.enumerate(
                root: root,
                continues: { visited in
                    guard visited & 255 == 0 else { return true }
                    progress.visited.add(256, ordering: .relaxed)
                    return progress.isWithin(limits) && !isCancelled()
                },
                visit: { set, canFit in
                    guard canFit else { return }
                    progress.admissible.add(1, ordering: .relaxed)
                    sets.append(set.members.reversed().map { opOfNumber[$0] })
                })
            progress.visited.add(connected.visited & 255, ordering: .relaxed)
            if !ended { progress.unended.add(1, ordering: .relaxed) }
            return sets
        }
        result.statistics.connected = progress.visited.load(ordering: .relaxed)
        result.statistics.admissible = progress.admissible.load(ordering: .relaxed)
        let unended = progress.unended.load(ordering: .relaxed)
        if unended > 0 || !progress.isWithin(limits) {
            // A part of the sets would depend on which thread came first, and proves nothing: none is kept.
            result.omissions.append(
                "stopped after \(result.statistics.connected) connected op sets, "
                    + "\(result.statistics.admissible) of them steps by shape and memory; "
                    + "\(unended) of \(connected.count) ops, as last op of a step, were not finished"
                    + (isCancelled()
                        ? " in time" : "; the limits are \(limits.connectedSets) and \(limits.admissibleSets)"))
            return []
        }
        return parts.flatMap { $0 }
    }

    // MARK: Hand-offs

    /// Ever fewer hand-offs, for windows that have too many steps with all of them.
    private static let fewerHandOffs = [(sets: 8, tensors: 2), (sets: 4, tensors: 1), (sets: 0, tensors: 0)]

    private func handOffs(_ sets: [[OpID]]) -> HandOffs {
        var handOffs = HandOffs(problem, sets: sets, limits: limits, border: border)
        guard border != nil else { return handOffs }
        for fewer in Self.fewerHandOffs where !isAffordable(sets, handOffs) {
            var limits = limits
            (limits.retainedSets, limits.retainedTensors) = (fewer.sets, fewer.tensors)
            handOffs = HandOffs(problem, sets: sets, limits: limits, border: border)
        }
        return handOffs
    }

    /// True when there are no more steps with these hand-offs than the limit on their prices.
    private func isAffordable(_ sets: [[OpID]], _ handOffs: HandOffs) -> Bool {
        var count = 0
        for ops in sets {
            let members = OpSet(ops.map(\.index))
            var reads: [TensorID] = []
            for op in ops {
                for tensor in problem[op].inputs where !reads.contains(tensor) {
                    let isInside = problem.graph.producers[tensor.index].map { members.contains($0.index) } ?? false
                    if !isInside { reads.append(tensor) }
                }
            }
            count += handOffs.retainable(ops).count * handOffs.residents(reads).count
            guard count <= limits.pricedSteps else { return false }
        }
        return true
    }

    // MARK: Prices

    private struct PriceResult: Sendable {
        var candidates: [Candidate] = []
        var feasible = 0
        /// Steps with granularities that were passed over.
        var unsearched = 0
    }

    private func price(
        _ sets: [[OpID]], _ handOffs: HandOffs, _ result: inout CandidateSet,
        _ isCancelled: @escaping @Sendable () -> Bool
    ) {
        let alone = aloneLatencies()
        let chunk = 64
        let chunks = (sets.count + chunk - 1) / chunk
        let kept = Atomic(0)
        let feasible = Atomic(0)
        let parts = parallelMap(count: chunks, threads: threads) { index -> PriceResult in
            var part = PriceResult()
            guard !isCancelled(), kept.load(ordering: .relaxed) <= 2 * limits.candidates,
                feasible.load(ordering: .relaxed) <= limits.pricedSteps
            else { return part }
            let analyzer = StepAnalyzer(problem)
            for number in index * chunk..<min(sets.count, (index + 1) * chunk) where !isCancelled() {
                guard part.candidates.count <= limits.candidates, part.feasible <= limits.pricedSteps else { break }
                price(sets[number], handOffs, analyzer, alone, &part)
            }
            kept.add(part.candidates.count, ordering: .relaxed)
            feasible.add(part.feasible, ordering: .relaxed)
            return part
        }
        for part in parts {
            result.candidates += part.candidates
            result.statistics.feasible += part.feasible
        }
        let unsearched = parts.reduce(0) { $0 + $1.unsearched }
        if unsearched > 0 {
            result.omissions.append(
                "granularities of \(unsearched) steps at which demands coincide, too many to simulate")
        }
        if isCancelled() {
            result.omissions.append("the search for granularities was stopped")
        }
        if result.statistics.feasible > limits.pricedSteps {
            result.omissions.append("there are more than \(limits.pricedSteps) steps")
        }
        if result.candidates.count > limits.candidates {
            result.omissions.append("there are more than \(limits.candidates) candidates")
            result.candidates.removeLast(result.candidates.count - limits.candidates)
        }
    }

    private func aloneLatencies() -> [Double] {
        let analyzer = StepAnalyzer(problem)
        return problem.opIDs.map { op in
            guard let structure = try? analyzer.analyze(ops: [op], retained: []) else { return .infinity }
            let cost = StepCost(structure, problem: problem)
            // Any price at which an op can run alone will do; windows are many, so theirs has to be cheap.
            let optimizer = border == nil ? optimizer : fast
            return optimizer.best(for: cost, resident: [])?.latency ?? .infinity
        }
    }

    private func price(
        _ ops: [OpID], _ handOffs: HandOffs, _ analyzer: StepAnalyzer, _ alone: [Double], _ part: inout PriceResult
    ) {
        for retained in handOffs.retainable(ops) {
            guard let structure = try? analyzer.analyze(ops: ops, retained: retained) else { continue }
            // What is handed to a window is not in slow memory.
            let given = border?.resident.filter(structure.reads.contains) ?? []
            for resident in handOffs.residents(structure.reads) where given.allSatisfy(resident.contains) {
                let cost = StepCost(structure, problem: problem, resident: resident)
                guard optimizer.mayFit(cost) else { continue }
                part.feasible += 1
                var limit = Double.infinity
                if ops.count > 1, retained.isEmpty, resident.isEmpty, !isAtom(ops) {
                    limit = ops.reduce(0) { $0 + alone[$1.index] }
                }
                guard let candidate = candidate(structure, cost, resident, limit, &part.unsearched) else { continue }
                part.candidates.append(candidate)
            }
        }
    }

    /// True when no step divides these ops, so that single steps cannot stand for them.
    private func isAtom(_ ops: [OpID]) -> Bool { atoms?.contains(OpSet(ops.map(\.index))) ?? false }

    private func candidate(
        _ structure: StepStructure, _ cost: StepCost, _ resident: [TensorID], _ limit: Double, _ unsearched: inout Int
    ) -> Candidate? {
        if let price = known?.price(ops: structure.ops, resident: resident, retained: structure.retained) {
            guard price.lowerBound < limit else { return nil }
            return Candidate(structure, resident: resident, price: price, problem: problem)
        }
        if pricing == .bounded {
            let bound = fast.lowerBound(of: cost)
            guard bound < limit else { return nil }
            if let choice = fast.best(for: cost, resident: resident) {
                return Candidate(
                    structure, resident: resident, choice: choice, lowerBound: bound, problem: problem)
            }
        }
        let (choice, isComplete) = optimizer.search(for: cost, resident: resident, below: limit)
        if !isComplete { unsearched += 1 }
        return choice.map {
            Candidate(structure, resident: resident, choice: $0, problem: problem)
        }
    }

    /// Searches the granularities of candidates exhaustively, so that each is ``Candidate/isSettled``.
    ///
    /// - Parameters:
    ///   - candidates: the candidates; those that are settled come back as they are.
    ///   - isCancelled: when it says true the rest stay as they are.
    public func settle(_ candidates: [Candidate], isCancelled: @escaping @Sendable () -> Bool) -> [Candidate] {
        let chunk = 4
        let parts = parallelMap(count: (candidates.count + chunk - 1) / chunk, threads: threads) { index in
            let analyzer = StepAnalyzer(problem)
            return candidates[index * chunk..<min(candidates.count, (index + 1) * chunk)].map { candidate in
                guard !candidate.isSettled, !isCancelled(),
                    let structure = try? analyzer.analyze(ops: candidate.ops, retained: candidate.retained)
                else { return candidate }
                var settled = candidate
                let cost = StepCost(structure, problem: problem, resident: candidate.resident)
                let (choice, isComplete) = optimizer.search(
                    for: cost, resident: candidate.resident, below: candidate.latency)
                settled.settle(choice, isComplete: isComplete)
                return settled
            }
        }
        return parts.flatMap { $0 }
    }
}

/// Counts of an enumeration that several threads share.
private final class EnumerationProgress: Sendable {
    let visited = Atomic(0)
    let admissible = Atomic(0)
    let unended = Atomic(0)

    func isWithin(_ limits: CandidateEnumerator.Limits) -> Bool {
        visited.load(ordering: .relaxed) <= limits.connectedSets
            && admissible.load(ordering: .relaxed) <= limits.admissibleSets
    }
}

/// Runs a function for 0, 1, … on several threads; results come in order.
func parallelMap<Result: Sendable>(
    count: Int, threads: Int, _ body: @escaping @Sendable (Int) -> Result
) -> [Result] {
    guard threads > 1, count > 1 else { return (0..<count).map(body) }
    let next = Atomic(0)
    let results = Mutex([Result?](repeating: nil, count: count))
    DispatchQueue.concurrentPerform(iterations: min(threads, count)) { _ in
        while true {
            let index = next.add(1, ordering: .relaxed).oldValue
            guard index < count else { return }
            let value = body(index)
            results.withLock { $0[index] = value }
        }
    }
    return results.withLock { $0.compactMap { $0 } }
}
