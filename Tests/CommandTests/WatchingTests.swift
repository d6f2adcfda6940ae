import Foundation
import TestSupport
import Testing

@Suite("What is told while a problem is solved, and in the end")
struct WatchingTests {
    private static let attention = ExternalFiles.packageRoot
        .appendingPathComponent("benchmarks/problems/attention-15.json").path

    @Test("--log: a line for every event, in order, as the schema says", .tags(.slow))
    func log() throws {
        try withTemporaryFolder { folder in
            let log = folder.path("log.jsonl")
            let outcome = try Program.run(
                "solve", Self.attention, "-o", folder.path("s.json"), "--method", "exact", "--time-limit", "60",
                "--log", log, "--json")
            #expect(outcome.exitCode == 0)
            #expect(outcome.diagnostics.isEmpty)
            let lines = try String(contentsOfFile: log, encoding: .utf8).split(separator: "\n").map(String.init)
            let schema = try JSONSchema(named: "log")
            for line in lines { #expect(try schema.faults(in: line) == []) }
            let events = try lines.map { try JSONValue(parsing: $0) }
            #expect(events.first?["event"] == .string("start"))
            #expect(events.first?["ops"] == .number(15))
            #expect(events.first?["time_limit_seconds"] == .number(60))
            #expect(events.count { $0["event"] == .string("phase") } >= 2)
            #expect(events.contains { $0["kind"] == .string("traffic") })
            let latencies = events.filter { $0["event"] == .string("incumbent") }.compactMap { $0["latency"]?.number }
            #expect(latencies.count >= 2)
            #expect(latencies == latencies.sorted(by: >))
            let report = try JSONValue(parsing: outcome.output)
            #expect(report["total_latency"]?.number == latencies.last)
            let end = try #require(events.last)
            #expect(end["event"] == .string("end"))
            #expect(end["latency"]?.number == latencies.last)
            #expect(end["status"] == report["proof"]?["status"])
            let times = events.compactMap { $0["seconds"]?.number }
            #expect(times == times.sorted())
            // A second run appends.
            let problem = try folder.file("problem.json", Samples.problem)
            #expect(try Program.run("solve", problem, "-o", folder.path("s.json"), "--log", log).exitCode == 0)
            #expect(try String(contentsOfFile: log, encoding: .utf8).hasPrefix(lines.joined(separator: "\n") + "\n{"))
        }
    }

    @Test("--log -: to standard error")
    func logToStandardError() throws {
        try withTemporaryFolder { folder in
            let problem = try folder.file("problem.json", Samples.problem)
            let outcome = try Program.run(
                "solve", problem, "-o", folder.path("s.json"), "--log", "-", "--method", "list")
            #expect(outcome.exitCode == 0)
            let schema = try JSONSchema(named: "log")
            #expect(outcome.diagnosticLines.count == 4)
            for line in outcome.diagnosticLines { #expect(try schema.faults(in: String(line)) == []) }
            #expect(try folder.names() == ["problem.json", "s.json"])
        }
    }

    @Test("73: a log that cannot be written", arguments: ["missing/log", "", "problem.json"])
    func cannotLog(name: String) throws {
        try withTemporaryFolder { folder in
            let problem = try folder.file("problem.json", Samples.problem)
            let outcome = try Program.run(
                "solve", problem, "-o", folder.path("s.json"), "--log", name.isEmpty ? folder.path : folder.path(name))
            #expect(outcome.exitCode == 73)
            #expect(outcome.diagnosticLines.count == 1)
            #expect(try folder.names() == ["problem.json"])
        }
    }

    @Test("--json is as the schema says", arguments: ["auto", "hybrid", "exact", "list"])
    func json(method: String) throws {
        try withTemporaryFolder { folder in
            let problem = try folder.file("problem.json", Samples.problem)
            let outcome = try Program.run("solve", problem, "-o", folder.path("s.json"), "--method", method, "--json")
            #expect(outcome.exitCode == 0)
            #expect(try JSONSchema(named: "solve").faults(in: outcome.output) == [])
            let report = try JSONValue(parsing: outcome.output)
            let phases = try #require(report["phases"]?.object)
            #expect(phases["read"] != nil && phases["list"] != nil)
            let total = phases.values.compactMap(\.number).reduce(0, +)
            #expect(abs(total - (try #require(report["solve_seconds"]?.number))) < 1e-6)
        }
    }

    @Test("Progress: quiet by default where there is no terminal, on request a table, never on stdout", .tags(.slow))
    func progress() throws {
        try withTemporaryFolder { folder in
            func run(_ problem: String, _ mode: String) throws -> Program.Outcome {
                try Program.run(
                    "solve", problem, "-o", folder.path("s.json"), "--method", "exact", "--progress", mode)
            }
            let problem = try folder.file("problem.json", Samples.problem)
            for mode in ["auto", "never"] { #expect(try run(problem, mode).diagnostics.isEmpty) }
            let shown = try run(Self.attention, "always")
            #expect(shown.exitCode == 0)
            let lines = shown.diagnosticLines
            #expect(lines.count >= 5)
            #expect(lines.first?.hasPrefix("source: L list, W warm start") == true)
            #expect(lines.contains { $0.contains("dual bound") && $0.contains("incumbent") })
            #expect(lines.contains { $0.hasPrefix("L ") && $0.contains("134,176") })
            #expect(lines.contains { $0.contains("121,068.8") && $0.contains(" 0% ") })
            #expect(shown.output.contains("status: optimal; bound 121,068.8, gap 0%"))
            #expect(shown.output.contains("\nfound by: "))
            #expect(shown.output.contains("\ntime: read "))
        }
    }

    @Test("The validator finds what is wrong")
    func validatorFindsFaults() throws {
        let schema = try JSONSchema(named: "bench")
        let row = #"{"kind":"problem","problem":"p","seconds":1,"improvements":[]}"#
        #expect(try schema.faults(in: row) == [])
        for broken in [
            row.replacing("1,", with: "-1,"), row.replacing("1,", with: "\"1\","), row.replacing("\"p\"", with: "null"),
            row.replacing("problem\",", with: "other\","), row.replacing("[]", with: "[{}]"), "[]",
            row.replacing("seconds", with: "minutes"),
        ] {
            #expect(try schema.faults(in: broken) != [], "\(broken)")
        }
        #expect(try JSONSchema(parsing: #"{"pattern": "x"}"#).faults(in: "1") != [])
    }
}
