import Foundation
import TestSupport
import Testing

@Suite("mlsys sweep")
struct SweepCommandTests {
    private static let own = ExternalFiles.packageRoot
        .appendingPathComponent("benchmarks/problems/mlp-4.json").path

    private func points(_ path: String) throws -> [JSONValue] {
        let schema = try JSONSchema(named: "sweep")
        return try String(contentsOfFile: path, encoding: .utf8).split(separator: "\n").compactMap { line in
            #expect(try schema.faults(in: String(line)) == [])
            let record = try JSONValue(parsing: String(line))
            return record["kind"] == .string("point") ? record : nil
        }
    }

    /// A row without what a clock says.
    private func timeless(_ row: JSONValue) -> JSONValue {
        guard case .object(var fields) = row else { return row }
        fields["seconds"] = nil
        return .object(fields)
    }

    @Test("A table, JSON lines, CSV and a page of one sweep agree, and nothing else is written")
    func outputs() throws {
        try withTemporaryFolder { folder in
            let problem = try folder.file("pair.json", Samples.problem)
            let (json, csv, page) = (folder.path("s.jsonl"), folder.path("s.csv"), folder.path("s.html"))
            let outcome = try Program.run(
                "sweep", problem, "--capacity", "1,8k:64k:x2", "--bandwidth", "10,20", "--json", json, "--csv", csv,
                "--page", page)
            #expect(outcome.exitCode == 0, "\(outcome.diagnostics)")
            #expect(outcome.diagnostics.isEmpty)
            let rows = try points(json)
            #expect(rows.compactMap { $0["number"]?.number } == (0..<10).map(Double.init))
            let latencies: [Double?] = [nil, 4400, 3276.8, 3276.8, 3276.8, nil, 4400, 2200, 1638.4, 1638.4]
            #expect(rows.map { $0["latency"]?.number } == latencies)
            #expect(rows[0]["status"] == .string("infeasible") && rows[0]["error"]?.string?.contains("op 0") == true)
            #expect(rows.map { $0["pareto"] == .bool(true) }.filter(\.self).count == 5)
            #expect(rows[4]["schedule_from"] == .number(4) && rows[4]["status"] == .string("optimal"))
            let lines = try String(contentsOfFile: csv, encoding: .utf8).split(separator: "\n")
            #expect(lines.count == 11 && lines[0].hasPrefix("point,capacity,bandwidth,"))
            let html = try String(contentsOfFile: page, encoding: .utf8)
            #expect(html.contains("Design space of pair.json") && html.contains("3,276.8"))
            let table = outcome.output.split(separator: "\n")
            #expect((0..<10).allSatisfy { number in table.contains { $0.hasPrefix("    \(number) ") } })
            #expect(table.contains { $0.hasPrefix("point 0: infeasible: ") })
            #expect(table.last?.hasPrefix("10 points, 8 optimal, 2 without a schedule, ") == true)
            #expect(try folder.names().count == 4)
        }
    }

    @Test("Latency and bound are monotone in the output")
    func monotone() throws {
        try withTemporaryFolder { folder in
            let json = folder.path("s.jsonl")
            let outcome = try Program.run(
                "sweep", Self.own, "--capacity", "20k:80k:x2", "--bandwidth", "10,30", "--native", "64,128",
                "--time-limit", "0.5", "--json", json)
            #expect(outcome.exitCode == 0, "\(outcome.diagnostics)")
            let rows = try points(json)
            #expect(rows.count == 12)
            func fields(_ row: JSONValue) -> (axes: [Double], latency: Double, bound: Double) {
                let axes = [row["capacity"]?.number, row["bandwidth"]?.number, row["native"]?.array?[0].number]
                return (axes.map { $0 ?? 0 }, row["latency"]?.number ?? .infinity, row["bound"]?.number ?? 0)
            }
            for less in rows.map(fields) {
                #expect(less.latency.isFinite && less.bound > 0 && less.bound <= less.latency)
                for more in rows.map(fields) where zip(less.axes, more.axes).allSatisfy({ $0 <= $1 }) {
                    #expect(more.latency <= less.latency && more.bound <= less.bound)
                }
            }
        }
    }

