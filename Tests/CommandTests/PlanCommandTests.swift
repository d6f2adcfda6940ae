import Foundation
import TestSupport
import Testing

@Suite("mlsys export --format plan, loops and c")
struct PlanCommandTests {
    private static func example(_ name: String) -> String {
        ExternalFiles.packageRoot.appendingPathComponent("models/examples/\(name)/problem.json").path
    }

    @Test("Write how a schedule runs, and C that agrees with the evaluator")
    func formats() throws {
        try withTemporaryFolder { folder in
            let (problem, schedule) = (Self.example("matmul-pointwise-matmul"), folder.path("s.json"))
            #expect(try Program.run("solve", problem, "-o", schedule, "--method", "list").exitCode == 0)
            let plan = try Program.run("export", problem, "--format", "plan", "--schedule", schedule)
            #expect(plan.exitCode == 0 && plan.diagnostics.isEmpty)
            #expect(try JSONSchema(named: "plan").faults(in: plan.output) == [])
            let loops = try Program.run("export", problem, "--format", "loops", "--schedule", schedule)
            #expect(loops.output.contains("load t0 @ 0"))
            let c = try Program.run(
                "export", problem, "--format", "c", "--schedule", schedule, "-o", folder.path("p.c"))
            #expect(c.exitCode == 0 && c.output.isEmpty && c.diagnostics.isEmpty)
            #expect(try String(contentsOfFile: folder.path("p.c"), encoding: .utf8).contains("int main("))
        }
    }

    @Test("Need a schedule, and one that is valid")
    func misuse() throws {
        try withTemporaryFolder { folder in
            let problem = Self.example("diamond")
            let bad = try folder.file(
                "bad.json",
                #"{"subgraphs": [[0]], "granularities": [[128, 128, 1]], "tensors_to_retain": [[]], "#
                    + #""traversal_orders": [null], "subgraph_latencies": [3276.8]}"#)
            for format in ["plan", "loops", "c"] {
                #expect(try Program.run("export", problem, "--format", format).exitCode == 64)
                let outcome = try Program.run("export", problem, "--format", format, "--schedule", bad)
                #expect(outcome.exitCode == 1 && outcome.output.isEmpty && outcome.diagnosticLines.count == 1)
                #expect(
                    try Program.run("export", problem, "--format", format, "--schedule", bad, "--tiles").exitCode == 64)
            }
        }
    }
}
