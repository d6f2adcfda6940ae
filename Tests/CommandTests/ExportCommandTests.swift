import Foundation
import TestSupport
import Testing

@Suite("mlsys export")
struct ExportCommandTests {
    /// A problem that enumerates in no time, and whose program needs an order cut.
    private static func problem() throws -> String {
        try String(
            contentsOf: ExternalFiles.packageRoot.appendingPathComponent("models/examples/crossed/problem.json"),
            encoding: .utf8)
    }

    @Test("Writes every format, to standard output or to a file, alike", arguments: ["lp", "mps", "mathprog", "data"])
    func formats(_ format: String) throws {
        try withTemporaryFolder { folder in
            let problem = try folder.file("p.json", Self.problem())
            let printed = try Program.run("export", problem, "--format", format)
            #expect(printed.exitCode == 0 && printed.diagnostics.isEmpty)
            let written = try Program.run("export", problem, "--format", format, "-o", folder.path("model"))
            #expect(written.exitCode == 0 && written.output.isEmpty && written.diagnostics.isEmpty)
            #expect(try String(contentsOfFile: folder.path("model"), encoding: .utf8) == printed.output)
            #expect(printed.output.contains("the steps are all that can matter: yes"))
            #expect(try folder.names() == ["model", "p.json"])
        }
    }

    @Test("Writes legend and start, and with cuts the start is the optimum")
    func companions() throws {
        try withTemporaryFolder { folder in
            let problem = try folder.file("p.json", Self.problem())
            let outcome = try Program.run(
                "export", problem, "--format", "lp", "--with-cuts", "--level", "partition", "-o", folder.path("m.lp"),
                "--legend", folder.path("legend.json"), "--start", folder.path("start.mst"))
            #expect(outcome.exitCode == 0 && outcome.diagnostics.isEmpty, "\(outcome.diagnostics)")
            let fields = try JSONValue(parsing: String(contentsOfFile: folder.path("legend.json"), encoding: .utf8))
            #expect(fields["level"]?.string == "partition")
            #expect(fields["complete"]?.bool == true)
            #expect(fields["columns"]?.array?.isEmpty == false)
            let start = try String(contentsOfFile: folder.path("start.mst"), encoding: .utf8)
            let firstLine = try #require(start.split(separator: "\n").first)
            let cost = try #require(firstLine.split(separator: " ").last.flatMap { Double($0) })
            #expect(abs(cost - 29491.2) < 1e-6)
            let program = try String(contentsOfFile: folder.path("m.lp"), encoding: .utf8)
            #expect(program.contains("with them the optimum is 29491.2\n"))
        }
    }

    @Test("Says on standard error, in the file and in the legend that candidates were left out")
    func incompleteness() throws {
        try withTemporaryFolder { folder in
            let problem = try folder.file("p.json", Self.problem())
            let outcome = try Program.run(
                "export", problem, "--format", "lp", "--candidates", "2", "--legend", folder.path("legend.json"))
            #expect(outcome.exitCode == 0)
            #expect(outcome.diagnosticLines.count >= 1)
            #expect(
                outcome.diagnosticLines.allSatisfy { $0.hasPrefix("mlsys: \(problem): the program is not complete: ") })
            #expect(outcome.output.contains("\\ the steps are all that can matter: no"))
            #expect(
                try String(contentsOfFile: folder.path("legend.json"), encoding: .utf8).contains("\"complete\": false"))
        }
    }

    @Test("Ends with the exit codes of the house")
    func exitCodes() throws {
        try withTemporaryFolder { folder in
            let problem = try folder.file("p.json", Self.problem())
            let bad = try folder.file("bad.json", "{}")
            let tight = try folder.file("tight.json", Samples.infeasibleProblem)
            let cases: [(Int32, [String])] = [
                (3, [tight, "--format", "lp"]), (64, [problem]), (64, [problem, "--format", "xls"]),
                (64, [problem, "--format", "lp", "--candidates", "0"]),
                (64, [problem, "--format", "lp", "--time-limit", "-1"]),
                (64, [problem, "--format", "data", "--with-cuts"]),
                (64, [problem, "--format", "data", "--start", folder.path("s")]),
                (64, [problem, "--format", "lp", "-o", folder.path("x"), "--legend", folder.path("x")]),
                (65, [bad, "--format", "lp"]), (66, [folder.path("none.json"), "--format", "lp"]),
                (73, [problem, "--format", "lp", "-o", folder.path("none/m.lp")]),
                (73, [problem, "--format", "lp", "--legend", folder.path]),
                (73, [problem, "--format", "lp", "-o", problem]),
            ]
            for (code, arguments) in cases {
                let words = arguments.map { "'\($0)'" }.joined(separator: " ")
                let outcome = try Program.shell("\"$mlsys\" export \(words)")
                #expect(outcome.exitCode == code, "\(words): \(outcome.diagnostics)")
                #expect(outcome.output.isEmpty)
                if code != 64 { #expect(outcome.diagnosticLines.count == 1, "\(outcome.diagnostics)") }
            }
            #expect(try folder.names() == ["bad.json", "p.json", "tight.json"])
        }
    }

    @Test("Ends soon when time is up")
    func timeLimit() throws {
        let problem = ExternalFiles.packageRoot.appendingPathComponent("benchmarks/problems/random-40.json").path
        let clock = ContinuousClock()
        let duration = try clock.measure {
            let outcome = try Program.run("export", problem, "--format", "lp", "--with-cuts", "--time-limit", "0.5")
            #expect(outcome.exitCode == 0, "\(outcome.diagnostics)")
            #expect(outcome.diagnostics.contains("not complete"))
        }
        #expect(duration < .seconds(15))
    }
}
