import CostModel
import Foundation
import GLPKBackend
import TensorGraph
import TestSupport
import Testing

@testable import Scheduling

/// A caller's schedule may visit tiles in orders without a name and be faster than any that does not.
@Suite("Bounds after a warm start outside the named orders")
struct WarmStartBoundTests {
    /// A problem, a schedule in orders without a name, and what a schedule in named orders takes.
    struct Example: Sendable, CustomTestStringConvertible {
        let name: String
        let problem: String
        let warmStart: String
        let namedLatency: Double
        var testDescription: String { name }
    }

    static let examples = [
        Example(
            name: "two fused pairs",
            problem: """
                {"widths": [6, 6, 6, 6, 3, 3, 3, 3], "heights": [3, 6, 3, 3, 6, 3, 3, 3],
                 "inputs": [[0, 1], [2], [3, 4], [5, 6]], "outputs": [[2], [3], [5], [7]], "base_costs": [1, 1, 2, 1],
                 "op_types": ["MatMul", "Pointwise", "MatMul", "Pointwise"], "fast_memory_capacity": 51,
                 "slow_memory_bandwidth": 10, "native_granularity": [4, 2]}
                """,
            warmStart: """
                {"subgraphs": [[0, 1], [2, 3]], "granularities": [[3, 2, 6], [4, 2, 6]], "tensors_to_retain": [[3], []],
                 "traversal_orders": [[2, 3, 1, 0], [0, 1]], "subgraph_latencies": [8.4, 6.0]}
                """, namedLatency: 15),
        Example(
            name: "two fused pairs, 32 times as large",
            problem: """
                {"widths": [192, 192, 192, 192, 96, 96, 96, 96], "heights": [96, 192, 96, 96, 192, 96, 96, 96],
                 "inputs": [[0, 1], [2], [3, 4], [5, 6]], "outputs": [[2], [3], [5], [7]],
                 "base_costs": [1024, 1024, 2048, 1024], "op_types": ["MatMul", "Pointwise", "MatMul", "Pointwise"],
                 "fast_memory_capacity": 55296, "slow_memory_bandwidth": 10, "native_granularity": [128, 64]}
                """,
            warmStart: """
                {"subgraphs": [[0, 1], [2, 3]], "granularities": [[96, 64, 192], [128, 64, 192]],
                 "tensors_to_retain": [[3], []], "traversal_orders": [[2, 3, 1, 0], [0, 1]],
                 "subgraph_latencies": [8601.6, 6144.0]}
                """, namedLatency: 15360),
        Example(
            name: "four MatMuls",
            problem: """
                {"widths": [5, 5, 5, 5, 5, 5, 5, 5], "heights": [5, 5, 5, 5, 5, 5, 5, 5],
                 "inputs": [[0, 1], [2, 3], [5, 1], [4, 3]], "outputs": [[4], [5], [6], [7]],
                 "base_costs": [2, 2, 1, 3], "op_types": ["MatMul", "MatMul", "MatMul", "MatMul"],
                 "fast_memory_capacity": 57, "slow_memory_bandwidth": 2, "native_granularity": [2, 3]}
                """,
            warmStart: """
                {"subgraphs": [[1], [2], [0], [3]],
                 "granularities": [[2, 3, 5], [1, 3, 5], [2, 3, 5], [2, 3, 5]], "tensors_to_retain": [[5], [], [4], []],
                 "traversal_orders": [
                    [5, 3, 4, 1, 2, 0], [0, 5, 1, 6, 2, 7, 3, 8, 4, 9], [5, 3, 4, 1, 2, 0], [5, 2, 4, 1, 3, 0]],
                 "subgraph_latencies": [32.5, 25.0, 32.5, 26.5]}
                """, namedLatency: 123),
    ]

    @Test("No bound exceeds what a schedule in named orders takes, or the incumbent", arguments: examples)
    func boundsHold(example: Example) throws {
        let (problem, warmStart) = try read(example)
        let latency = try Evaluator(problem, reductionCap: .none).evaluate(warmStart).totalLatency
        #expect(latency < example.namedLatency)
        for engine in ProofEngine.allCases {
            for method in [Scheduler.Method.exact, .auto] {
                var options = Scheduler.Options(method)
                (options.engine, options.reductionCap, options.warmStart) = (engine, .none, warmStart)
                options.maximumRounds = 3
                let result = try Scheduler(problem, solver: GLPKSolver(), options: options).schedule()
                #expect(result.incumbent.latency <= latency)
                for bound in result.bounds where bound.scope == .namedOrders {
                    #expect(bound.value <= example.namedLatency * (1 + 1e-9), "\(bound.kind), \(engine), \(method)")
                    #expect(bound.value <= latency * (1 + 1e-9), "\(bound.kind), \(engine), \(method)")
                }
            }
        }
    }

    private func read(_ example: Example) throws -> (Problem, Schedule) {
        try withTemporaryFolder { folder in
            let (problem, schedule) = (folder.appendingPathComponent("p.json"), folder.appendingPathComponent("s.json"))
            try Data(example.problem.utf8).write(to: problem)
            try Data(example.warmStart.utf8).write(to: schedule)
            return (try ProblemFile.read(problem.path), try ScheduleFile.read(schedule.path))
        }
    }
}
