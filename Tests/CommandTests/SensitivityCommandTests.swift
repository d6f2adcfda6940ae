import Foundation
import TestSupport
import Testing

@Suite("mlsys sensitivity, and traffic in mlsys evaluate")
struct SensitivityCommandTests {
    @Test("What changes are worth, as a table and as JSON")
    func works() throws {
        try withTemporaryFolder { folder in
            let problem = try folder.file("problem.json", Samples.problem)
            let schedule = try folder.file("schedule.json", Samples.schedule)
            let table = try Program.run("sensitivity", problem, schedule, "--time-limit", "5")
            #expect(table.exitCode == 0, "\(table.diagnostics)")
            let lines = table.output.split(separator: "\n")
            #expect(lines.count == 9)
            #expect(lines[2].hasPrefix("bandwidth +1") && lines[2].contains("5,957.8"))
            #expect(lines.last == "without a change: latency 6,553.6, best at least 3,276.8, at most 3,276.8")
            let json = try Program.run("sensitivity", problem, schedule, "--json", "--time-limit", "5")
            #expect(try JSONSchema(named: "sensitivity").faults(in: json.output) == [])
            let report = try JSONValue(parsing: json.output)
            let changes = try #require(report["changes"]?.array)
            #expect(changes.count == 6 && changes[0]["kind"] == .string("bandwidth"))
            #expect(changes.allSatisfy { $0["is_proven"] == .bool(true) })
        }
    }

    @Test(
        "64, 65, 66 and 1",
        arguments: [
            ("problem.json schedule.json --capacity-step 0", 64),
            ("problem.json schedule.json --capacity-step 99999999999999999", 64),
            ("problem.json schedule.json --time-limit nan", 64), ("problem.json schedule.json --threads 0", 64),
            ("problem.json", 64), ("- -", 64), ("schedule.json schedule.json", 65), ("problem.json none.json", 66),
            ("problem.json invalid.json", 1),
        ])
    func failures(words: String, code: Int) throws {
        try withTemporaryFolder { folder in
            _ = try folder.file("problem.json", Samples.problem)
            _ = try folder.file("schedule.json", Samples.schedule)
            _ = try folder.file("invalid.json", Samples.invalidSchedule)
            let outcome = try Program.shell("cd '\(folder.path)' && \"$mlsys\" sensitivity \(words)")
            #expect(outcome.exitCode == Int32(code), "\(outcome.diagnostics)")
            #expect(outcome.output.isEmpty)
        }
    }

    @Test("Traffic of tensors and ops in evaluate, as tables and as JSON")
    func traffic() throws {
        try withTemporaryFolder { folder in
            let problem = try folder.file("problem.json", Samples.problem)
            let schedule = try folder.file("schedule.json", Samples.schedule)
            let json = try Program.run("evaluate", problem, schedule, "--json")
            #expect(try JSONSchema(named: "evaluate").faults(in: json.output) == [])
            let report = try JSONValue(parsing: json.output)
            let tensors = try #require(report["tensors"]?.array)
            #expect(tensors.map { $0["loaded_elements"]?.number } == [16384, 16384, 0])
            #expect(tensors.map { $0["evicted_elements"]?.number } == [0, 16384, 16384])
            #expect(tensors.map { $0["steps"]?.number } == [1, 2, 1])
            #expect(report["ops"]?.array?.map { $0["share"]?.number } == [0.5, 0.5])
            let table = try Program.run("evaluate", problem, schedule).output.split(separator: "\n").map(String.init)
            let tensor = try #require(table.firstIndex { $0.hasPrefix("tensor ") })
            #expect(table[tensor + 2].split(separator: " ") == ["1", "16,384", "16,384", "16,384", "2", "50%"])
            #expect(table.contains { $0.hasPrefix("op ") })
        }
    }
}
