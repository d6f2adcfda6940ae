import CostModel
import TensorGraph
import TestSupport
import Testing

@Suite("Ops of RULES 7: closed form, simulation and referee agree")
struct EinsumAgreementTests {
    @Test("on latency, compute, traffic and working set of random steps", .tags(.slow))
    func steps() throws {
        var comparison = StepComparison(seed: 41, .general)
        try comparison.run(3000)
        let counts = comparison.counts
        #expect(counts.multiOp > counts.steps / 3, "\(counts)")
        #expect(counts.needingSimulation > 0 && counts.needingSimulation < counts.steps / 10, "\(counts)")
        for (name, count) in counts.einsums.fields { #expect(count > counts.steps / 100, "\(name): \(count)") }
    }

    @Test("on the latency of random steps with any tensors resident", .tags(.slow), .needsReferee)
    func stepsByReferee() throws {
        var comparison = StepComparison(seed: 42, .general)
        try comparison.run(600, keeping: 600)
        try compareWithReferee(comparison.cases)
    }

    @Test(
        "on validity, place of the fault and latencies of random schedules, valid and broken", .tags(.slow),
        .needsReferee)
    func schedules() throws {
        var comparison = ScheduleComparison(seed: 43, .general)
        try comparison.run(problems: 150)
        try comparison.compareWithReferee()
        #expect(comparison.validCount > comparison.count / 2 && comparison.validCount < comparison.count * 9 / 10)
        #expect(comparison.rulesBroken.count >= 15, "\(comparison.rulesBroken)")
        for (name, count) in comparison.counts.einsums.fields { #expect(count > 5, "\(name): \(count)") }
    }
}
