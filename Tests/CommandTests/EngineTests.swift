import Foundation
import TestSupport
import Testing

/// Problems at which the integer program had failed, or had taken a hundred times as long as the search.
@Suite("Every engine comes to an end")
struct EngineTests {
    /// Six ops whose integer program GLPK gives up in rounding errors.
    private static let roundingErrors = """
        {"widths": [3, 3, 5, 3, 3, 3, 3, 3, 3, 3, 3], "heights": [5, 3, 3, 5, 3, 3, 3, 3, 5, 3, 3],
         "inputs": [[3], [8, 10], [10, 7, 1], [1, 7], [9, 4, 10], [2, 0]],
         "outputs": [[0], [3], [9, 6], [10], [5], [4]], "base_costs": [1, 1, 1, 1, 1, 1],
         "op_types": ["Pointwise", "MatMul", "Pointwise", "MatMul", "Pointwise", "MatMul"],
         "fast_memory_capacity": 51, "slow_memory_bandwidth": 4, "native_granularity": [2, 2]}
        """
    /// Five ops whose integer program has thousands of nodes without the right cuts.
    private static let manyNodes = """
        {"widths": [3, 4, 4, 4, 4, 3, 3, 4, 4, 4], "heights": [2, 3, 2, 2, 2, 4, 2, 2, 2, 2],
         "inputs": [[0, 1], [2, 3], [4, 5], [6, 1], [7, 2]], "outputs": [[2], [4], [6], [7], [8, 9]],
         "base_costs": [3, 1, 3, 1, 1], "op_types": ["MatMul", "Pointwise", "MatMul", "MatMul", "Pointwise"],
         "fast_memory_capacity": 59, "slow_memory_bandwidth": 10, "native_granularity": [2, 3]}
        """

    private func solve(_ problem: String, _ options: String) throws -> (Program.Outcome, JSONValue?) {
        try withTemporaryFolder { folder in
            let path = try folder.file("problem.json", problem)
            let outcome = try Program.shell(
                "\"$mlsys\" solve \(path) -o \(folder.path("schedule.json")) --method exact --json \(options)",
                secondsAtMost: 120)
            return (outcome, outcome.exitCode == 0 ? try JSONValue(parsing: outcome.output) : nil)
        }
    }

    @Test("A solver that fails is no defect of the problem", arguments: ["both", "program", "search"])
    func failure(_ engine: String) throws {
        let (outcome, result) = try solve(Self.roundingErrors, "--reduction-cap none --engine \(engine)")
        #expect(outcome.exitCode == 0, "\(outcome.diagnostics)")
        #expect(result?["total_latency"]?.number == 37.75)
    }

    @Test("The integer program alone finds the same within a minute", .tags(.slow))
    func nodes() throws {
        let (outcome, result) = try solve(Self.manyNodes, "--engine program --time-limit 60")
        #expect(outcome.exitCode == 0, "\(outcome.diagnostics)")
        let (_, other) = try solve(Self.manyNodes, "--engine both")
        let latency = try #require(result?["total_latency"]?.number)
        #expect(other?["total_latency"]?.number == latency)
    }
}
