import Foundation
import TestSupport
import Testing

@Suite("mlsys report")
struct ReportCommandTests {
    @Test("It writes the page, and says what it shows")
    func writes() throws {
        try withTemporaryFolder { folder in
            let problem = try folder.file("problem.json", Samples.problem)
            let schedule = try folder.file("schedule.json", Samples.schedule)
            let log = try folder.file(
                "log.jsonl", #"{"event":"incumbent","latency":6553.6,"seconds":0.01,"source":"list","steps":2}"#)
            let outcome = try Program.run("report", problem, schedule, "-o", folder.path("a.html"), "--log", log)
            #expect(outcome.exitCode == 0)
            #expect(outcome.output == "\(folder.path("a.html")): latency 6,553.6; open this page in a browser\n")
            #expect(outcome.diagnostics.isEmpty)
            let page = try String(contentsOfFile: folder.path("a.html"), encoding: .utf8)
            #expect(page.hasPrefix("<!DOCTYPE html>") && page.hasSuffix("</html>\n"))
            #expect(page.contains("6,553.6"))
            #expect(page.contains("Convergence"))
        }
    }

    @Test("--compare sets another schedule beside it; an invalid one is named")
    func compares() throws {
        try withTemporaryFolder { folder in
            let problem = try folder.file("problem.json", Samples.problem)
            let schedule = try folder.file("schedule.json", Samples.schedule)
            let fused = folder.path("fused.json")
            #expect(try Program.run(problem, fused).exitCode == 0)
            let page = folder.path("a.html")
            let outcome = try Program.run("report", problem, schedule, "-o", page, "--compare", fused)
            #expect(outcome.exitCode == 0 && outcome.diagnostics.isEmpty)
            #expect(try String(contentsOfFile: page, encoding: .utf8).contains("B takes 3,276.8 (50.00%) less than A."))
            let invalid = try folder.file("invalid.json", Samples.invalidSchedule)
            let refused = try Program.run("report", problem, schedule, "-o", page, "--compare", invalid)
            #expect(refused.exitCode == 1 && refused.diagnostics.contains(invalid))
            #expect(try Program.run("report", problem, schedule, "-o", fused, "--compare", fused).exitCode == 73)
        }
    }

    @Test("1: an invalid schedule is not shown")
    func rejects() throws {
        try withTemporaryFolder { folder in
            let problem = try folder.file("problem.json", Samples.problem)
            let schedule = try folder.file("schedule.json", Samples.invalidSchedule)
            let outcome = try Program.run("report", problem, schedule, "-o", folder.path("a.html"))
            #expect(outcome.exitCode == 1)
            #expect(outcome.diagnosticLines.count == 1)
            #expect(try folder.names() == ["problem.json", "schedule.json"])
        }
    }

    @Test("65: a log that is none, with file and line")
    func badLog() throws {
        try withTemporaryFolder { folder in
            let problem = try folder.file("problem.json", Samples.problem)
            let schedule = try folder.file("schedule.json", Samples.schedule)
            let log = try folder.file("log.jsonl", "{\"event\":\"phase\"}\n{\"event\":\"bound\"}\n")
            let outcome = try Program.run("report", problem, schedule, "-o", folder.path("a.html"), "--log", log)
            #expect(outcome.exitCode == 65)
            #expect(
                outcome.diagnosticLines.first.map(String.init) == "mlsys: \(log): line 2 lacks the field \"seconds\"")
            #expect(!FileManager.default.fileExists(atPath: folder.path("a.html")))
        }
    }

    @Test("65: the log of another problem; of several runs in one log, the last one counts")
    func otherProblem() throws {
        try withTemporaryFolder { folder in
            let problem = try folder.file("problem.json", Samples.problem)
            let other = try folder.file("other.json", Samples.problem.replacing("[1000, 100]", with: "[1000, 101]"))
            let schedule = folder.path("schedule.json")
            let (mixed, page) = (folder.path("mixed.jsonl"), folder.path("a.html"))
            #expect(try Program.run(problem, schedule, "--log", mixed).exitCode == 0)
            #expect(try Program.run("report", problem, schedule, "-o", page, "--log", mixed).exitCode == 0)
            #expect(try Program.run(other, folder.path("other-schedule.json"), "--log", mixed).exitCode == 0)
            let refused = try Program.run("report", problem, schedule, "-o", page, "--log", mixed)
            #expect(refused.exitCode == 65)
            #expect(
                refused.diagnostics
                    == "mlsys: \(mixed): its last run solves another problem (\(other)) than \(problem)\n")
            #expect(try Program.run(problem, schedule, "--log", mixed).exitCode == 0)
            #expect(try Program.run("report", problem, schedule, "-o", page, "--log", mixed).exitCode == 0)
        }
    }

    @Test("73: no input is overwritten", arguments: ["problem.json", "schedule.json", "log.jsonl"])
    func keepsInputs(name: String) throws {
        try withTemporaryFolder { folder in
            let problem = try folder.file("problem.json", Samples.problem)
            let schedule = try folder.file("schedule.json", Samples.schedule)
            let log = try folder.file("log.jsonl", "{\"event\":\"phase\"}\n")
            let before = try Data(contentsOf: folder.appendingPathComponent(name))
            let outcome = try Program.run("report", problem, schedule, "-o", folder.path(name), "--log", log)
            #expect(outcome.exitCode == 73)
            #expect(try Data(contentsOf: folder.appendingPathComponent(name)) == before)
        }
    }
}
