import CostModel
import TensorGraph
import TestSupport
import Testing

@testable import Scheduling

@Suite("Lists of steps")
struct StepListTests {
    @Test("A step stands for those with interchangeable ops where these have equal prices, and only there")
    func interchangeable() throws {
        var graph = GraphBuilder()
        let shared = graph.tensor(4, 4)
        for _ in 0..<3 { _ = graph.pointwise([shared, graph.tensor(4, 4)], cost: 1) }
        let problem = try graph.problem(capacity: 1000)
        let classes = InterchangeableOps.classes(problem)
        #expect(classes == [problem.opIDs.map { $0 }])
        let structure = try StepAnalyzer(problem).analyze(ops: [OpID(0)], retained: [])
        let choice = try #require(
            GranularityOptimizer(problem, mode: .exhaustive)
                .best(for: StepCost(structure, problem: problem), resident: []))
        let column = PricedColumn(
            ops: [OpID(0)], resident: [], retained: [], choice: choice, lowerBound: choice.latency, value: 1)
        func count(_ prices: [Double]) throws -> Int {
            var dual = DualPrices(problem)
            dual.first = prices
            return try #require(
                StepList(problem, reductionCap: .native).candidates(
                    [column], interchangeable: classes, within: .init(prices: dual, slack: 1), limit: 100,
                    needsAll: true, isStopped: { false })
            ).count
        }
        #expect(try count([1, 1, 1]) == 3)
        // The search has listed the others itself, with what they are worth.
        #expect(try count([1, 2, 2]) == 1)
    }
}
