import CostModel
import Lowering
import TensorGraph
import TestSupport
import Testing

/// Random problems with random valid schedules; every second one on hardware whose fast memory is full at the peak.
struct RandomCases {
    private(set) var cases: [PlanCase] = []
    /// Steps met, by what is special about them.
    private(set) var counts = CaseCounts()
    private(set) var met: [String: Int] = [:]
    /// Seeds of schedules that have no plan.
    private(set) var withoutPlan: [String] = []

    init(seeds: Range<UInt64>, variety: ProblemGenerator.Variety = .contest) throws {
        for seed in seeds { try add(seed, variety) }
    }

    /// Fails unless every special case was met, so that passing says something.
    func expectAllMet() {
        for what in [
            "recomputation", "resident", "coinciding slices", "several outputs", "accumulator of its own",
            "copy in the last k-step", "thrown away",
        ] {
            #expect((met[what] ?? 0) > 0, "\(what) was never met")
        }
        #expect(counts.folded > 0 && counts.permuted > 0 && counts.manyDepths > 0 && counts.handOffs > 0)
    }

    private mutating func add(_ seed: UInt64, _ variety: ProblemGenerator.Variety) throws {
        var generator = ProblemGenerator(seed: seed, variety: variety)
        var problem = try generator.next()
        var random = RandomSource(seed: seed &+ 99)
        let schedule = ScheduleGenerator(problem).schedule(using: &random)
        guard let evaluation = try? Evaluator(problem).evaluate(schedule) else { return }
        if seed.isMultiple(of: 2) {
            problem = try problem.with(capacity: Int(evaluation.steps.map(\.peakWorkingSet).max() ?? 1))
        }
        do {
            let made = try PlanCase(schedule, problem: problem, seed: seed)
            cases.append(made)
            count(made)
        } catch let error as LoweringError {
            withoutPlan.append("seed \(seed): \(error)")
        }
    }

    private func reads(of step: StepPlan, in problem: Problem, _ isMeant: (Access) -> Bool) -> Bool {
        step.ops.contains { problem[$0].einsum.inputs.contains(where: isMeant) }
    }

    private mutating func count(_ made: PlanCase) {
        counts.count(made.schedule, in: made.plan.problem)
        func note(_ what: String, _ isMet: Bool) { if isMet { met[what, default: 0] += 1 } }
        note("recomputation", made.schedule.steps.reduce(0) { $0 + $1.ops.count } > made.plan.problem.ops.count)
        for (number, step) in made.plan.steps.enumerated() {
            let problem = made.plan.problem
            if case .byIteration = step.layout { note("coinciding slices", true) }
            let previous = number == 0 ? [] : made.plan.steps[number - 1].retained
            note("resident and written anew", previous.count > step.resident.count)
            note("several outputs", step.evicted.count + step.retained.count > 1)
            note(
                "accumulator of its own",
                step.tiles.contains { if case .accumulator = $0.purpose { true } else { false } })
            note("copy in the last k-step", step.actions.contains { $0.phase == .last })
            note(
                "thrown away",
                step.evicted.contains { tensor in
                    let readers = problem.graph.readers[tensor.index]
                    return !readers.isEmpty
                        && !made.schedule.steps[(number + 1)...].contains { later in
                            later.ops.contains { readers.contains($0) }
                        }
                })
            note("transposed read", reads(of: step, in: problem) { $0.rows == .column || $0.columns == .row })
            note("broadcast", reads(of: step, in: problem) { $0.rows == .one || $0.columns == .one })
            note("reducing op behind another", step.ops.count > 1 && reads(of: step, in: problem) { $0.isReduced })
            note("resident", !step.resident.isEmpty)
        }
    }
}
