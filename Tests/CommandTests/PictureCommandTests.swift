import Foundation
import TestSupport
import Testing

@Suite("mlsys export of pictures and traces, mlsys evaluate --compare")
struct PictureCommandTests {
    @Test(
        "Writes problems and schedules, to standard output or to a file, alike",
        arguments: ["dot", "mermaid", "dot --schedule s.json", "mermaid --schedule s.json", "trace --schedule s.json"])
    func formats(_ format: String) throws {
        try withTemporaryFolder { folder in
            _ = try folder.file("p.json", Samples.problem)
            _ = try folder.file("s.json", Samples.schedule)
            let command = "cd '\(folder.path)' && \"$mlsys\" export p.json --format \(format)"
            let printed = try Program.shell(command)
            #expect(printed.exitCode == 0 && printed.diagnostics.isEmpty && !printed.output.isEmpty)
            let written = try Program.shell(command + " -o out")
            #expect(written.exitCode == 0 && written.output.isEmpty && written.diagnostics.isEmpty)
            #expect(try String(contentsOfFile: folder.path("out"), encoding: .utf8) == printed.output)
            #expect(try folder.names() == ["out", "p.json", "s.json"])
        }
    }

    @Test("Tiles are drawn on demand, and those left out are said to be")
    func tiles() throws {
        try withTemporaryFolder { folder in
            let problem = try folder.file("p.json", Samples.problem)
            let schedule = try folder.file(
                "s.json",
                """
                {"subgraphs": [[0, 1]], "granularities": [[64, 64, 1]], "tensors_to_retain": [[]],
                 "traversal_orders": [null], "subgraph_latencies": [4400]}
                """)
            let arguments = ["export", problem, "--format", "trace", "--schedule", schedule]
            func tiles(_ more: String...) throws -> (count: Int, diagnostics: Int) {
                let words = (arguments + more).map { "'\($0)'" }.joined(separator: " ")
                let outcome = try Program.shell("\"$mlsys\" \(words)")
                #expect(outcome.exitCode == 0)
                return (outcome.output.ranges(of: "\"name\":\"tile ").count, outcome.diagnosticLines.count)
            }
            #expect(try tiles() == (0, 0))
            #expect(try tiles("--tiles") == (4, 0))
            #expect(try tiles("--tiles", "--tile-limit", "3") == (0, 1))
        }
    }

    @Test("Large schedules are drawn by steps, which is said; --full draws every op", arguments: ["mermaid", "dot"])
    func largeSchedules(format: String) throws {
        try withTemporaryFolder { folder in
            let script = """
                cd '\(folder.path)'
                "$mlsys" generate random --ops 400 -o p.json || exit 1
                "$mlsys" p.json s.json --method list > summary || exit 1
                "$mlsys" export p.json --format \(format) --schedule s.json
                """
            let short = try Program.shell(script, secondsAtMost: 60)
            #expect(short.exitCode == 0 && short.diagnosticLines.count >= 1)
            #expect(short.diagnosticLines.first?.contains("--full draws all") == true, "\(short.diagnostics)")
            let full = try Program.shell(script + " --full", secondsAtMost: 60)
            #expect(full.exitCode == 0 && full.diagnostics.isEmpty)
            #expect(full.output.count > 2 * short.output.count)
            let problem = try Program.shell(
                "cd '\(folder.path)' && \"$mlsys\" export p.json --format \(format)")
            #expect(problem.exitCode == 0 && problem.diagnostics.contains("--schedule draws steps instead"))
        }
    }

    @Test("Ends with the exit codes of the house, and leaves no file behind")
    func exitCodes() throws {
        try withTemporaryFolder { folder in
            let problem = try folder.file("p.json", Samples.problem)
            let schedule = try folder.file("s.json", Samples.schedule)
            let invalid = try folder.file("invalid.json", Samples.invalidSchedule)
            let bad = try folder.file("bad.json", "{}")
            let cases: [(Int32, [String])] = [
                (1, ["export", problem, "--format", "dot", "--schedule", invalid, "-o", folder.path("o")]),
                (64, ["export", problem, "--format", "trace"]),
                (64, ["export", problem, "--format", "lp", "--tiles"]),
                (64, ["export", problem, "--format", "dot", "--tiles"]),
                (64, ["export", problem, "--format", "lp", "--full"]),
                (64, ["export", problem, "--format", "trace", "--schedule", schedule, "--full"]),
                (64, ["export", problem, "--format", "dot", "--with-cuts"]),
                (64, ["export", problem, "--format", "mermaid", "--legend", folder.path("o")]),
                (64, ["export", problem, "--format", "trace", "--schedule", schedule, "--tiles", "--tile-limit", "0"]),
                (65, ["export", problem, "--format", "dot", "--schedule", bad]),
                (66, ["export", problem, "--format", "dot", "--schedule", folder.path("none")]),
                (73, ["export", problem, "--format", "dot", "--schedule", schedule, "-o", schedule]),
                (73, ["export", problem, "--format", "dot", "-o", folder.path("none/o")]),
                (1, ["evaluate", problem, schedule, "--compare", invalid]),
                (1, ["evaluate", problem, invalid, "--compare", schedule]),
                (65, ["evaluate", problem, schedule, "--compare", bad]),
                (66, ["evaluate", problem, schedule, "--compare", folder.path("none")]),
            ]
            for (code, arguments) in cases {
                let words = arguments.map { "'\($0)'" }.joined(separator: " ")
                let outcome = try Program.shell("\"$mlsys\" \(words)")
                #expect(outcome.exitCode == code, "\(words): \(outcome.diagnostics)")
                #expect(outcome.output.isEmpty)
                if code != 64 { #expect(outcome.diagnosticLines.count == 1, "\(outcome.diagnostics)") }
            }
            #expect(try folder.names() == ["bad.json", "invalid.json", "p.json", "s.json"])
        }
    }

    @Test("Comparison as text and as JSON; an invalid schedule is named")
    func comparison() throws {
        try withTemporaryFolder { folder in
            let problem = try folder.file("p.json", Samples.problem)
            let a = try folder.file("a.json", Samples.schedule)
            let b = try folder.file(
                "b.json",
                """
                {"subgraphs": [[0, 1]], "granularities": [[128, 128, 1]], "tensors_to_retain": [[]],
                 "traversal_orders": [null], "subgraph_latencies": [3276.8]}
                """)
            let text = try Program.run("evaluate", problem, a, "--compare", b)
            #expect(text.exitCode == 0 && text.diagnostics.isEmpty)
            #expect(text.output.contains("\nB - A: -3,276.8 (-50%)\n"))
            #expect(text.output.hasSuffix("\ngrouping differs in 1 block: -3,276.8 (-50%)\n"))
            let report = try JSONValue(parsing: Program.run("evaluate", problem, a, "--compare", b, "--json").output)
            #expect(report["difference"]?.number == -3276.8)
            let blocks = try #require(report["blocks"]?.array)
            #expect(blocks.count == 1 && blocks.first?["steps_a"]?.numbers == [0, 1])
            #expect((blocks.first?["costs"]?.array)?.first?["decisions"]?.strings == ["grouping"])
            #expect(report["b"]?["path"]?.string == b)

            let invalid = try folder.file("invalid.json", Samples.invalidSchedule)
            let verdict = try Program.run("evaluate", problem, a, "--compare", invalid, "--json")
            #expect(verdict.exitCode == 1 && verdict.diagnostics.isEmpty)
            #expect(try JSONValue(parsing: verdict.output)["schedule"]?.string == invalid)
        }
    }
}
