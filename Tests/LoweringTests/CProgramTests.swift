import CostModel
import Lowering
import TensorGraph
import TestSupport
import Testing

/// Code made of plans: it compiles without a warning, computes the right thing and moves what the cost model says.
@Suite struct CProgramTests {
    private func check(_ cases: [PlanCase], flags: [String] = CBatch.flags) throws {
        let outcomes = try CBatch.run(cases.map(\.cText), flags: flags)
        #expect(outcomes.count == cases.count)
        for (made, outcome) in zip(cases, outcomes) {
            if let fault = made.fault(of: outcome) { Issue.record("\(fault)") }
        }
    }

    @Test(.enabled(if: CBatch.compiler.isInstalled, CBatch.compiler.absence))
    func random() throws {
        let random = try RandomCases(seeds: 0..<60)
        #expect(random.withoutPlan == [])
        print(random.counts, random.met)
        try check(random.cases)
    }
}
