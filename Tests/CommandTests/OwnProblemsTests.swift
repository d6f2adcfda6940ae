import CostModel
import Foundation
import Scheduling
import TensorGraph
import TestSupport
import Testing

@Suite("The problem files in benchmarks/problems")
struct OwnProblemsTests {
    private static let benchmarks = ExternalFiles.packageRoot.appendingPathComponent("benchmarks")
    static let names =
        (try? benchmarks.appendingPathComponent("problems").names().filter { $0.hasSuffix(".json") }) ?? []

    @Test("The generator still makes them, byte for byte")
    func areReproducible() throws {
        #expect(Self.names.count >= 15)
        try withTemporaryFolder { folder in
            let script = Self.benchmarks.path("generate-problems.sh")
            let outcome = try Program.shell("MLSYS=\"$mlsys\" sh '\(script)' '\(folder.path)'")
            #expect(outcome.exitCode == 0)
            #expect(try folder.names() == Self.names)
            for name in Self.names {
                let committed = try String(contentsOf: file(name), encoding: .utf8)
                #expect(try String(contentsOfFile: folder.path(name), encoding: .utf8) == committed, "\(name)")
            }
        }
    }

    @Test("The list scheduler schedules them", arguments: names)
    func areSolved(name: String) throws {
        let problem = try ProblemFile.read(file(name).path)
        #expect((4...250).contains(problem.ops.count))
        #expect(name.hasSuffix("-\(problem.ops.count).json"))
        let schedule = try ListScheduler(problem).schedule()
        #expect(try Evaluator(problem).evaluate(schedule).totalLatency > 0)
        #expect(schedule.steps.count <= problem.ops.count)
    }

    private func file(_ name: String) -> URL {
        Self.benchmarks.appendingPathComponent("problems").appendingPathComponent(name)
    }
}
