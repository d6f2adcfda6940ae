import Foundation
import TestSupport
import Testing

@Suite("mlsys export --format json")
struct NamedScheduleCommandTests {
    /// Two Pointwise ops in a row; one op and one tensor have no name.
    private static let problem = Samples.problem.replacing(
        "\"base_costs\"",
        with: "\"op_names\": [\"/block/Relu\", null], \"tensor_names\": [\"x\", \"hidden\", null], \"base_costs\"")

    /// Hands tensor 1 on in fast memory, and visits four tiles in an order that has no name.
    private static let schedule = """
        {"subgraphs": [[0], [1]], "granularities": [[64, 64, 1], [64, 64, 1]], "tensors_to_retain": [[1], []],
         "traversal_orders": [[0, 3, 1, 2], [0, 2, 1, 3]], "subgraph_latencies": [4000, 1638.4]}
        """

    @Test("Steps by hand: names beside ids, orders, what is kept and what is moved")
    func steps() throws {
        try withTemporaryFolder { folder in
            let problem = try folder.file("two.json", Self.problem)
            let schedule = try folder.file("s.json", Self.schedule)
            let printed = try Program.run("export", problem, "--format", "json", "--schedule", schedule)
            #expect(printed.exitCode == 0 && printed.diagnostics.isEmpty, "\(printed.diagnostics)")
            #expect(try JSONSchema(named: "named-schedule").faults(in: printed.output) == [])
            let result = try JSONValue(parsing: printed.output)
            #expect(result["problem"] == .string("two") && result["total_latency"] == .number(5638.4))
            #expect(result["fingerprint"]?.string?.count == 16)
            let expected = """
                [{"step": 0, "ops": [{"id": 0, "name": "/block/Relu"}], "granularity": [64, 64, 1], "grid": [2, 2],
                  "reduction_steps": 1, "order": "permutation", "tiles": [0, 3, 1, 2], "resident": [],
                  "retained": [{"id": 1, "name": "hidden"}], "loaded": [{"id": 0, "name": "x", "elements": 16384}],
                  "evicted": [], "latency": 4000},
                 {"step": 1, "ops": [{"id": 1}], "granularity": [64, 64, 1], "grid": [2, 2], "reduction_steps": 1,
                  "order": "column-major", "resident": [{"id": 1, "name": "hidden"}], "retained": [], "loaded": [],
                  "evicted": [{"id": 2, "elements": 16384}], "latency": 1638.4}]
                """
            #expect(try result["steps"] == JSONValue(parsing: expected), "\(printed.output)")
            let written = try Program.run(
                "export", problem, "--format", "json", "--schedule", schedule, "-o", folder.path("out.json"))
            #expect(written.exitCode == 0 && written.output.isEmpty && written.diagnostics.isEmpty)
            #expect(try String(contentsOfFile: folder.path("out.json"), encoding: .utf8) == printed.output)
        }
    }

    @Test("A model's steps have the names of its ops, and move and cost what the evaluator says")
    func model() throws {
        let file = ExternalFiles.packageRoot.appendingPathComponent("benchmarks/problems/gpt-35.json")
        let problem = try JSONValue(parsing: String(contentsOf: file, encoding: .utf8))
        let names = try #require(problem["op_names"]?.array)
        try withTemporaryFolder { folder in
            let schedule = folder.path("s.json")
            #expect(try Program.run("solve", file.path, "-o", schedule, "--method", "list").exitCode == 0)
            let outcome = try Program.run("export", file.path, "--format", "json", "--schedule", schedule)
            #expect(try JSONSchema(named: "named-schedule").faults(in: outcome.output) == [])
            let evaluated = try JSONValue(parsing: Program.run("evaluate", file.path, schedule, "--json").output)
            let (steps, costs) = (
                try #require(JSONValue(parsing: outcome.output)["steps"]?.array),
                try #require(evaluated["steps"]?.array)
            )
            #expect(steps.count == costs.count && !steps.isEmpty)
            for (step, cost) in zip(steps, costs) {
                let ops = try #require(step["ops"]?.array)
                #expect(ops.map { $0["id"]?.number } == cost["ops"]?.numbers)
                #expect(ops.allSatisfy { op in op["id"]?.number.map { names[Int($0)] == op["name"] } ?? false })
                for field in ["granularity", "grid", "reduction_steps", "order", "latency"] {
                    #expect(step[field] == cost[field], "\(field)")
                }
                for (list, sum) in [("loaded", "loaded_elements"), ("evicted", "evicted_elements")] {
                    let moves = try #require(step[list]?.array)
                    let total = moves.reduce(0) { $0 + ($1["elements"]?.number ?? .nan) }
                    #expect(total == cost[sum]?.number, "\(list)")
                }
                for list in ["resident", "retained"] {
                    #expect(step[list]?.array?.map { $0["id"]?.number } == cost[list]?.numbers)
                }
            }
        }
    }

    @Test("Needs a schedule, one that can be read and that is valid")
    func faults() throws {
        try withTemporaryFolder { folder in
            let problem = try folder.file("p.json", Samples.problem)
            let torn = try folder.file("torn.json", "{\"subgraphs\": [[0]")
            let invalid = try folder.file("invalid.json", Samples.invalidSchedule)
            let out = folder.path("out.json")
            #expect(try Program.run("export", problem, "--format", "json").exitCode == 64)
            #expect(
                try Program.run("export", problem, "--format", "json", "--schedule", torn, "--tiles").exitCode == 64)
            for (schedule, code) in [(torn, Int32(65)), (invalid, 1)] {
                let outcome = try Program.run(
                    "export", problem, "--format", "json", "--schedule", schedule, "-o", out)
                #expect(outcome.exitCode == code && outcome.output.isEmpty && outcome.diagnosticLines.count == 1)
                #expect(outcome.diagnostics.contains(schedule))
            }
            #expect(try folder.names() == ["invalid.json", "p.json", "torn.json"])
        }
    }
}
