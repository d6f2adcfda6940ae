import Foundation
import TensorGraph
import TestSupport
import Testing

/// The problem files in `benchmarks/problems`, by name.
enum OwnProblem {
    static func read(_ name: String) throws -> Problem {
        try ProblemFile.read(ExternalFiles.packageRoot.appendingPathComponent("benchmarks/problems/\(name).json").path)
    }
}

/// The contest's problem files, by number, where they are at hand.
enum ContestProblem {
    static let isAvailable = !ExternalFiles.benchmarkProblems().isEmpty

    static func read(_ number: Int) throws -> Problem {
        let file = ExternalFiles.benchmarkProblems().first { $0.lastPathComponent == "mlsys-2026-\(number).json" }
        return try ProblemFile.read(try #require(file, "mlsys-2026-\(number).json is not there").path)
    }
}