    @Test("Shards of any number have the rows of one run, whatever the order in which they are merged")
    func shards() throws {
        try withTemporaryFolder { folder in
            let words = [Self.own, "--capacity", "20k:80k:x2", "--bandwidth", "10,30", "--rounds", "1"]
            func sweep(_ more: [String]) throws {
                let all = (["sweep"] + words + more).map { "'\($0)'" }.joined(separator: " ")
                let outcome = try Program.shell("\"$mlsys\" \(all)")
                #expect(outcome.exitCode == 0, "\(outcome.diagnostics)")
            }
            let one = folder.path("one.jsonl")
            try sweep(["--json", one])
            let expected = try points(one).map(timeless)
            #expect(expected.count == 6)
            for count in [2, 4] {
                let parts = (1...count).map { folder.path("part-\(count)-\($0).jsonl") }
                for (index, part) in parts.enumerated() {
                    try sweep(["--shard", "\(index + 1)/\(count)", "--json", part])
                }
                let merged = folder.path("merged-\(count).jsonl")
                let files = parts.reversed().map { "'\($0)'" }.joined(separator: " ")
                let outcome = try Program.shell(
                    "\"$mlsys\" sweep '\(Self.own)' --json '\(merged)' --merge \(files)")
                #expect(outcome.exitCode == 0, "\(outcome.diagnostics)")
                #expect(try points(merged).map(timeless) == expected)
            }
        }
    }

    @Test("A run goes on where it was stopped: what is there is not solved again, a torn last line is left out")
    func resumes() throws {
        try withTemporaryFolder { folder in
            let problem = try folder.file("pair.json", Samples.problem)
            let json = folder.path("s.jsonl")
            let words = ["sweep", problem, "--capacity", "8k:64k:x2", "--json", json]
            #expect(try Program.run(words[0], words[1], words[2], words[3], words[4], words[5]).exitCode == 0)
            let text = try String(contentsOfFile: json, encoding: .utf8)
            var lines = text.split(separator: "\n").map(String.init)
            // Makes it visible which rows are kept: the first is given a time of its own, the last is torn.
            lines[1] = lines[1].replacing(/"seconds":[0-9.e-]+/, with: "\"seconds\":77")
            let torn = lines[...2].joined(separator: "\n") + "\n" + lines[3].prefix(60)
            _ = try folder.file("s.jsonl", torn)
            let outcome = try Program.shell(
                "\"$mlsys\" sweep '\(problem)' --capacity 8k:64k:x2 --json '\(json)' --resume --progress always")
            #expect(outcome.exitCode == 0, "\(outcome.diagnostics)")
            #expect(outcome.diagnosticLines.first == "mlsys: \(json): line 4 is torn off and left out")
            #expect(outcome.diagnosticLines.count == 3, "two points were left: \(outcome.diagnostics)")
            let rows = try points(json)
            #expect(rows.count == 4 && rows[0]["seconds"] == .number(77))
            #expect(rows.allSatisfy { $0["status"] == .string("optimal") })
            // Again: nothing is left to do.
            let again = try Program.shell(
                "\"$mlsys\" sweep '\(problem)' --capacity 8k:64k:x2 --json '\(json)' --resume --progress always")
            #expect(again.exitCode == 0 && again.diagnostics.isEmpty)
        }
    }

    @Test(
        "64: misuse is named",
        arguments: [
            ("p.json", "Name what to change"), ("p.json --capacity 0", "--capacity: \"0\" is no number above 0"),
            ("p.json --capacity 2:1:x2", "--capacity: 2:1:x2 ends below its start"),
            ("p.json --bandwidth 1e-300", "--bandwidth: \"1e-300\" is no number above 0"),
            ("p.json --bandwidth fast", "--bandwidth: \"fast\" is no number"), ("p.json --native 1x", "--native"),
            ("p.json --capacity 1 --shard 0/2", "--shard"), ("p.json --capacity 1 --shard auto", "needs a job array"),
            ("p.json --capacity 1 --resume", "--resume goes on with a run's --json FILE"),
            ("p.json --capacity 1 --merge a", "--merge only puts results together"),
            ("p.json --capacity 1 --method list", "--method list proves no bounds"),
            ("p.json --capacity 1 --time-limit nan", "--time-limit is nan"),
            ("p.json --capacity 1 --gap 1", "--gap is 1.0"),
            ("p.json --capacity 1 --threads 0", "--threads is 0"),
            ("p.json --capacity 1 --dim a=1", "--dim is for a model"),
            ("p.json --capacity 1 --cost-factor inf", "--cost-factor is inf"),
            ("p.json --capacity 1 --json - --csv -", "both go to standard output"),
            ("p.json --capacty 1", "Unknown option '--capacty'. Did you mean '--capacity'?"),
        ])
    func misuse(words: String, message: String) throws {
        let outcome = try Program.shell("\"$mlsys\" sweep \(words)")
        #expect(outcome.exitCode == 64)
        #expect(outcome.output.isEmpty)
        #expect(outcome.diagnostics.contains(message), "\(outcome.diagnostics)")
    }

