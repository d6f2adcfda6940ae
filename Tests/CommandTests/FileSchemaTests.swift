import CostModel
import Foundation
import Scheduling
import TensorGraph
import TestSupport
import Testing

@Suite("The schemas of problem and schedule files")
struct FileSchemaTests {
    private static let folder = ExternalFiles.packageRoot.appendingPathComponent("benchmarks/problems")

    @Test("All problems in benchmarks/problems, and what the list scheduler writes for them, are as the schemas say")
    func ownProblems() throws {
        let (problems, schedules) = (try JSONSchema(named: "problem"), try JSONSchema(named: "schedule"))
        let names = try Self.folder.names().filter { $0.hasSuffix(".json") }
        #expect(names.count >= 20)
        for name in names {
            let file = Self.folder.appendingPathComponent(name)
            #expect(try problems.faults(in: String(contentsOf: file, encoding: .utf8)) == [], "\(name)")
            let problem = try ProblemFile.read(file.path)
            let schedule = try ListScheduler(problem).schedule()
            let evaluation = try Evaluator(problem).evaluate(schedule)
            let text = ScheduleFile.text(of: schedule, evaluation)
            #expect(try schedules.faults(in: text) == [], "\(name)")
        }
    }

    @Test("Random problems of any ops are as the schema says")
    func generalProblems() throws {
        let schema = try JSONSchema(named: "problem")
        var problems = ProblemGenerator(seed: 61, variety: .general)
        for _ in 0..<50 { #expect(try schema.faults(in: ProblemFile.text(of: problems.next())) == []) }
    }

    @Test(
        "The contest's problems are as the schema says",
        .enabled(if: !ExternalFiles.benchmarkProblems().isEmpty, "needs $MLSYS_BENCHMARKS or ../shared/benchmarks"))
    func contestProblems() throws {
        let schema = try JSONSchema(named: "problem")
        for file in ExternalFiles.benchmarkProblems() {
            #expect(try schema.faults(in: String(contentsOf: file, encoding: .utf8)) == [], "\(file.lastPathComponent)")
        }
    }

    @Test(
        "What is no problem is not",
        arguments: [
            ("\"MatMul\"", "\"Conv\""), ("[0, 1]", "[0, -1]"), ("[128, 128]", "[128]"), ("100", "0.5"),
            ("\"widths\"", "\"width\""), ("null]", "1]"),
        ])
    func faults(old: String, new: String) throws {
        let sound = """
            {"widths": [2, 2, 2], "heights": [2, 2, 2], "inputs": [[0, 1]], "outputs": [[2]], "base_costs": [1],
             "op_types": ["MatMul"], "einsums": [null], "fast_memory_capacity": 100, "slow_memory_bandwidth": 1.5,
             "native_granularity": [128, 128]}
            """
        let schema = try JSONSchema(named: "problem")
        #expect(try schema.faults(in: sound) == [])
        #expect(try schema.faults(in: sound.replacing(old, with: new, maxReplacements: 1)) != [])
    }
}
