import CostModel
import Foundation
import TensorGraph
import TestSupport
import Testing

@Suite("Exact solving and bounds from the command line")
struct ExactCommandTests {
    private static let problems = ExternalFiles.packageRoot.appendingPathComponent("benchmarks/problems")

    /// The diamond of RULES 5: one step for all is best, and computes for 4500.
    private func diamond(_ folder: URL) throws -> String {
        try folder.file("problem.json", ProblemFile.text(of: Fixtures.diamond()))
    }

    @Test("auto, the default, and exact prove an optimum and say so", arguments: [nil, "auto", "exact"])
    func proves(method: String?) throws {
        try withTemporaryFolder { folder in
            let problem = try diamond(folder)
            let schedule = folder.path("schedule.json")
            let option = method.map { "--method \($0)" } ?? ""
            let outcome = try Program.shell("\"$mlsys\" solve '\(problem)' -o '\(schedule)' \(option)")
            #expect(outcome.exitCode == 0)
            #expect(outcome.diagnostics.isEmpty)
            #expect(outcome.output.contains("latency 4,500 in 1 step, method \(method ?? "auto")"))
            #expect(outcome.output.contains("status: optimal; bound 4,500, gap 0%"))
            #expect(outcome.output.contains("scope: all schedules"))
            let evaluated = try Program.run("evaluate", problem, schedule)
            #expect(evaluated.exitCode == 0)
        }
    }

    @Test("list proves nothing and says nothing about it")
    func lists() throws {
        try withTemporaryFolder { folder in
            let problem = try diamond(folder)
            let outcome = try Program.run("solve", problem, "-o", folder.path("s.json"), "--method", "list", "--json")
            #expect(outcome.exitCode == 0)
            let report = try JSONValue(parsing: outcome.output)
            #expect(report["method"]?.string == "list")
            #expect(report["proof"] == nil)
        }
    }

    @Test("The proof as JSON, with what was enumerated, searched and bounded", .tags(.slow))
    func proofFields() throws {
        try withTemporaryFolder { folder in
            let problem = Self.problems.path("pointwise-6.json")
            let schedule = folder.path("schedule.json")
            let outcome = try Program.run(
                "solve", problem, "-o", schedule, "--method", "exact", "--engine", "all", "--json")
            #expect(outcome.exitCode == 0)
            let report = try JSONValue(parsing: outcome.output)
            let latency = try #require(report["total_latency"]?.number)
            let proof = try #require(report["proof"])
            #expect(proof["status"]?.string == "optimal")
            #expect(proof["incumbent"]?.number == latency)
            #expect(try #require(proof["dual_bound"]?.number) >= latency * (1 - 1e-9))
            #expect(try #require(proof["gap"]?.number) <= 1e-9)
            #expect(["list", "search", "integer", "master"].contains(proof["source"]?.string))
            #expect(proof["scope"]?.string?.hasPrefix("all schedules") == true)
            #expect(proof["omissions"]?.strings == [])
            #expect(try #require(proof["seconds"]?.number) > 0)
            #expect(try #require(proof["search_states"]?.number) >= 0)
            let counts = try ["connected", "admissible", "kept"].map { key in
                try #require(proof["candidates"]?[key]?.number)
            }
            #expect(counts.allSatisfy { $0 >= 6 })
            #expect(counts[0] >= counts[1])
            let program = try #require(proof["program"])
            #expect(try #require(program["rows"]?.number) >= 6)
            #expect(try #require(program["columns"]?.number) >= 6)
            #expect(program["nodes"]?.number != nil)
            #expect(program["order_cuts"]?.number != nil)
            #expect(try #require(program["linear_bound"]?.number) <= latency * (1 + 1e-9))
            let bounds = try #require(proof["bounds"]?.array)
            let names = bounds.compactMap { $0["name"]?.string }
            #expect(Set(names) == ["compute", "traffic", "pricing", "linear", "search", "integer"])
            for bound in bounds {
                #expect(try #require(bound["value"]?.number) <= latency * (1 + 1e-9))
                #expect(bound["is_about_problem"]?.bool == true)
                #expect(try #require(bound["seconds"]?.number) >= 0)
                #expect((bound["is_certified"]?.bool != nil) == (bound["name"]?.string == "linear"))
            }
        }
    }

