import CostModel
import TensorGraph

/// A first schedule of a problem with ops that fit in fast memory at no granularity alone: such an op may fit in one
/// step with ops beside it, whose tensors then are ephemeral.
///
/// All connected sets that contain such an op are looked at, up to a limit. Then every step that fits is run as soon as
/// all that it reads is in slow memory. Running a step takes nothing away from others, so when nothing is left to run
/// and an op is missing, no schedule without hand-offs has it, of these steps.
struct FusedStart {
    let problem: Problem
    let tuner: StepTuner
    let reductionCap: ReductionCap

    /// Connected sets looked at: in graphs of up to ``OpSet/capacity`` ops; in larger ones, for each op and in total.
    private static let mostSets = (small: 200_000, perOp: 2_000, large: 20_000)
    /// Schedules of more steps keep steps that they could do without.
    private static let mostStepsThinned = 500

    /// A step that fits.
    private struct FittingStep {
        let step: Step
        let reads: [TensorID]
        let evicted: [TensorID]
    }

    /// The steps of a valid schedule.
    ///
    /// - Parameter alone: the granularity of each op alone; nil for the ops that do not fit.
    /// - Throws: ``InfeasibleOp`` about the first op that no schedule was found for.
    func steps(alone: [GranularityChoice?]) throws(InfeasibleOp) -> [Step] {
        let unfitting = alone.indices.filter { alone[$0] == nil }.map { OpID($0) }
        let (fused, isComplete) = fusedSteps(with: Set(unfitting))
        for op in unfitting where isComplete && !fused.contains(where: { $0.step.ops.contains(op) }) {
            throw failure(op, isProven: true)
        }
        var singles: [FittingStep] = []
        for op in problem.graph.topologicalOrder {
            if let choice = alone[op.index], let single = fitting([op], choice) { singles.append(single) }
        }
        let run = closure(singles, fused.sorted { $0.step.ops.count < $1.step.ops.count })
        if let missing = missing(in: run) { throw failure(missing, isProven: false) }
        return thinned(run).map(\.step)
    }

    private func failure(_ op: OpID, isProven: Bool) -> InfeasibleOp {
        let optimizer = GranularityOptimizer(problem, reductionCap: reductionCap)
        let structure = try? StepAnalyzer(problem).analyze(ops: [op], retained: [])
        let smallest = structure.map { optimizer.smallestWorkingSet(of: StepCost($0, problem: problem)) } ?? 0
        return InfeasibleOp(
            op: op, name: problem.name(of: op), smallestWorkingSet: Int(min(smallest, 9e15)),
            capacityElements: problem.hardware.fastMemoryCapacity, isProven: isProven)
    }

    // MARK: Steps

    private func fitting(_ ops: [OpID], _ choice: GranularityChoice) -> FittingStep? {
        guard let structure = try? StepAnalyzer(problem).analyze(ops: ops, retained: []) else { return nil }
        return FittingStep(
            step: Step(ops: ops, granularity: choice.granularity, order: choice.order), reads: structure.reads,
            evicted: structure.evicted)
    }

    /// The steps that fit and contain one of the ops, and whether none was left out.
    private func fusedSteps(with wanted: Set<OpID>) -> (steps: [FittingStep], isComplete: Bool) {
        var steps: [FittingStep] = []
        var isComplete = true
        let exhaustive = GranularityOptimizer(problem, reductionCap: reductionCap, mode: .exhaustive)
        let analyzer = StepAnalyzer(problem)
        func look(at ops: [OpID]) {
            if let choice = tuner.tune(.init(ops: ops)) {
                if let step = fitting(ops, choice) { steps.append(step) }
            } else if let structure = try? analyzer.analyze(ops: ops, retained: []) {
                let found = exhaustive.search(for: StepCost(structure, problem: problem), resident: [])
                if let choice = found.choice, let step = fitting(ops, choice) { steps.append(step) }
                if found.choice == nil, !found.isComplete { isComplete = false }
            }
        }
        guard problem.ops.count <= OpSet.capacity else {
            var left = Self.mostSets.large
            for op in wanted.sorted() {
                let ended = forEachSet(around: op, atMost: min(left, Self.mostSets.perOp)) { set in
                    left -= 1
                    look(at: set)
                }
                if !ended { isComplete = false }
            }
            return (steps, isComplete)
        }
        var sets = ConnectedSets(problem, reductionCap: reductionCap)
        let opOfNumber = sets.opOfNumber
        let isWanted = OpSet(opOfNumber.indices.filter { wanted.contains(opOfNumber[$0]) })
        for root in opOfNumber.indices where isComplete {
            let ended = sets.enumerate(root: root, continues: { $0 <= Self.mostSets.small }) { set, canFit in
                guard canFit, !set.isDisjoint(with: isWanted) else { return }
                look(at: set.members.reversed().map { opOfNumber[$0] })
            }
            if !ended { isComplete = false }
        }
        return (steps, isComplete)
    }

