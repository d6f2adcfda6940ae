import Foundation
import TestSupport
import Testing

@Suite("- is standard input and standard output")
struct StandardStreamTests {
    @Test("Every command reads its problem or its schedule from standard input, with the same result")
    func reads() throws {
        try withTemporaryFolder { folder in
            _ = try folder.file("p.json", Samples.problem)
            _ = try folder.file("s.json", Samples.schedule)
            for (command, input) in [
                ("evaluate p.json s.json", "p.json"), ("evaluate p.json s.json", "s.json"),
                ("evaluate p.json s.json --json", "p.json"), ("export p.json --format lp", "p.json"),
                ("export p.json --format dot --schedule s.json", "s.json"),
            ] {
                let piped = command.replacing(input, with: "-")
                let named = try Program.shell("cd '\(folder.path)' && \"$mlsys\" \(command)")
                let streamed = try Program.shell("cd '\(folder.path)' && \"$mlsys\" \(piped) < \(input)")
                #expect(named.exitCode == 0 && streamed.exitCode == 0, "\(piped): \(streamed.diagnostics)")
                #expect(named.output == streamed.output)
            }
            let bound = try Program.shell("cd '\(folder.path)' && \"$mlsys\" bound - < p.json")
            #expect(bound.exitCode == 0 && bound.output.contains("best bound for the problem 3,276.8"))
        }
    }

    @Test(
        "Solve writes the schedule and nothing else to standard output, the summary to standard error",
        arguments: [
            "-o -", "-o /dev/stdout", "-", "-o - --json", "-o - --method list", "-o /dev/stdout --method exact",
        ])
    func solves(options: String) throws {
        try withTemporaryFolder { folder in
            _ = try folder.file("p.json", Samples.problem)
            for redirection in ["< p.json | cat > s.json", "< p.json > s.json"] {
                let solved = try Program.shell(
                    "cd '\(folder.path)' && \"$mlsys\" solve - \(options) \(redirection)")
                #expect(solved.exitCode == 0)
                #expect(options.contains("--json") || solved.diagnostics.contains("standard output: latency 3,276.8"))
                let evaluated = try Program.shell("cd '\(folder.path)' && \"$mlsys\" evaluate p.json s.json")
                #expect(evaluated.exitCode == 0, "\(evaluated.diagnostics)")
            }
        }
    }

    @Test("Problems, pages and pictures go to standard output; a pipeline of commands holds together")
    func pipelines() throws {
        try withTemporaryFolder { folder in
            let outcome = try Program.shell(
                """
                cd '\(folder.path)'
                "$mlsys" generate mlp --ops 6 -o - > p.json
                "$mlsys" generate mlp --ops 6 | "$mlsys" solve - -o - --method list 2> summary | tee s.json \\
                    | "$mlsys" report p.json - -o - > page.html && "$mlsys" evaluate p.json s.json > table \\
                    && "$mlsys" export p.json --format mermaid -o - --schedule s.json
                """)
            #expect(outcome.exitCode == 0, "\(outcome.diagnostics)")
            #expect(outcome.output.contains("flowchart"))
            #expect(try String(contentsOfFile: folder.path("page.html"), encoding: .utf8).hasSuffix("</html>\n"))
        }
    }

    @Test(
        "What goes to standard output has it to itself, the summary goes to standard error",
        arguments: [
            ("bound chain.json --certificate -", "best bound for the problem"),
            ("report p.json s.json -o -", "-: latency 6,553.6"),
            ("bench folder --method list --json -", "problem"),
        ])
    func alone(words: String, summary: String) throws {
        try withTemporaryFolder { folder in
            _ = try folder.file("p.json", Samples.problem)
            _ = try folder.file("s.json", Samples.schedule)
            let outcome = try Program.shell(
                """
                cd '\(folder.path)' && mkdir folder && cp p.json folder/1.json && cp p.json folder/2.json
                "$mlsys" generate mlp --ops 4 --width 256 --rows 256 --hardware tight -o chain.json
                "$mlsys" \(words) > result
                """)
            #expect(outcome.exitCode == 0 && outcome.output.isEmpty)
            #expect(outcome.diagnostics.contains(summary), "\(outcome.diagnostics)")
            let result = try String(contentsOfFile: folder.path("result"), encoding: .utf8)
            switch words.prefix(while: { $0 != " " }) {
            case "report": #expect(result.hasPrefix("<!DOCTYPE html>") && result.hasSuffix("</html>\n"))
            case "bench":
                // A line for the run and one for each problem, once.
                let lines = try result.split(separator: "\n").map { try JSONValue(parsing: String($0)) }
                #expect(lines.count == 3)
            default: _ = try JSONValue(parsing: result)
            }
        }
    }

    @Test("A certificate and a problem come from standard input as well")
    func certificate() throws {
        try withTemporaryFolder { folder in
            let problem = folder.path("p.json")
            let outcome = try Program.shell(
                """
                "$mlsys" generate mlp --ops 4 --width 256 --rows 256 --hardware tight -o '\(problem)'
                "$mlsys" bound '\(problem)' --certificate - | tee '\(folder.path("c.json"))' \
                    | "$mlsys" check-bound '\(problem)' - \\
                    && "$mlsys" check-bound - '\(folder.path("c.json"))' < '\(problem)'
                """)
            #expect(outcome.exitCode == 0, "\(outcome.diagnostics)")
            #expect(outcome.output.ranges(of: "confirmed").count == 2, "\(outcome.output)")
        }
    }

