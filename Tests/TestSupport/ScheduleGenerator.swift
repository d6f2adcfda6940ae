import CostModel
import TensorGraph

/// Random valid schedules: multi-op steps, hand-offs, recomputation, every tile order.
public struct ScheduleGenerator {
    private let problem: Problem
    private let steps: StepGenerator
    private let cap: ReductionCap
    private let evaluator: Evaluator

    /// Prepares to generate schedules of one problem.
    public init(_ problem: Problem, cap: ReductionCap = .native) {
        self.problem = problem
        self.cap = cap
        steps = StepGenerator(problem)
        evaluator = Evaluator(problem, reductionCap: cap)
    }

    /// What has been computed and where it is.
    private struct State {
        var inSlowMemory: [Bool]
        var covered: [Bool]
        var resident: [TensorID] = []

        func isAvailable(_ tensor: TensorID) -> Bool { inSlowMemory[tensor.index] || resident.contains(tensor) }
    }

    /// A random schedule, valid whenever single ops at the smallest granularity fit in fast memory.
    public func schedule(using random: inout some RandomNumberGenerator) -> Schedule {
        var state = State(
            inSlowMemory: problem.graph.producers.map { $0 == nil },
            covered: Array(repeating: false, count: problem.ops.count))
        var schedule = Schedule(steps: [])
        while let target = nextTarget(state, using: &random) {
            let step = randomStep(around: target, state, using: &random) ?? fallbackStep(state)
            guard let step, let structure = steps.structure(ops: step.ops, retained: step.retained) else { break }
            for tensor in structure.evicted { state.inSlowMemory[tensor.index] = true }
            for op in step.ops { state.covered[op.index] = true }
            state.resident = structure.retained
            schedule.steps.append(step)
        }
        return schedule
    }

    /// An op to compute next, or nil when nothing is left: often one that reads what the previous step handed on.
    private func nextTarget(_ state: State, using random: inout some RandomNumberGenerator) -> OpID? {
        let open = problem.graph.topologicalOrder.filter { op in
            !state.covered[op.index]
                || problem[op].outputs.contains { problem.graph.isGraphOutput($0) && !state.inSlowMemory[$0.index] }
        }
        guard let first = open.first else { return nil }
        let readers = open.filter { op in problem[op].inputs.contains { state.resident.contains($0) } }
        if !random.oneIn(5), let reader = readers.randomElement(using: &random) { return reader }
        return random.oneIn(3) ? open.randomElement(using: &random) : first
    }

    private func randomStep(
        around target: OpID, _ state: State, using random: inout some RandomNumberGenerator
    ) -> Step? {
        for _ in 0..<8 {
            let ops = completed(
                steps.connectedOps(around: target, count: random.pick(1, 2, 2, 3, 4, 6), using: &random), state)
            let retained = steps.retention(of: ops, using: &random)
            guard let structure = steps.structure(ops: ops, retained: retained) else { continue }
            for _ in 0..<3 {
                guard let granularity = steps.granularity(for: structure, cap: cap, using: &random) else { break }
                let step = Step(
                    ops: ops, granularity: granularity, retained: structure.retained,
                    order: steps.order(for: structure, granularity, using: &random))
                if (try? evaluator.evaluate(step, structure, resident: state.resident)) != nil { return step }
            }
        }
        return nil
    }

    /// The ops and the producers of whatever they read and is in neither memory: recomputation, where need be.
    private func completed(_ ops: [OpID], _ state: State) -> [OpID] {
        var members = Set(ops)
        var open = ops
        while let op = open.popLast() {
            for tensor in problem[op].inputs where !state.isAvailable(tensor) {
                if let producer = problem.graph.producers[tensor.index], members.insert(producer).inserted {
                    open.append(producer)
                }
            }
        }
        return problem.graph.topologicalOrder.filter(members.contains)
    }

    /// The first op whose outputs are not all in slow memory, alone: its inputs are, and this always gets ahead.
    private func fallbackStep(_ state: State) -> Step? {
        let op = problem.graph.topologicalOrder.first { op in
            problem[op].outputs.contains { !state.inSlowMemory[$0.index] }
        }
        return op.map { Step(ops: [$0], granularity: Granularity(width: 1, height: 1, depth: 1)) }
    }
}
