import Foundation
import ProblemFamilies
import TensorGraph
import TestSupport
import Testing

@testable import Scheduling

@Suite("Windows alone, on random problems", .needsReferee)
struct WindowPropertyTests {
    /// Problems of 10 to 40 ops of all families, on all hardware.
    struct Families {
        private var random: RandomSource

        init(seed: UInt64) { random = RandomSource(seed: seed) }

        mutating func next(_ opCounts: ClosedRange<Int>) throws -> Problem {
            var options = GeneratorOptions()
            options.ops = Int.random(in: opCounts, using: &random)
            options.width = [64, 128, 192, 256].randomElement(using: &random) ?? 128
            options.rows = [64, 128, 192, 256].randomElement(using: &random) ?? 128
            options.heads = Int.random(in: 1...3, using: &random)
            options.hardware = HardwareProfile.allCases.randomElement(using: &random) ?? .medium
            options.seed = random.next()
            let family = ProblemFamily.allCases.randomElement(using: &random) ?? .random
            return try family.problem(options)
        }
    }

    @Test("Valid, no worse than the list scheduler's, never below the optimum and nearly always at it: tiny problems")
    func tinyProblems() throws {
        var comparison = WindowComparison(rounds: 10, exactSeconds: 5, keepingAtMost: 40)
        var tiny = OracleProblemGenerator(seed: 31, opCounts: 2...5)
        var general = ProblemGenerator(seed: 32)
        for seed in 0..<8 {
            try comparison.compare(try tiny.next(), seed: UInt64(seed))
            try comparison.compare(try general.next(), seed: UInt64(seed))
        }
        try comparison.compareWithReferee()
        #expect(comparison.solved > 10, "\(comparison)")
        #expect(comparison.improved > 0, "\(comparison)")
        #expect(Double(comparison.optimal) >= 0.9 * Double(comparison.proven), "\(comparison)")
    }

    @Test("Valid, no worse than the list scheduler's and never below the optimum: 10 to 40 ops of every family")
    func families() throws {
        var comparison = WindowComparison(rounds: 3, exactSeconds: 0.3, keepingAtMost: 20)
        var problems = Families(seed: 33)
        for seed in 0..<3 { try comparison.compare(try problems.next(10...16), seed: UInt64(seed)) }
        try comparison.compareWithReferee()
        #expect(comparison.solved == 3, "\(comparison)")
    }

    static let requested = ProcessInfo.processInfo.environment["MLSYS_HYBRID_CASES"].flatMap { Int($0) }

    @Test(
        "Thousands of them", .tags(.slow),
        .enabled(if: requested != nil, "set MLSYS_HYBRID_CASES to the number of problems; build for release"))
    func manyProblems() throws {
        let seed = ProcessInfo.processInfo.environment["MLSYS_HYBRID_SEED"].flatMap { UInt64($0) } ?? 1000
        let cases = Self.requested ?? 0
        var comparisons = (0..<3).map { _ in WindowComparison(rounds: 15, exactSeconds: 1, keepingAtMost: 50) }
        var tiny = OracleProblemGenerator(seed: seed, opCounts: 2...6)
        var general = ProblemGenerator(seed: seed &+ 1)
        var families = Families(seed: seed &+ 2)
        for number in 0..<cases {
            let part = number % 40 == 39 ? 2 : number % 2
            let problem =
                switch part {
                case 0: try tiny.next()
                case 1: try general.next()
                default: try families.next(10...40)
                }
            try comparisons[part].compare(problem, seed: seed &+ UInt64(number))
        }
        for comparison in comparisons {
            print(comparison)
            try comparison.compareWithReferee()
            #expect(Double(comparison.optimal) >= 0.9 * Double(comparison.proven), "\(comparison)")
        }
    }
}
