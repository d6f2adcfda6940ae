import CostModel
import Foundation
import TensorGraph
import TestSupport
import Testing

/// True when two numbers differ by rounding alone.
func agree(_ left: Double, _ right: Double) -> Bool {
    abs(left - right) <= 1e-9 * max(1, abs(left), abs(right))
}

/// Random steps, costed by ``StepCost`` and by ``StepSimulator``.
struct StepComparison {
    private var random: RandomSource
    private var problems: ProblemGenerator
    private(set) var counts = CaseCounts()
    /// Steps that a referee may be asked about, with the simulated latency.
    private(set) var cases: [(stepCase: StepCase, latency: Double)] = []

    init(seed: UInt64, _ variety: ProblemGenerator.Variety = .contest) {
        random = RandomSource(seed: seed)
        problems = ProblemGenerator(seed: seed &+ 1, variety: variety)
    }

    /// Compares `count` steps and keeps the first `keeping` for the referee.
    mutating func run(_ count: Int, keeping: Int = 0) throws {
        while counts.steps < count {
            let problem = try problems.next().with(capacity: 1 << 40)
            guard let stepCase = StepGenerator(problem).stepCase(using: &random) else { continue }
            let simulated = try compare(stepCase)
            if cases.count < keeping { cases.append((stepCase, simulated.latency)) }
        }
    }

    /// Compares both costs of a step and records a difference as an issue.
    @discardableResult
    mutating func compare(_ stepCase: StepCase) throws -> StepEvaluation {
        let (problem, step) = (stepCase.problem, stepCase.step)
        let structure = try StepAnalyzer(problem).analyze(ops: step.ops, retained: step.retained)
        counts.count(step, structure, resident: stepCase.resident, in: problem)
        // Where StepCost declines, the evaluator simulates by either method and the two agree by construction.
        let fast = try Evaluator(problem).evaluate(step, structure, resident: stepCase.resident)
        let slow = try Evaluator(problem, method: .simulation)
            .evaluate(step, structure, resident: stepCase.resident)
        if let field = difference(fast, slow) {
            Issue.record(
                "\(field) differs: \(fast) and \(slow) in \(step), resident \(stepCase.resident), \(problem)")
        }
        return slow
    }

    private func difference(_ fast: StepEvaluation, _ slow: StepEvaluation) -> String? {
        let fields: [(name: String, path: KeyPath<StepEvaluation, Double>)] = [
            ("latency", \.latency), ("compute", \.compute), ("loads", \.loadedElements),
            ("evictions", \.evictedElements), ("working set", \.peakWorkingSet), ("iterations", \.iterations),
            ("wait for loads", \.waitForLoads), ("wait for evictions", \.waitForEvictions),
        ]
        if let field = fields.first(where: { !agree(fast[keyPath: $0.path], slow[keyPath: $0.path]) }) {
            return field.name
        }
        let sameGrid =
            fast.gridRows == slow.gridRows && fast.gridColumns == slow.gridColumns
            && fast.reductionSteps == slow.reductionSteps
        return sameGrid ? nil : "grid"
    }
}

/// Random schedules, valid and broken, judged by the evaluator in both ways and by the referee.
struct ScheduleComparison {
    private var random: RandomSource
    private var problems: ProblemGenerator
    private var referee = Referee()
    private var asked: [(schedule: Schedule, problem: Problem, result: Result<Evaluation, RuleViolation>)] = []
    private(set) var counts = CaseCounts()
    private(set) var rulesBroken = Set<RuleViolation.Rule>()

    var count: Int { asked.count }
    var validCount: Int {
        asked.count { if case .success = $0.result { true } else { false } }
    }

    init(seed: UInt64, _ variety: ProblemGenerator.Variety = .contest) {
        random = RandomSource(seed: seed)
        problems = ProblemGenerator(seed: seed &+ 1, variety: variety)
    }

    /// Judges four schedules of each problem: a valid and a broken one under either reduction cap.
    mutating func run(problems count: Int) throws {
        for _ in 0..<count {
            let problem = try problems.next()
            let breaker = ScheduleBreaker(problem)
            for cap in ReductionCap.allCases {
                var schedule = ScheduleGenerator(problem, cap: cap).schedule(using: &random)
                judge(schedule, problem, cap)
                judge(breaker.broken(schedule, using: &random), problem, random.next() % 2 == 0 ? .native : .none)
                guard random.next() % 8 == 0, case .success(let evaluation) = asked[asked.count - 2].result else {
                    continue
                }
                // Reported latencies are checked to 1e-6: a tenth of that is fine, ten times as much is not.
                let error = random.next() % 2 == 0 ? 1e-7 : 1e-5
                for index in schedule.steps.indices {
                    schedule.steps[index].reportedLatency = evaluation.latencies[index] * (1 + error) + error
                }
                judge(schedule, problem, cap)
            }
        }
    }

    private mutating func judge(_ schedule: Schedule, _ problem: Problem, _ cap: ReductionCap) {
        let fast = evaluation(schedule, problem, cap, .classes)
        let slow = evaluation(schedule, problem, cap, .simulation)
        switch (fast, slow) {
        case (.success(let fast), .success(let slow)):
            if !agree(fast.totalLatency, slow.totalLatency) {
                Issue.record("\(fast.latencies) by classes, \(slow.latencies) simulated: \(schedule), \(problem)")
            }
            counts.count(schedule, in: problem)
        case (.failure(let fast), .failure(let slow)):
            if fast.rule != slow.rule || fast.step != slow.step {
                Issue.record("\(fast) by classes, \(slow) simulated: \(schedule), \(problem)")
            }
            rulesBroken.insert(fast.rule)
        default:
            Issue.record("\(fast) by classes, \(slow) simulated: \(schedule), \(problem)")
        }
        asked.append((schedule, problem, fast))
        referee.add(schedule, for: problem, cap: cap)
    }

    private func evaluation(
        _ schedule: Schedule, _ problem: Problem, _ cap: ReductionCap, _ method: Evaluator.Method
    ) -> Result<Evaluation, RuleViolation> {
        Result { () throws(RuleViolation) in
            try Evaluator(problem, reductionCap: cap, method: method).evaluate(schedule)
        }
    }

    /// Asks the referee about every schedule judged and records differences as issues.
    func compareWithReferee() throws {
        for (verdict, (schedule, problem, result)) in zip(try referee.verdicts(), asked) {
            switch (verdict, result) {
            case (.valid(let latencies), .success(let evaluation)):
                let same =
                    latencies.count == evaluation.steps.count
                    && zip(latencies, evaluation.latencies).allSatisfy(agree)
                if same { continue }
            case (.invalid(let reason), .failure(let violation)):
                let place = violation.step.map { "step \($0): " }
                if place.map(reason.hasPrefix) ?? !reason.hasPrefix("step") { continue }
            default: break
            }
            Issue.record("the referee says \(verdict), the evaluator \(result): \(schedule), \(problem)")
        }
    }
}
