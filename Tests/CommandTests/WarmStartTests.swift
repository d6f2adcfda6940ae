import CostModel
import Foundation
import TensorGraph
import TestSupport
import Testing

@Suite("Warm starts and limits of solving")
struct WarmStartTests {
    private static let attention = ExternalFiles.packageRoot
        .appendingPathComponent("benchmarks/problems/attention-15.json").path
    private static let optimum = 121_068.8

    private func latency(_ path: String) throws -> Double {
        try Evaluator(try ProblemFile.read(Self.attention)).evaluate(try ScheduleFile.read(path)).totalLatency
    }

    /// Solves with no time for anything, from a schedule that is better than the list scheduler's.
    @Test("A good one is kept, also where it is the file to write", .tags(.slow))
    func keeps() throws {
        try withTemporaryFolder { folder in
            let good = folder.path("good.json")
            #expect(try Program.run("solve", Self.attention, "-o", good, "--method", "exact").exitCode == 0)
            #expect(abs(try latency(good) - Self.optimum) < 1e-6)
            for (method, output) in [("auto", folder.path("other.json")), ("hybrid", good), ("exact", good)] {
                let outcome = try Program.run(
                    "solve", Self.attention, "-o", output, "--warm-start", good, "--time-limit", "0", "--method",
                    method, "--json")
                #expect(outcome.exitCode == 0, "\(outcome.diagnostics)")
                #expect(abs(try latency(output) - Self.optimum) < 1e-6)
                let report = try JSONValue(parsing: outcome.output)
                #expect(report["proof"]?["source"] == .string("warm start"))
                #expect(abs(try #require(report["total_latency"]?.number) - Self.optimum) < 1e-6)
            }
        }
    }

    @Test("A bad one is improved", .tags(.slow))
    func improves() throws {
        try withTemporaryFolder { folder in
            let bad = folder.path("bad.json")
            let options = ["--method", "list", "--no-fusion", "--no-retention", "--no-staggering"]
            let made = try Program.shell(
                "\"$mlsys\" solve '\(Self.attention)' -o '\(bad)' \(options.joined(separator: " "))")
            #expect(made.exitCode == 0)
            let output = folder.path("better.json")
            let outcome = try Program.run(
                "solve", Self.attention, "-o", output, "--warm-start", bad, "--method", "exact")
            #expect(outcome.exitCode == 0)
            #expect(try latency(output) < latency(bad))
        }
    }

    @Test("1, 65, 66: one that is not valid gets the words that evaluate has for it, and nothing is written")
    func refuses() throws {
        try withTemporaryFolder { folder in
            let problem = try folder.file("problem.json", Samples.problem)
            let output = folder.path("out.json")
            let cases: [(name: String, text: String?, code: Int32)] = [
                ("invalid.json", Samples.invalidSchedule, 1),
                ("latency.json", Samples.schedule.replacing("3276.8]", with: "3276.9]"), 1),
                ("broken.json", "{", 65), ("missing.json", nil, 66),
            ]
            for (name, text, code) in cases {
                let path = folder.path(name)
                if let text { _ = try folder.file(name, text) }
                let outcome = try Program.run("solve", problem, "-o", output, "--warm-start", path)
                #expect(outcome.exitCode == code)
                #expect(outcome.output.isEmpty)
                #expect(outcome.diagnostics == (try Program.run("evaluate", problem, path).diagnostics))
                #expect(!FileManager.default.fileExists(atPath: output))
            }
        }
    }

    @Test(
        "64: options that do not go together",
        arguments: [
            "--method list --warm-start w.json", "--method list --rounds 3", "--method exact --rounds 3", "--rounds -1",
            "--rounds many", "--seed -1", "--log s.json", "--progress sometimes",
        ])
    func refusesOptions(options: String) throws {
        let outcome = try Program.shell("\"$mlsys\" solve p.json -o s.json \(options)")
        #expect(outcome.exitCode == 64)
        #expect(outcome.output.isEmpty)
        #expect(outcome.diagnostics.hasPrefix("Error: "))
    }

    @Test("With rounds for a limit, two runs give the same schedule", .tags(.slow))
    func repeats() throws {
        try withTemporaryFolder { folder in
            let texts = try ["a", "b"].map { name in
                let path = folder.path(name)
                let log = folder.path("\(name).log")
                let outcome = try Program.run(
                    "solve", Self.attention, "-o", path, "--method", "hybrid", "--rounds", "3", "--threads", "1",
                    "--seed", "7", "--log", log)
                #expect(outcome.exitCode == 0)
                let start = try String(contentsOfFile: log, encoding: .utf8).split(separator: "\n").first
                #expect(start?.contains("\"seed\":7") == true)
                #expect(start?.contains("time_limit_seconds") == false)
                return try String(contentsOfFile: path, encoding: .utf8)
            }
            #expect(texts[0] == texts[1])
        }
    }
}