    @Test(
        "65, 66, 73: files that are bad, of another sweep, missing, or cannot be written; one line that names the file")
    func failures() throws {
        try withTemporaryFolder { folder in
            let problem = try folder.file("pair.json", Samples.problem)
            let other = try folder.file("other.json", Samples.problem.replacing("1000, 100", with: "1000, 101"))
            let part = folder.path("part.jsonl")
            #expect(try Program.run("sweep", problem, "--capacity", "8k,64k", "--json", part).exitCode == 0)
            let good = try String(contentsOfFile: part, encoding: .utf8)
            let lines = good.split(separator: "\n").map(String.init)
            func bad(_ name: String, _ text: String) throws -> String { try folder.file("\(name).jsonl", text) }
            let noRun = try bad("norun", lines[1] + "\n")
            let noise = try bad("noise", lines[0] + "\nnoise\n" + lines[1] + "\n")
            let invalid = try bad(
                "invalid", good.replacing(/"granularity":\[[0-9,]+\]/, with: "\"granularity\":[9,9999,1]"))
            let unsound = try bad(
                "unsound", good.replacing(/"found":\{"bound":[0-9.]+/, with: "\"found\":{\"bound\":1e9"))
            let runs: [(words: String, code: Int32, message: String)] = [
                ("'\(folder.path("none.json"))' --capacity 1", 66, "no such file"),
                ("'\(problem)' --capacity 1k --json '\(folder.path("no/such"))'", 73, "cannot be written"),
                ("'\(problem)' --capacity 1k --page '\(problem)'", 73, "is the problem file itself"),
                ("'\(problem)' --merge '\(part)' '\(part)'", 65, "point 0 is in \(part) as well"),
                ("'\(other)' --merge '\(part)'", 65, "is about another problem"),
                ("'\(problem)' --reduction-cap none --merge '\(part)'", 65, "reduction cap"),
                ("'\(problem)' --merge '\(noRun)'", 65, "no run stands before it"),
                ("'\(problem)' --merge '\(noise)'", 65, "line 2 is not a result of sweep"),
                ("'\(problem)' --merge '\(invalid)'", 65, "holds an invalid schedule"),
                ("'\(problem)' --merge '\(unsound)'", 65, "has a bound above its latency"),
                ("'\(problem)' --merge '\(folder.path("none.jsonl"))'", 66, "no such file"),
                ("'\(problem)' --capacity 16k --json '\(part)' --resume", 65, "is not one of these points"),
                ("'\(problem)' --capacity 1k --cost-factor 1e300", 65, "base cost"),
            ]
            for (words, code, message) in runs {
                let outcome = try Program.shell("\"$mlsys\" sweep \(words)")
                #expect(outcome.exitCode == code, "\(words): \(outcome.diagnostics)")
                #expect(outcome.output.isEmpty && outcome.diagnostics.contains(message), "\(outcome.diagnostics)")
                #expect(outcome.diagnosticLines.count == 1)
            }
            #expect(try String(contentsOfFile: part, encoding: .utf8) == good, "what was there is kept")
        }
    }

    @Test("A model over native tiles, with a chip for its costs; costs of nothing leave data movement alone")
    func models() throws {
        let root = ExternalFiles.packageRoot.path
        let outcome = try Program.shell(
            "\"$mlsys\" sweep '\(root)/Tests/ModelImportTests/Fixtures/mixed.onnx' --hardware "
                + "'\(root)/benchmarks/hardware/gemmini.json' --native 8,16 --capacity 64k --time-limit 1 --json -")
        #expect(outcome.exitCode == 0, "\(outcome.diagnostics)")
        let schema = try JSONSchema(named: "sweep")
        let lines = outcome.output.split(separator: "\n").map(String.init)
        #expect(lines.count == 3)
        for line in lines { #expect(try schema.faults(in: line) == []) }
        try withTemporaryFolder { folder in
            let problem = try folder.file("pair.json", Samples.problem)
            let free = try Program.run("sweep", problem, "--capacity", "64k", "--cost-factor", "0", "--csv", "-")
            let fields = free.output.split(separator: "\n").last?.split(separator: ",") ?? []
            #expect(fields.count > 10 && fields[8] == "0.0" && fields[10] == "32768.0", "\(free.output)")
        }
    }
}
