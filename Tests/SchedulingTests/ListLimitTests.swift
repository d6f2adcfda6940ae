import CostModel
import Scheduling
import TensorGraph
import TestSupport
import Testing

@Suite("The list scheduler stops when it is told to")
struct ListLimitTests {
    /// 160 ops: large enough that single ops come first.
    private static func problem() throws -> Problem {
        var graph = GraphBuilder()
        let input = graph.tensor(64, 64)
        for _ in 0..<20 {
            var tensor = input
            for _ in 0..<8 { tensor = graph.pointwise([tensor], cost: 10) }
        }
        return try graph.problem(capacity: 40_000)
    }

    @Test("and has a valid schedule at any time", arguments: [0, 1, 2, 100, 200, 300, 400, 700, 1000, 1500])
    func stops(after asks: Int) throws {
        let problem = try Self.problem()
        var left = asks
        var schedules: [Schedule] = []
        try ListScheduler(problem).schedules(
            shouldStop: { _ in
                left -= 1
                return left < 0
            }, { schedules.append($0) })
        #expect(schedules[0].steps.count == problem.ops.count)
        let latencies = try schedules.map { try Evaluator(problem).evaluate($0).totalLatency }
        #expect(latencies.allSatisfy { $0 <= latencies[0] * (1 + 1e-9) })
        // Once it has been told it does not ask often again.
        #expect(left >= -20)
    }

    @Test("A tensor with hundreds of readers, and an op with hundreds of inputs: it stops when told")
    func wide() throws {
        var graph = GraphBuilder()
        let source = graph.tensor(8, 8)
        let branches = (0..<300).map { _ in graph.pointwise([source], cost: 1) }
        _ = graph.pointwise(branches, cost: 1)
        let problem = try graph.problem(capacity: 100_000, nativeWidth: 8, nativeHeight: 8)
        var asked = 0
        var first: Schedule?
        try ListScheduler(problem).schedules(
            shouldStop: { _ in
                asked += 1
                return asked > 10_000
            }, { first = first ?? $0 })
        // Each strategy asks once per op and once per move; once it has been told it does not ask often again.
        #expect(asked <= 10_020)
        #expect(try Evaluator(problem).evaluate(#require(first)).totalLatency > 0)
    }
}
