import CostModel
import TensorGraph

/// Every step that a problem allows, each at its best granularity for any resident tensors, by trying all.
///
/// Sets of ops, and of tensors that ops write, are bit masks.
final class OracleSteps {
    /// A set of ops with a set of retained tensors.
    struct Shape {
        var structure: StepStructure
        var ops: UInt32
        /// Tensors read that some op writes.
        var reads: UInt32
        var retained: UInt32
        var evicted: UInt32
    }

    private struct Key: Hashable {
        var shape: Int
        var residentReads: UInt32
    }

    let problem: Problem
    let shapes: [Shape]
    /// Tensors that ops write, by bit.
    let tensors: [TensorID]
    let graphOutputs: UInt32
    private let options: ScheduleOracle.Options
    /// Costs do not depend on the capacity; whether they fit is looked at afterwards.
    private let unlimited: Problem
    private var choices: [Key: [OracleGranularities.Choice]] = [:]

    init(_ problem: Problem, options: ScheduleOracle.Options) throws(ProblemError) {
        self.problem = problem
        self.options = options
        unlimited = try problem.with(capacity: 1 << 50)
        let tensors = problem.tensors.indices.map { TensorID($0) }
            .filter { problem.graph.producers[$0.index] != nil }
        self.tensors = tensors
        func mask(_ set: [TensorID]) -> UInt32 {
            tensors.enumerated().reduce(0) { set.contains($1.element) ? $0 | 1 << UInt32($1.offset) : $0 }
        }
        graphOutputs = mask(tensors.filter { problem.graph.isGraphOutput($0) })
        let analyzer = StepAnalyzer(problem)
        var shapes: [Shape] = []
        for ops in UInt32(1)..<(1 << UInt32(problem.ops.count)) {
            let members = problem.graph.topologicalOrder.filter { ops & 1 << UInt32($0.index) != 0 }
            let written = mask(members.flatMap { problem[$0].outputs })
            for retained in 0...written where retained & ~written == 0 {
                let kept = tensors.indices.filter { retained & 1 << UInt32($0) != 0 }.map { tensors[$0] }
                guard let structure = try? analyzer.analyze(ops: members, retained: kept) else { continue }
                shapes.append(
                    Shape(
                        structure: structure, ops: ops, reads: mask(structure.reads), retained: retained,
                        evicted: mask(structure.evicted)))
            }
        }
        self.shapes = shapes
    }

    func members(of mask: UInt32) -> [TensorID] {
        tensors.indices.filter { mask & 1 << UInt32($0) != 0 }.map { tensors[$0] }
    }

    func elements(of mask: UInt32) -> Double {
        members(of: mask).reduce(0) { $0 + Double(problem[$1].size) }
    }

    /// The cheapest choice that fits, or nil.
    func best(_ shape: Int, resident: UInt32) -> OracleGranularities.Choice? {
        // Only tensors that are read change the cost; the others merely take up memory.
        let reads = resident & shapes[shape].reads
        let permanent = elements(of: resident | shapes[shape].retained)
        let counted = elements(of: reads | shapes[shape].retained)
        let capacity = Double(problem.hardware.fastMemoryCapacity) - permanent + counted
        return all(shape, reads).first { $0.workingSet <= capacity }
    }

    /// All choices, cheapest first.
    private func all(_ index: Int, _ residentReads: UInt32) -> [OracleGranularities.Choice] {
        let key = Key(shape: index, residentReads: residentReads)
        if let known = choices[key] { return known }
        var found = OracleGranularities(
            problem: unlimited, structure: shapes[index].structure, resident: members(of: residentReads),
            permutes: options.permutes, simulatesAll: options.simulatesAll
        ).choices()
        if options.forbidden.contains(.unevenDepths) {
            let reduction = shapes[index].structure.sinkReduction
            found.removeAll { $0.granularity.depth < reduction && reduction % $0.granularity.depth != 0 }
        }
        found.sort { $0.latency < $1.latency }
        choices[key] = found
        return found
    }
}
