import Foundation
import Reporting
import TestSupport
import Testing

@Suite("Bench")
struct BenchTests {
    /// Four problems that differ by name, the first and the third of which have nothing wrong with them.
    private func withProblems(_ body: (_ folder: URL, _ problems: String) throws -> Void) throws {
        try withTemporaryFolder { folder in
            let problems = folder.appendingPathComponent("problems")
            try FileManager.default.createDirectory(at: problems, withIntermediateDirectories: false)
            _ = try problems.file("pair-10.json", Samples.problem)
            _ = try problems.file("pair-2.json", Samples.problem)
            _ = try problems.file("pair-3.json", Samples.infeasibleProblem)
            _ = try problems.file("broken-1.json", "{")
            _ = try problems.file("notes.txt", "no problem")
            try body(folder, problems.path)
        }
    }

    private func records(_ path: String) throws -> [JSONValue] {
        let schema = try JSONSchema(named: "bench")
        return try String(contentsOfFile: path, encoding: .utf8).split(separator: "\n").map { line in
            #expect(try schema.faults(in: String(line)) == [])
            return try JSONValue(parsing: String(line))
        }
    }

    private func names(_ records: [JSONValue]) -> [String] { records.compactMap { $0["problem"]?.string } }

    @Test("Runs all of a folder in natural order, failures included; compares and writes")
    func runs() throws {
        try withProblems { folder, problems in
            let reference = try folder.file("reference.json", #"{"pair-2": 6553.6, "pair-10": 3276.8, "other": 1}"#)
            let json = folder.path("results.jsonl")
            let outcome = try Program.run("bench", problems, "--reference", reference, "--json", json)
            #expect(outcome.exitCode == 1)
            #expect(outcome.diagnostics.isEmpty)
            let lines = outcome.output.split(separator: "\n")
            let names = ["broken-1", "pair-2", "pair-3", "pair-10"]
            #expect(lines.dropFirst(2).prefix(4).map { $0.prefix { $0 != " " } } == names.map { $0[...] })
            #expect(lines[3].contains("0.500000"))
            #expect(lines[3].hasSuffix(" optimal"))
            #expect(lines[4].hasSuffix(" failed"))
            #expect(lines[5].contains("1.000000"))
            // What does not fit in a line goes on in the next.
            let rest = lines.dropFirst(6).map { $0.trimmingCharacters(in: .whitespaces) }.joined(separator: " ")
            #expect(rest.hasPrefix("broken-1: failed: ") && rest.contains("is not valid JSON"))
            #expect(rest.contains("pair-3: failed: \(problems)/pair-3.json: op 0 fits at no granularity"))
            #expect(rest.contains("4 problems, 2 optimal, 2 failed"))
            #expect(rest.hasSuffix("0.707107 (geometric mean), 1 better, 1 equal, 0 worse"))
            let found = try records(json)
            #expect(found[0]["kind"] == .string("run"))
            #expect(found[0]["command"]?.string?.contains("bench") == true)
            #expect(try #require(found[0]["machine"]?["cores"]?.number) >= 1)
            #expect(self.names(found) == names)
            #expect(found[2]["latency"] == .number(3276.8))
            #expect(found[2]["ratio"] == .number(0.5))
            #expect(found[2]["status"] == .string("optimal"))
            #expect(found[2]["improvements"]?.array?.last?["source"] == found[2]["source"])
            #expect(found[2]["improvements"]?.array?.last?["seconds"] == found[2]["seconds_to_best"])
            #expect(found[2]["time_limit_seconds"] == .number(1.8))
            #expect(found[1]["error"]?.string?.contains("is not valid JSON") == true)
        }
    }

    @Test("Shards put together are what one run is")
    func shards() throws {
        try withProblems { folder, problems in
            let parts = try (1...3).map { number in
                let part = folder.path("part-\(number).jsonl")
                _ = try Program.run("bench", problems, "--shard", "\(number)/3", "--json", part, "--method", "list")
                return part
            }
            #expect(try parts.map { names(try records($0)) } == [["broken-1", "pair-10"], ["pair-2"], ["pair-3"]])
            let merged = folder.path("merged.jsonl")
            let outcome = try Program.run("bench", "--merge", parts[2], parts[0], parts[1], "--json", merged)
            #expect(outcome.exitCode == 1)
            let found = try records(merged)
            #expect(found.count { $0["kind"] == .string("run") } == 3)
            #expect(names(found) == ["broken-1", "pair-2", "pair-3", "pair-10"])
            #expect(outcome.output.contains("4 problems, 0 optimal, 2 failed"))
            let twice = try Program.run("bench", "--merge", merged, parts[1])
            #expect(twice.exitCode == 65)
            #expect(twice.diagnostics == "mlsys: \(parts[1]): problem pair-2 is in \(merged) as well\n")
        }
    }

    @Test("0 when nothing fails, with a fixed time limit and without a time limit for list")
    func succeeds() throws {
        try withTemporaryFolder { folder in
            _ = try folder.file("pair.json", Samples.problem)
            for options in [["--time-limit", "1.5"], ["--method", "list"], ["--method", "exact"]] {
                let outcome = try Program.shell(
                    "\"$mlsys\" bench '\(folder.path)' --threads 1 --seed 3 \(options.joined(separator: " "))")
                #expect(outcome.exitCode == 0, "\(outcome.diagnostics)")
                #expect(outcome.output.contains("3,276.8"))
                #expect(!outcome.output.contains("ratio"))
            }
            #expect(try folder.names() == ["pair.json"])
        }
    }

    @Test(
        "64: misuse",
        arguments: [
            "", ". --merge a", "--merge a --shard 1/2", "--merge a --reference r", ". --shard 0/2", ". --shard 3/2",
            ". --shard 1", ". --shard 1/0", ". --shard a/b",
            ". --time-limit soon", ". --time-limit=-1", ". --time-limit nan", ". --threads 0",
        ])
    func refusesMisuse(arguments: String) throws {
        let outcome = try Program.shell("\"$mlsys\" bench \(arguments)")
        #expect(outcome.exitCode == 64)
        #expect(outcome.output.isEmpty)
    }

    @Test("65, 66, 73: files that are bad, missing or cannot be written")
    func failures() throws {
        try withTemporaryFolder { folder in
            let problems = folder.appendingPathComponent("problems")
            try FileManager.default.createDirectory(at: problems, withIntermediateDirectories: false)
            #expect(try Program.run("bench", problems.path).exitCode == 66)
            _ = try problems.file("pair.json", Samples.problem)
            let bad = try folder.file("bad.json", #"{"pair": "fast"}"#)
            let zero = try folder.file("zero.json", #"{"pair": 0}"#)
            let missing = folder.path("missing.json")
            let runs: [(arguments: [String], code: Int32)] = [
                ([missing], 66), ([problems.path, "--reference", missing], 66),
                ([problems.path, "--reference", bad], 65), ([problems.path, "--reference", zero], 65),
                ([problems.path, "--json", folder.path("no/such")], 73), (["--merge", bad], 65),
                (["--merge", missing], 66),
            ]
            for (arguments, code) in runs {
                let words = arguments.map { "'\($0)'" }.joined(separator: " ")
                let outcome = try Program.shell("\"$mlsys\" bench \(words)")
                #expect(outcome.exitCode == code, "\(arguments)")
                #expect(outcome.output.isEmpty)
                #expect(outcome.diagnosticLines.count == 1)
            }
        }
    }
}
