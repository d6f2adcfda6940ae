import Foundation
import TestSupport
import Testing

@Suite("JSON output")
struct JSONOutputTests {
    @Test("A valid schedule")
    func valid() throws {
        try withTemporaryFolder { folder in
            let problem = try folder.file("problem.json", Samples.problem)
            let schedule = try folder.file("schedule.json", Samples.schedule)
            let outcome = try Program.run("evaluate", problem, schedule, "--json")
            #expect(outcome.exitCode == 0)
            let report = try JSONValue(parsing: outcome.output)
            #expect(report["valid"]?.bool == true)
            #expect(report["total_latency"]?.number == 6553.6)
            #expect(report["fast_memory_capacity"]?.number == 35000)
            let steps = try #require(report["steps"]?.array)
            try #require(steps.count == 2)
            #expect(steps[1]["ops"]?.numbers == [1])
            #expect(steps[1]["granularity"]?.numbers == [128, 128, 1])
            #expect(steps[1]["order"]?.string == "raster")
            #expect(steps[1]["grid"]?.numbers == [1, 1])
            #expect(steps[1]["iterations"]?.number == 1)
            #expect(steps[1]["compute_bound_iterations"]?.number == 0)
            #expect(steps[1]["reduction_steps"]?.number == 1)
            #expect(steps[1]["latency"]?.number == 3276.8)
            #expect(steps[1]["compute"]?.number == 100)
            #expect(steps[1]["transfer"]?.number == 3276.8)
            #expect(steps[1]["share"]?.number == 0.5)
            #expect(steps[1]["resident"]?.numbers == [])
            #expect(steps[1]["loaded_elements"]?.number == 16384)
            #expect(steps[1]["evicted_elements"]?.number == 16384)
            #expect(steps[1]["peak_working_set"]?.number == 32768)
            #expect(steps[1]["retained"]?.numbers == [])
        }
    }

    @Test("The same by walking every iteration")
    func simulated() throws {
        try withTemporaryFolder { folder in
            let problem = try folder.file("problem.json", Samples.problem)
            let schedule = try folder.file("schedule.json", Samples.schedule)
            let simulated = try Program.run("evaluate", problem, schedule, "--json", "--simulate")
            #expect(simulated.exitCode == 0)
            #expect(simulated.output == (try Program.run("evaluate", problem, schedule, "--json").output))
        }
    }

    @Test("An invalid schedule, about the schedule as a whole")
    func invalid() throws {
        try withTemporaryFolder { folder in
            let problem = try folder.file("problem.json", Samples.problem)
            let schedule = try folder.file("schedule.json", Samples.invalidSchedule)
            let outcome = try Program.run("evaluate", problem, schedule, "--json")
            #expect(outcome.exitCode == 1)
            #expect(outcome.diagnostics.isEmpty)
            let report = try JSONValue(parsing: outcome.output)
            #expect(report["valid"]?.bool == false)
            #expect(report["rule"]?.string == "3.1")
            #expect(report["rule_name"]?.string == "uncoveredOp")
            #expect(report["step"] == .null)
            #expect(report["op"]?.number == 1)
            #expect(report["tensor"] == .null)
            #expect(report["message"]?.string == "op 1 is in no step")
        }
    }

    @Test("An invalid schedule, about a step and a tensor")
    func invalidStep() throws {
        try withTemporaryFolder { folder in
            let problem = try folder.file("problem.json", Samples.problem)
            let schedule = try folder.file(
                "schedule.json", Samples.schedule.replacing("[[], []]", with: "[[], [1]]"))
            let report = try JSONValue(parsing: Program.run("evaluate", problem, schedule, "--json").output)
            #expect(report["valid"]?.bool == false)
            #expect(report["rule"]?.string == "3.6")
            #expect(report["step"]?.number == 1)
            #expect(report["tensor"]?.number == 1)
        }
    }

    @Test("A solved problem reads like an evaluated schedule, and tells how it was solved")
    func solved() throws {
        try withTemporaryFolder { folder in
            let problem = try folder.file("problem.json", Samples.problem)
            let schedule = folder.path("schedule.json")
            let outcome = try Program.run("solve", problem, "-o", schedule, "--method", "list", "--json")
            #expect(outcome.exitCode == 0)
            let report = try JSONValue(parsing: outcome.output)
            #expect(report["method"]?.string == "list")
            #expect(report["problem"]?.string == problem)
            #expect(report["schedule"]?.string == schedule)
            #expect(try #require(report["solve_seconds"]?.number) < 10)
            var fields = try #require(report.object)
            for key in ["method", "problem", "schedule", "solve_seconds", "best_seconds", "phases"] {
                fields[key] = nil
            }
            var evaluated = try #require(
                JSONValue(parsing: Program.run("evaluate", problem, schedule, "--json").output).object)
            for key in ["tensors", "ops"] { evaluated[key] = nil }
            #expect(fields == evaluated)
        }
    }

    @Test("The reduction cap decides whether a deep k-step is valid")
    func reductionCap() throws {
        try withTemporaryFolder { folder in
            let problem = try folder.file(
                "problem.json",
                """
                {"widths": [256, 64, 64], "heights": [64, 256, 64], "inputs": [[0, 1]], "outputs": [[2]],
                 "base_costs": [1000], "op_types": ["MatMul"], "fast_memory_capacity": 100000,
                 "slow_memory_bandwidth": 10, "native_granularity": [128, 128]}
                """)
            let schedule = try folder.file(
                "schedule.json",
                """
                {"subgraphs": [[0]], "granularities": [[64, 64, 256]], "tensors_to_retain": [[]],
                 "traversal_orders": [null], "subgraph_latencies": [3686.4]}
                """)
            #expect(try Program.run("evaluate", problem, schedule).exitCode == 1)
            #expect(try Program.run("evaluate", problem, schedule, "--reduction-cap", "native").exitCode == 1)
            #expect(try Program.run("evaluate", problem, schedule, "--reduction-cap", "none").exitCode == 0)
        }
    }
}
