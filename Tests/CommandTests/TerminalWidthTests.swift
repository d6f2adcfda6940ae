import Foundation
import Reporting
import TestSupport
import Testing

@Suite("Tables fit the terminal")
struct TerminalWidthTests {
    private func widest(_ text: String) -> Int { text.split(separator: "\n").reduce(0) { max($0, $1.count) } }

    @Test(
        "80 columns without a terminal",
        arguments: [
            "attention-15", "moe-23", "random-160", "siblings-9", "pointwise-6", "swiglu-106", "tower-30",
        ])
    func evaluate(name: String) throws {
        let file = ExternalFiles.packageRoot.appendingPathComponent("benchmarks/problems/\(name).json").path
        try #require(FileManager.default.fileExists(atPath: file))
        try withTemporaryFolder { folder in
            let schedule = folder.path("s.json")
            #expect(try Program.run(file, schedule, "--method", "list").exitCode == 0)
            let table = try Program.run("evaluate", file, schedule)
            #expect(table.exitCode == 0)
            #expect(widest(table.output) <= 80, "\(table.output)")
            for title in ["w x h x k", "resident", "peak", "bound by", "latency"] {
                #expect(table.output.contains(title))
            }
        }
    }

    @Test("A wide terminal has one table, a narrow one shorter lists and rounder numbers")
    func columns() throws {
        let file = ExternalFiles.packageRoot.appendingPathComponent("benchmarks/problems/swiglu-106.json").path
        try withTemporaryFolder { folder in
            let schedule = folder.path("s.json")
            #expect(try Program.run(file, schedule, "--method", "list").exitCode == 0)
            let wide = try Program.shell("COLUMNS=400 \"$mlsys\" evaluate '\(file)' '\(schedule)'")
            #expect(wide.output.ranges(of: "step ops").count == 1 && wide.output.contains("peak of capacity"))
            let narrow = try Program.shell("COLUMNS=80 \"$mlsys\" evaluate '\(file)' '\(schedule)'")
            #expect(widest(narrow.output) <= 80)
            #expect(narrow.output == (try Program.run("evaluate", file, schedule)).output)
        }
    }

    @Test("Names have lines of their own, and as many as there is room for")
    func names() throws {
        let file = ExternalFiles.packageRoot.appendingPathComponent("benchmarks/problems/gpt-35.json").path
        try withTemporaryFolder { folder in
            let schedule = folder.path("s.json")
            #expect(try Program.run(file, schedule, "--method", "list").exitCode == 0)
            for columns in [60, 80, 120] {
                let table = try Program.shell("COLUMNS=\(columns) \"$mlsys\" evaluate '\(file)' '\(schedule)'").output
                let names = table.components(separatedBy: "step names\n---- -----\n").last ?? ""
                #expect(names.contains("layer.0.attention") && widest(names) <= columns, "\(table)")
                #expect(columns < 80 || widest(table) <= columns)
            }
        }
    }

