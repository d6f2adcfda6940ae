import Foundation
import TestSupport
import Testing

@Suite("Exit codes and diagnostics")
struct ExitCodeTests {
    @Test("0: both forms of solving write the same valid schedule")
    func solves() throws {
        try withTemporaryFolder { folder in
            let problem = try folder.file("problem.json", Samples.problem)
            let short = try Program.run(problem, folder.path("short.json"))
            let long = try Program.run("solve", problem, "-o", folder.path("long.json"), "--method", "list")
            #expect(short.exitCode == 0)
            #expect(long.exitCode == 0)
            #expect(short.diagnostics.isEmpty)
            #expect(long.diagnostics.isEmpty)
            let written = try String(contentsOfFile: folder.path("short.json"), encoding: .utf8)
            #expect(try String(contentsOfFile: folder.path("long.json"), encoding: .utf8) == written)
            let evaluated = try Program.run("evaluate", problem, folder.path("short.json"))
            #expect(evaluated.exitCode == 0)
            #expect(evaluated.output.contains("latency 3,276.8"))
            #expect(try folder.names() == ["long.json", "problem.json", "short.json"])
        }
    }

    @Test("The version is the newest that the changes tell of, and that examples name")
    func version() throws {
        func text(_ file: String) throws -> String {
            try String(contentsOf: ExternalFiles.packageRoot.appendingPathComponent(file), encoding: .utf8)
        }
        let output = try Program.shell("\"$mlsys\" --version").output
        let version = try #require(output.firstMatch(of: /^mlsys (\S+)\n$/).map { String($0.output.1) })
        let newest = try text(".github/CHANGELOG.md").firstMatch(of: /\n## (\S+)\n/)
        #expect(newest.map { String($0.output.1) } == version)
        #expect(try text("benchmarks/cluster/kubernetes-job.yaml").contains("/mlsys:\(version)\n"))
    }

    @Test("0: help and version", arguments: [["--help"], ["--version"], ["help", "solve"], ["evaluate", "--help"]])
    func helps(arguments: [String]) throws {
        let outcome = try Program.shell("\"$mlsys\" " + arguments.joined(separator: " "))
        #expect(outcome.exitCode == 0)
        #expect(outcome.output.contains("mlsys"))
        #expect(outcome.diagnostics.isEmpty)
    }

    @Test("1: an invalid schedule, with the step and the rule")
    func rejects() throws {
        try withTemporaryFolder { folder in
            let problem = try folder.file("problem.json", Samples.problem)
            let schedule = try folder.file("schedule.json", Samples.invalidSchedule)
            let outcome = try Program.run("evaluate", problem, schedule)
            #expect(outcome.exitCode == 1)
            #expect(outcome.output.isEmpty)
            #expect(outcome.diagnosticLines.count == 1)
            #expect(outcome.diagnostics.contains("op 1 is in no step (RULES 3.1)"))
        }
    }

    @Test("1: a latency that is reported wrong")
    func rejectsLatency() throws {
        try withTemporaryFolder { folder in
            let problem = try folder.file("problem.json", Samples.problem)
            let schedule = try folder.file("schedule.json", Samples.schedule.replacing("3276.8]", with: "3276.9]"))
            let outcome = try Program.run("evaluate", problem, schedule)
            #expect(outcome.exitCode == 1)
            #expect(outcome.diagnostics.contains("step 1: "))
        }
    }

    @Test("3: an op that fits at no granularity, with the least it needs")
    func findsInfeasible() throws {
        try withTemporaryFolder { folder in
            let problem = try folder.file("problem.json", Samples.infeasibleProblem)
            let outcome = try Program.run(problem, folder.path("schedule.json"))
            #expect(outcome.exitCode == 3)
            #expect(outcome.diagnosticLines.count == 1)
            #expect(outcome.diagnostics.contains("op 0 fits at no granularity"))
            #expect(outcome.diagnostics.contains("smallest working set is 2 elements"))
            #expect(try folder.names() == ["problem.json"])
        }
    }

    @Test(
        "64: misuse",
        arguments: [
            "", "solve", "only-a-problem.json", "solve p.json", "solve p.json s.json -o s.json", "p.json s.json extra",
            "solve p.json -o s.json --method magic", "solve p.json -o s.json --frobnicate", "evaluate p.json",
            "evaluate p.json s.json --reduction-cap deep", "generate", "generate nothing", "generate mlp --ops 0",
            "generate mlp --ops many", "generate mlp --width -5", "generate mlp --seed -1",
            "generate mlp --hardware huge",
        ])
    func refusesMisuse(arguments: String) throws {
        let outcome = try Program.shell("\"$mlsys\" " + arguments)
        #expect(outcome.exitCode == 64)
        #expect(outcome.output.isEmpty)
        #expect(outcome.diagnostics.hasPrefix("Error: "))
    }

    @Test("66: input that is not there or no file", arguments: ["missing.json", "folder", "missing/problem.json"])
    func missesInput(name: String) throws {
        try withTemporaryFolder { folder in
            let problem = try folder.file("problem.json", Samples.problem)
            try FileManager.default.createDirectory(atPath: folder.path("folder"), withIntermediateDirectories: false)
            let path = folder.path(name)
            let runs = [
                try Program.run(path, folder.path("out.json")), try Program.run("evaluate", path, path),
                try Program.run("evaluate", problem, path),
            ]
            for outcome in runs {
                #expect(outcome.exitCode == 66)
                #expect(outcome.diagnosticLines.count == 1)
                #expect(outcome.diagnostics.contains(path))
            }
        }
    }

    @Test("66: input that may not be read", .enabled(if: geteuid() != 0, "root reads everything"))
    func mayNotRead() throws {
        try withTemporaryFolder { folder in
            let problem = try folder.file("problem.json", Samples.problem)
            try FileManager.default.setAttributes([.posixPermissions: 0o200], ofItemAtPath: problem)
            let outcome = try Program.run(problem, folder.path("out.json"))
            #expect(outcome.exitCode == 66)
            #expect(outcome.diagnosticLines.count == 1)
        }
    }

    @Test("66: a read that fails", .enabled(if: FileManager.default.fileExists(atPath: "/proc/self/mem")))
    func readFails() throws {
        let outcome = try Program.run("evaluate", "/proc/self/mem", "schedule.json")
        #expect(outcome.exitCode == 66)
        #expect(outcome.diagnostics == "mlsys: /proc/self/mem: cannot be read\n")
    }

    @Test(
        "73: output that cannot be written",
        arguments: ["missing/schedule.json", "folder", "problem.json", "problem.json/schedule.json", "circle"])
    func cannotWrite(name: String) throws {
        try withTemporaryFolder { folder in
            let problem = try folder.file("problem.json", Samples.problem)
            try FileManager.default.createDirectory(atPath: folder.path("folder"), withIntermediateDirectories: false)
            try FileManager.default.createSymbolicLink(atPath: folder.path("circle"), withDestinationPath: "circle")
            let outcome = try Program.run("solve", problem, "-o", folder.path(name))
            #expect(outcome.exitCode == 73)
            #expect(outcome.output.isEmpty)
            #expect(outcome.diagnosticLines.count == 1)
            #expect(try String(contentsOfFile: problem, encoding: .utf8) == Samples.problem)
            #expect(try folder.names() == ["circle", "folder", "problem.json"])
        }
    }

    @Test("73: a disk that is full", .enabled(if: FileManager.default.fileExists(atPath: "/dev/full")))
    func diskIsFull() throws {
        for script in ["\"$mlsys\" generate mlp > /dev/full", "\"$mlsys\" generate mlp -o /dev/full"] {
            let outcome = try Program.shell(script)
            #expect(outcome.exitCode == 73)
            #expect(outcome.diagnosticLines.count == 1)
            #expect(outcome.diagnostics.contains("No space left on device"))
        }
    }
}
