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

    @Test("Bounds: the scope goes on in further lines")
    func bound() throws {
        let file = ExternalFiles.packageRoot.appendingPathComponent("benchmarks/problems/attention-15.json").path
        let bound = try Program.run("bound", file, "--time-limit", "1", secondsAtMost: 60)
        #expect(bound.exitCode == 0)
        #expect(widest(bound.output) <= 80, "\(bound.output)")
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
