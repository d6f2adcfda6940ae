import CostModel
import Foundation
import Synchronization
import TensorGraph
import TestSupport
import Testing

@testable import Scheduling

/// Problems that tests export; all of them enumerate completely.
struct ExportCase: CustomTestStringConvertible, Sendable {
    let name: String
    let path: String

    var testDescription: String { name }

    func problem() throws -> Problem { try ProblemFile.read(path) }

    /// The program at a level; candidates are enumerated once for all tests.
    func export(_ level: ScheduleFormulation.Level = .recompute) throws -> ProgramExport {
        let enumerated = try Self.enumerated.withLock { known in
            if let found = known[path] { return found }
            let problem = try problem()
            let schedule = try ListScheduler(problem).schedule()
            var set = CandidateEnumerator(problem).enumerate()
            let latencies = try Evaluator(problem).evaluate(schedule).latencies
            let chosen = set.include(
                try Candidate.steps(of: schedule, latencies: latencies, problem: problem, isBest: true))
            known[path] = Enumerated(problem: problem, candidates: set, chosen: chosen)
            return Enumerated(problem: problem, candidates: set, chosen: chosen)
        }
        return try ProgramExport(
            enumerated.problem, candidates: enumerated.candidates, chosen: enumerated.chosen, level: level)
    }

    private struct Enumerated {
        let problem: Problem
        let candidates: CandidateSet
        let chosen: [Int]
    }

    private static let enumerated = Mutex<[String: Enumerated]>([:])

    /// The worked examples.
    static let examples: [ExportCase] = {
        let folder = ExternalFiles.packageRoot.appendingPathComponent("models/examples")
        let names = (try? FileManager.default.contentsOfDirectory(atPath: folder.path).sorted()) ?? []
        return names.map { ExportCase(name: $0, path: folder.appendingPathComponent("\($0)/problem.json").path) }
    }()

    /// Problems of this repository.
    static let own = ["mlp-4", "pointwise-6", "ffn-8", "siblings-9", "mlp-12"].map { name in
        ExportCase(
            name: name,
            path: ExternalFiles.packageRoot.appendingPathComponent("benchmarks/problems/\(name).json").path)
    }

    /// The contest's problems that are there; the larger one only where the code is optimised.
    static let contest: [ExportCase] = {
        #if DEBUG
            let names: Set = ["mlsys-2026-1.json"]
        #else
            let names: Set = ["mlsys-2026-1.json", "mlsys-2026-5.json"]
        #endif
        return ExternalFiles.benchmarkProblems().filter { names.contains($0.lastPathComponent) }.map {
            ExportCase(name: $0.lastPathComponent, path: $0.path)
        }
    }()

    static let all = examples + own + contest
}
