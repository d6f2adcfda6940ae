import CostModel
import TensorGraph
import TestSupport
import Testing

@Suite("The independent referee agrees", .needsReferee)
struct RefereeAgreementTests {
    @Test("on validity, place of the fault and latencies of random schedules, valid and broken", .tags(.slow))
    func randomSchedules() throws {
        var comparison = ScheduleComparison(seed: 1)
        try comparison.run(problems: Effort.cases(150, thorough: 300))
        try comparison.compareWithReferee()
        let counts = comparison.counts
        #expect(comparison.validCount > comparison.count / 2 && comparison.validCount < comparison.count * 9 / 10)
        #expect(counts.multiOp > counts.steps / 4, "\(counts)")
        #expect(counts.manyDepths > counts.steps / 5, "\(counts)")
        #expect(counts.handOffs > counts.steps / 5, "\(counts)")
        // Too many iterations are no fault of a schedule but a limit of ours, and no referee could walk them.
        let missing = Set(RuleViolation.Rule.allCases).subtracting(comparison.rulesBroken)
        #expect(missing == [.tooManyIterations])
    }

    @Test("on the latency of random steps with any tensors resident", .tags(.slow))
    func randomSteps() throws {
        var comparison = StepComparison(seed: 21)
        try comparison.run(600, keeping: 600)
        try compareWithReferee(comparison.cases)
    }
}

/// Asks the referee about steps whose simulated latency is known.
func compareWithReferee(_ cases: [(stepCase: StepCase, latency: Double)]) throws {
    var referee = Referee()
    for (stepCase, _) in cases { referee.add(stepCase) }
    for (verdict, (stepCase, latency)) in zip(try referee.verdicts(), cases) {
        guard let total = verdict.total, agree(total, latency) else {
            Issue.record("the referee says \(verdict), simulated \(latency): \(stepCase)")
            continue
        }
    }
}
