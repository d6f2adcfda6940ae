import Foundation
import TestSupport
import Testing

@Suite("JSON output")
struct JSONOutputTests {
    struct NotAnObject: Error {}

    private func object(_ text: String) throws -> [String: Any] {
        guard let object = try JSONSerialization.jsonObject(with: Data(text.utf8)) as? [String: Any] else {
            throw NotAnObject()
        }
        return object
    }

    @Test("A valid schedule")
    func valid() throws {
        try withTemporaryFolder { folder in
            let problem = try folder.file("problem.json", Samples.problem)
            let schedule = try folder.file("schedule.json", Samples.schedule)
            let outcome = try Program.run("evaluate", problem, schedule, "--json")
            #expect(outcome.exitCode == 0)
            let report = try object(outcome.output)
            #expect(report["valid"] as? Bool == true)
            #expect(report["total_latency"] as? Double == 6553.6)
            #expect(report["fast_memory_capacity"] as? Int == 35000)
            let steps = try #require(report["steps"] as? [[String: Any]])
            try #require(steps.count == 2)
            #expect(steps[1]["ops"] as? [Int] == [1])
            #expect(steps[1]["granularity"] as? [Int] == [128, 128, 1])
            #expect(steps[1]["order"] as? String == "raster")
            #expect(steps[1]["grid"] as? [Int] == [1, 1])
            #expect(steps[1]["iterations"] as? Int == 1)
            #expect(steps[1]["compute_bound_iterations"] as? Int == 0)
            #expect(steps[1]["reduction_steps"] as? Int == 1)
            #expect(steps[1]["latency"] as? Double == 3276.8)
            #expect(steps[1]["compute"] as? Double == 100)
            #expect(steps[1]["transfer"] as? Double == 3276.8)
            #expect(steps[1]["share"] as? Double == 0.5)
            #expect(steps[1]["resident"] as? [Int] == [])
            #expect(steps[1]["loaded_elements"] as? Int == 16384)
            #expect(steps[1]["evicted_elements"] as? Int == 16384)
            #expect(steps[1]["peak_working_set"] as? Int == 32768)
            #expect(steps[1]["retained"] as? [Int] == [])
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
            let report = try object(outcome.output)
            #expect(report["valid"] as? Bool == false)
            #expect(report["rule"] as? String == "3.1")
            #expect(report["rule_name"] as? String == "uncoveredOp")
            #expect(report["step"] is NSNull)
            #expect(report["op"] as? Int == 1)
            #expect(report["tensor"] is NSNull)
            #expect(report["message"] as? String == "op 1 is in no step")
        }
    }

    @Test("An invalid schedule, about a step and a tensor")
    func invalidStep() throws {
        try withTemporaryFolder { folder in
            let problem = try folder.file("problem.json", Samples.problem)
            let schedule = try folder.file(
                "schedule.json", Samples.schedule.replacing("[[], []]", with: "[[], [1]]"))
            let report = try object(Program.run("evaluate", problem, schedule, "--json").output)
            #expect(report["valid"] as? Bool == false)
            #expect(report["rule"] as? String == "3.6")
            #expect(report["step"] as? Int == 1)
            #expect(report["tensor"] as? Int == 1)
        }
    }

    @Test("A solved problem reads like an evaluated schedule, and tells how it was solved")
    func solved() throws {
        try withTemporaryFolder { folder in
            let problem = try folder.file("problem.json", Samples.problem)
            let schedule = folder.path("schedule.json")
            let outcome = try Program.run("solve", problem, "-o", schedule, "--method", "list", "--json")
            #expect(outcome.exitCode == 0)
            var report = try object(outcome.output)
            #expect(report["method"] as? String == "list")
            #expect(report["problem"] as? String == problem)
            #expect(report["schedule"] as? String == schedule)
            #expect(try #require(report["solve_seconds"] as? Double) < 10)
            for key in ["method", "problem", "schedule", "solve_seconds", "best_seconds", "phases"] {
                report[key] = nil
            }
            var evaluated = try object(Program.run("evaluate", problem, schedule, "--json").output)
            for key in ["tensors", "ops"] { evaluated[key] = nil }
            #expect(report as NSDictionary == evaluated as NSDictionary)
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