    @Test("bound prints every bound with its scope, and the best of them", .tags(.slow))
    func bounds() throws {
        let problem = Self.problems.path("mlp-4.json")
        let outcome = try Program.run("bound", problem)
        #expect(outcome.exitCode == 0)
        #expect(outcome.diagnostics.isEmpty)
        for name in ["compute", "traffic", "pricing", "linear", "search", "integer"] {
            let line = try #require(outcome.output.split(separator: "\n").first { $0.hasPrefix("\(name) ") })
            #expect(line.contains("all schedules"))
        }
        #expect(outcome.output.contains("best bound for the problem 65,536, best schedule 65,536 (list), gap 0%"))
        #expect(outcome.output.contains("status: optimal"))
        let json = try Program.run("bound", problem, "--json")
        #expect(json.exitCode == 0)
        let report = try JSONValue(parsing: json.output)
        let bound = try #require(report["dual_bound"]?.number)
        #expect(abs(bound - 65536) < 1e-6)
        #expect(try #require(report["incumbent"]?.number) >= bound)
        #expect(report["bounds"]?.array?.count ?? 0 >= 6)
    }

    @Test("bound tells of input that is missing, broken or infeasible by exit code")
    func boundFails() throws {
        try withTemporaryFolder { folder in
            let broken = try folder.file("broken.json", "{")
            let infeasible = try folder.file("infeasible.json", Samples.infeasibleProblem)
            let codes: [(String, Int32)] = [(folder.path("missing.json"), 66), (broken, 65), (infeasible, 3)]
            for (path, code) in codes {
                let outcome = try Program.run("bound", path)
                #expect(outcome.exitCode == code)
                #expect(outcome.output.isEmpty)
                #expect(outcome.diagnosticLines.count == 1)
                #expect(outcome.diagnostics.contains(path))
            }
        }
    }

    @Test(
        "64: options of exact search that make no sense",
        arguments: [
            "--time-limit -1", "--time-limit nan", "--time-limit soon", "--gap 1.5", "--gap -0.1", "--gap nan",
            "--threads 0", "--candidates 0", "--engine magic",
        ])
    func refusesOptions(options: String) throws {
        for command in ["solve p.json -o s.json --method exact", "bound p.json"] {
            let outcome = try Program.shell("\"$mlsys\" \(command) \(options)")
            #expect(outcome.exitCode == 64)
            #expect(outcome.output.isEmpty)
            #expect(outcome.diagnostics.hasPrefix("Error: "))
        }
    }

    @Test(
        "64: ideas of the list scheduler switched off where another method decides",
        arguments: ["", "--method auto", "--method exact"], ["--no-fusion", "--no-retention", "--no-staggering"])
    func refusesListOptions(method: String, option: String) throws {
        let outcome = try Program.shell("\"$mlsys\" solve p.json -o s.json \(method) \(option)")
        #expect(outcome.exitCode == 64)
        #expect(outcome.output.isEmpty)
        #expect(outcome.diagnostics.contains("--method list"))
    }

    @Test("A time limit ends the search in time, with status and schedule", arguments: ["0", "1"])
    func respectsTimeLimit(seconds: String) throws {
        try withTemporaryFolder { folder in
            let problem = Self.problems.path("random-40.json")
            let schedule = folder.path("schedule.json")
            let start = ContinuousClock.now
            let outcome = try Program.run(
                "solve", problem, "-o", schedule, "--method", "exact", "--time-limit", seconds, "--json")
            #expect(ContinuousClock.now - start < .seconds(15))
            #expect(outcome.exitCode == 0)
            let proof = try #require(try JSONValue(parsing: outcome.output)["proof"])
            #expect(proof["status"]?.string == "feasible (time limit)")
            #expect(try #require(proof["gap"]?.number) > 0)
            #expect(try Program.run("evaluate", problem, schedule).exitCode == 0)
        }
    }

    @Test("A gap that the list schedule meets ends the search at once, and is not called optimal")
    func stopsAtGap() throws {
        try withTemporaryFolder { folder in
            let outcome = try Program.run(
                "solve", Self.problems.path("tower-30.json"), "-o", folder.path("s.json"), "--method", "exact", "--gap",
                "0.9", "--json")
            #expect(outcome.exitCode == 0)
            let proof = try #require(try JSONValue(parsing: outcome.output)["proof"])
            #expect(proof["status"]?.string == "feasible (gap limit)")
            #expect(try #require(proof["gap"]?.number) <= 0.9)
            #expect(proof["candidates"] == nil)
        }
    }
}
