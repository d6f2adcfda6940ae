import CostModel
import TensorGraph
import TestSupport
import Testing

/// A suite of schedules whose latencies RULES tells: by classes, by simulation and by the referee.
protocol WorkedNumbers {}

extension WorkedNumbers {
    func expect(
        _ latencies: [Double], of problem: Problem, _ steps: [Step], location: SourceLocation = #_sourceLocation
    ) throws {
        let schedule = Schedule(steps: steps)
        for method in [Evaluator.Method.classes, .simulation] {
            let evaluation = try Evaluator(problem, method: method).evaluate(schedule)
            #expect(evaluation.latencies.count == latencies.count, sourceLocation: location)
            #expect(
                zip(evaluation.latencies, latencies).allSatisfy(agree), "\(method): \(evaluation.latencies)",
                sourceLocation: location)
        }
        var referee = Referee()
        referee.add(schedule, for: problem)
        guard case .valid(let found) = try referee.verdicts().first else {
            Issue.record("the referee rejects the schedule", sourceLocation: location)
            return
        }
        #expect(zip(found, latencies).allSatisfy(agree), "\(found)", sourceLocation: location)
    }

    func expect(
        _ rule: RuleViolation.Rule, step: Int, of problem: Problem, _ steps: [Step],
        location: SourceLocation = #_sourceLocation
    ) throws {
        let schedule = Schedule(steps: steps)
        for method in [Evaluator.Method.classes, .simulation] {
            let violation = #expect(throws: RuleViolation.self, sourceLocation: location) {
                try Evaluator(problem, method: method).evaluate(schedule)
            }
            #expect(violation?.rule == rule, sourceLocation: location)
            #expect(violation?.step == step, sourceLocation: location)
        }
        var referee = Referee()
        referee.add(schedule, for: problem)
        let verdicts = try referee.verdicts()
        #expect(verdicts.map(\.total) == [nil], sourceLocation: location)
    }
}