    @Test("A model comes from standard input, as a file or through a pipe; one that is none is refused in one line")
    func model() throws {
        let root = ExternalFiles.packageRoot.path
        let chip = "\(root)/benchmarks/hardware/gemmini.json"
        let model = "\(root)/Tests/ModelImportTests/Fixtures/moe.onnx"
        try withTemporaryFolder { folder in
            for command in [
                "import '\(model)' --hardware '\(chip)' -o -", "import - --hardware '\(chip)' -o - < '\(model)'",
                "import - --hardware '\(chip)' -o /dev/stdout < '\(model)' | cat",
            ] {
                let outcome = try Program.shell("\"$mlsys\" \(command)")
                #expect(outcome.exitCode == 0 && outcome.diagnostics.contains("exact 100.0 %"), "\(command)")
                _ = try folder.file("\(command.count).json", outcome.output)
            }
            let piped = try Program.shell(
                "cat '\(model)' | \"$mlsys\" import - --hardware '\(chip)' -o - | \"$mlsys\" solve - -o - --method list"
            )
            #expect(piped.exitCode == 0, "\(piped.diagnostics)")
            let files = try folder.names().map { try String(contentsOfFile: folder.path($0), encoding: .utf8) }
            #expect(files.count == 3 && Set(files).count == 1)
            // A sweep over native tiles reads the model once for each.
            let sweep = try Program.shell(
                "cat '\(model)' | \"$mlsys\" sweep - --hardware '\(chip)' --native 8,16 --time-limit 1",
                secondsAtMost: 60)
            #expect(sweep.exitCode == 0 && sweep.output.contains("2 points"), "\(sweep.diagnostics)")
        }
        for (input, code) in [("/dev/null", "65"), ("/dev/zero", "65")] {
            let outcome = try Program.shell(
                "head -c 100000 \(input) | \"$mlsys\" import - --hardware '\(chip)'; echo $?")
            #expect(outcome.output == code + "\n" && outcome.diagnosticLines.count == 1)
            #expect(outcome.diagnostics.hasPrefix("mlsys: standard input: "))
        }
    }

    @Test("Nothing on standard input is bad data, said in one line")
    func emptyInput() throws {
        let outcome = try Program.shell("\"$mlsys\" bound - < /dev/null")
        #expect(outcome.exitCode == 65)
        #expect(outcome.diagnostics == "mlsys: standard input: is empty\n")
    }

    @Test("A pipe that nobody reads does not outlast the time limit; one with a reader gets one whole schedule")
    func pipes() throws {
        try withTemporaryFolder { folder in
            let problem = try folder.file("p.json", Samples.problem)
            let pipe = folder.path("pipe")
            #expect(mkfifo(pipe, 0o600) == 0)
            let start = ContinuousClock.now
            let unread = try Program.run("solve", problem, "-o", pipe, "--time-limit", "0.5")
            #expect(start.duration(to: .now) < .seconds(5))
            #expect(unread.exitCode == 73)
            #expect(unread.diagnostics == "mlsys: \(pipe): cannot be written: nobody reads it\n")
            let read = try Program.shell(
                "cat '\(pipe)' > '\(folder.path("s.json"))' & \"$mlsys\" solve '\(problem)' -o '\(pipe)'; wait")
            #expect(read.exitCode == 0)
            #expect(try Program.run("evaluate", problem, folder.path("s.json")).exitCode == 0)
        }
    }

    @Test(
        "A writable file in a folder that is not is written in place",
        .enabled(if: geteuid() != 0 || FileManager.default.isExecutableFile(atPath: "/usr/bin/setpriv"), "no setpriv"))
    func readOnlyFolder() throws {
        try withTemporaryFolder { folder in
            let inner = folder.appendingPathComponent("inner")
            try FileManager.default.createDirectory(at: inner, withIntermediateDirectories: false)
            _ = try folder.file("p.json", Samples.problem)
            let schedule = try inner.file("s.json", String(repeating: "old ", count: 1000))
            // Root writes everywhere, so it takes the part of another user.
            let user = geteuid() == 0 ? "setpriv --reuid=65534 --clear-groups" : ""
            let outcome = try Program.shell(
                """
                cd '\(folder.path)' && chmod 755 . && chmod 666 inner/s.json && chmod 555 inner
                cp "$mlsys" program && \(user) ./program p.json inner/s.json; code=$?
                \(user) ./program p.json inner/new.json; echo $?; chmod 755 inner; exit $code
                """)
            #expect(outcome.exitCode == 0, "\(outcome.diagnostics)")
            #expect(outcome.output.hasSuffix("73\n"))
            #expect(try inner.names() == ["s.json"])
            #expect(try Program.run("evaluate", folder.path("p.json"), schedule).exitCode == 0)
        }
    }
}