    @Test("Two schedules: one below the other where there is no room beside it", arguments: ["attention-15", "vit-99"])
    func compare(name: String) throws {
        let file = ExternalFiles.packageRoot.appendingPathComponent("benchmarks/problems/\(name).json").path
        try withTemporaryFolder { folder in
            let (a, b) = (folder.path("a.json"), folder.path("b.json"))
            #expect(try Program.run(file, a, "--method", "list").exitCode == 0)
            #expect(try Program.run(file, b, "--method", "list", "--no-fusion", "--no-retention").exitCode == 0)
            let narrow = try Program.run("evaluate", file, a, "--compare", b)
            #expect(widest(narrow.output) <= 80, "\(narrow.output)")
            for title in ["block of step ops", "differs", "B - A"] { #expect(narrow.output.contains(title)) }
            let wide = try Program.shell("COLUMNS=400 \"$mlsys\" evaluate '\(file)' '\(a)' --compare '\(b)'")
            #expect(wide.output.contains(/block +A +ops .* B +ops/))
            // The lines around the tables are the same, and so is what each decision costs.
            let last = { (text: String) in text.split(separator: "\n").suffix(2).joined(separator: "\n") }
            #expect(last(narrow.output) == last(wide.output))
        }
    }

    @Test("Help: 80 columns, for every command")
    func help() throws {
        let commands = try Program.run("--help").output.split(separator: "\n").drop { $0 != "SUBCOMMANDS:" }
            .compactMap { $0.wholeMatch(of: #/  ([a-z][a-z-]*) .*/#).map { String($0.output.1) } }
        #expect(commands.count >= 10)
        for command in [[]] + commands.map({ [$0] }) {
            let text = try Program.run(arguments: command + ["--help"]).output
            #expect(widest(text) <= 80, "\(command)")
            // A line that the parser had to break goes on with a line of a word or two.
            let lines = text.split(separator: "\n", omittingEmptySubsequences: false)
            let discussion = lines.prefix { !$0.hasPrefix("USAGE:") }.dropFirst(2)
            for (line, next) in zip(discussion, discussion.dropFirst()) where line.count > 68 {
                #expect(next.isEmpty || next.count > 14 || next.hasSuffix("."), "\(command): \(line)\n\(next)")
            }
        }
    }

    @Test("Bounds: the scope goes on in further lines")
    func bound() throws {
        let file = ExternalFiles.packageRoot.appendingPathComponent("benchmarks/problems/attention-15.json").path
        let bound = try Program.run("bound", file, "--time-limit", "1", secondsAtMost: 60)
        #expect(bound.exitCode == 0)
        #expect(widest(bound.output) <= 80, "\(bound.output)")
    }

    @Test("Bench: status and names shorten first, then numbers; failures have lines of their own")
    func bench() throws {
        try withTemporaryFolder { folder in
            let problems = folder.appendingPathComponent("problems")
            try FileManager.default.createDirectory(at: problems, withIntermediateDirectories: false)
            let source = ExternalFiles.packageRoot.appendingPathComponent("benchmarks/problems")
            for name in ["swiglu-248", "attention-216", "mlp-4"] {
                try FileManager.default.copyItem(
                    at: source.appendingPathComponent("\(name).json"),
                    to: problems.appendingPathComponent("a-problem-with-a-very-long-name-of-\(name).json"))
            }
            _ = try problems.file("broken.json", Samples.infeasibleProblem)
            let reference = try folder.file(
                "reference.json", #"{"a-problem-with-a-very-long-name-of-mlp-4": 65536, "other": 1}"#)
            let command = "\"$mlsys\" bench '\(problems.path)' --method list"
            let narrow = try Program.shell(command, secondsAtMost: 60)
            #expect(widest(narrow.output) <= 80, "\(narrow.output)")
            #expect(narrow.output.contains("…") && narrow.output.contains("\nbroken: failed:"))
            #expect(narrow.output.ranges(of: "problem ").count < 4)
            let wide = try Program.shell("COLUMNS=300 \(command)", secondsAtMost: 60)
            #expect(wide.output.contains("a-problem-with-a-very-long-name-of-attention-216 "))
            let compared = try Program.shell("\(command) --reference '\(reference)'", secondsAtMost: 60)
            #expect(widest(compared.output) <= 80 && compared.output.contains("ratio"), "\(compared.output)")
        }
    }

    @Test("Sweep and sensitivity: 80 columns; a wide terminal has all in one table")
    func studies() throws {
        let file = ExternalFiles.packageRoot.appendingPathComponent("benchmarks/problems/gpt-35.json").path
        try withTemporaryFolder { folder in
            let schedule = folder.path("s.json")
            #expect(try Program.run(file, schedule, "--method", "list").exitCode == 0)
            for (command, head) in [
                ("sweep '\(file)' --capacity 64k,1M --bandwidth 1,300 --native 64,128 --time-limit 0.2", "point "),
                ("sensitivity '\(file)' '\(schedule)' --time-limit 2", "change "),
            ] {
                let narrow = try Program.shell("\"$mlsys\" \(command)", secondsAtMost: 90)
                #expect(narrow.exitCode == 0)
                #expect(widest(narrow.output) <= 80, "\(narrow.output)")
                let wide = try Program.shell("COLUMNS=300 \"$mlsys\" \(command)", secondsAtMost: 90)
                #expect(wide.output.ranges(of: head).count == 1 && widest(wide.output) > 80, "\(wide.output)")
            }
        }
    }

    @Test("Progress: 80 columns")
    func progress() throws {
        let file = ExternalFiles.packageRoot.appendingPathComponent("benchmarks/problems/attention-15.json").path
        try withTemporaryFolder { folder in
            let run = try Program.run(
                file, folder.path("s.json"), "--rounds", "3", "--progress", "always", secondsAtMost: 60)
            #expect(run.exitCode == 0)
            #expect(widest(run.diagnostics) <= 80, "\(run.diagnostics)")
            #expect(widest(run.output.split(separator: "\n").dropFirst().joined(separator: "\n")) <= 80)
        }
    }

    @Test("Lines break at spaces, and nothing is lost")
    func wraps() {
        let text = "one two three four five"
        #expect(TextWidth.wrapped(text, to: nil) == [text])
        #expect(TextWidth.wrapped(text, to: 11) == ["one two", "  three", "  four five"])
        #expect(TextWidth.wrapped("unbreakable", to: 4) == ["unbreakable"])
    }
}
