import CostModel
import TensorGraph

/// What a run over random cases came across: a test that never meets a hard case proves nothing.
public struct CaseCounts: Sendable, CustomStringConvertible {
    /// Steps seen.
    public var steps = 0
    /// Steps of several ops.
    public var multiOp = 0
    /// Steps with several k-steps.
    public var manyDepths = 0
    /// Steps that start with a resident tensor or retain one.
    public var handOffs = 0
    /// Steps with two sinks or more.
    public var manySinks = 0
    /// Steps with a reducing op that is not a sink.
    public var folded = 0
    /// Steps that visit tiles in an order that is not a named one.
    public var permuted = 0
    /// Steps that have no class form at their granularity.
    public var needingSimulation = 0
    /// What the ops of RULES 7 bring.
    public var einsums = EinsumCounts()

    /// Creates counts of zero.
    public init() {}

    /// Counts a step.
    public mutating func count(_ step: Step, _ structure: StepStructure, resident: [TensorID], in problem: Problem) {
        steps += 1
        if step.ops.count > 1 { multiOp += 1 }
        if structure.reductionSteps(depth: step.granularity.depth) > 1 { manyDepths += 1 }
        if !step.retained.isEmpty || !resident.isEmpty { handOffs += 1 }
        if structure.sinkCount > 1 { manySinks += 1 }
        if zip(step.ops, structure.parts).contains(where: { problem[$0].isReducing && $1 == .inner }) {
            folded += 1
        }
        if case .permutation = step.order { permuted += 1 }
        if StepCost(structure, problem: problem, resident: resident).needsSimulation(step.granularity) {
            needingSimulation += 1
        }
        einsums.count(structure, resident: resident, in: problem)
    }

    /// Counts every step of a schedule that can be analysed.
    public mutating func count(_ schedule: Schedule, in problem: Problem) {
        let analyzer = StepAnalyzer(problem)
        var resident: [TensorID] = []
        for step in schedule.steps {
            if let structure = try? analyzer.analyze(ops: step.ops, retained: step.retained),
                (try? structure.check(step.granularity, hardware: problem.hardware, cap: .none)) != nil
            {
                count(step, structure, resident: resident, in: problem)
            }
            resident = step.retained.filter { problem.tensors.indices.contains($0.index) }
        }
    }

    /// One line.
    public var description: String {
        "\(steps) steps: \(multiOp) multi-op, \(manyDepths) with nk > 1, \(handOffs) with hand-offs, "
            + "\(manySinks) with several sinks, \(folded) with folded reductions, \(permuted) permuted, "
            + "\(needingSimulation) without class form; \(einsums)"
    }
}