    /// Calls `body` with connected sets around an op, the smallest first; true when these were all.
    private func forEachSet(around op: OpID, atMost limit: Int, _ body: ([OpID]) -> Void) -> Bool {
        let rank = problem.graph.topologicalRank
        guard limit > 0 else { return false }
        var queue: [[OpID]] = [[op]]
        var seen: Set<[OpID]> = [[op]]
        var next = 0
        var isComplete = true
        while next < queue.count {
            let set = queue[next]
            next += 1
            body(set)
            for member in set where isComplete {
                for tensor in problem[member].inputs + problem[member].outputs {
                    let touching = problem.graph.readers[tensor.index] + [problem.graph.producers[tensor.index]]
                    for case let other? in touching where !set.contains(other) {
                        let larger = (set + [other]).sorted { rank[$0.index] < rank[$1.index] }
                        guard isComplete, seen.insert(larger).inserted else { continue }
                        isComplete = seen.count <= limit
                        if isComplete { queue.append(larger) }
                    }
                }
            }
        }
        return isComplete
    }

    // MARK: Schedule

    /// Which tensors are in slow memory and which ops have run.
    private struct Progress {
        var isStored: [Bool]
        var isCovered: [Bool]

        init(_ problem: Problem) {
            isStored = problem.graph.producers.map { $0 == nil }
            isCovered = Array(repeating: false, count: problem.ops.count)
        }

        func canRun(_ step: FittingStep) -> Bool { step.reads.allSatisfy { isStored[$0.index] } }

        mutating func run(_ step: FittingStep) {
            for tensor in step.evicted { isStored[tensor.index] = true }
            for op in step.step.ops { isCovered[op.index] = true }
        }

        func gains(by step: FittingStep) -> Bool {
            step.step.ops.contains { !isCovered[$0.index] } || step.evicted.contains { !isStored[$0.index] }
        }
    }

    /// Runs whatever can run and brings something new, single ops before others, until there is no more.
    private func closure(_ singles: [FittingStep], _ fused: [FittingStep]) -> [FittingStep] {
        var progress = Progress(problem)
        var run: [FittingStep] = []
        var isNew = true
        while isNew {
            isNew = false
            for step in singles where progress.gains(by: step) && progress.canRun(step) {
                progress.run(step)
                run.append(step)
                isNew = true
            }
            guard !isNew, let step = fused.first(where: { progress.gains(by: $0) && progress.canRun($0) }) else {
                continue
            }
            progress.run(step)
            run.append(step)
            isNew = true
        }
        return run
    }

    /// The first op that does not run, or whose output of the graph is not stored; nil when the schedule is valid.
    private func missing(in run: [FittingStep]) -> OpID? {
        var progress = Progress(problem)
        for step in run {
            guard progress.canRun(step) else { return step.step.ops[0] }
            progress.run(step)
        }
        return problem.opIDs.first { op in
            !progress.isCovered[op.index]
                || problem[op].outputs.contains {
                    problem.graph.isGraphOutput($0) && !progress.isStored[$0.index]
                }
        }
    }

    /// Leaves out the steps that the others can do without, the last first.
    private func thinned(_ run: [FittingStep]) -> [FittingStep] {
        guard run.count <= Self.mostStepsThinned else { return run }
        var kept = run
        for index in run.indices.reversed() {
            let rest = Array(kept[..<index] + kept[(index + 1)...])
            if missing(in: rest) == nil { kept = rest }
        }
        return kept
    }
}
