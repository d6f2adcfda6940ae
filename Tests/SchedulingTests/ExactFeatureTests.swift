import Foundation
import TensorGraph
import TestSupport
import Testing

@Suite("What optima of tiny problems are made of")
struct ExactFeatureTests {
    static let requested = ProcessInfo.processInfo.environment["MLSYS_FEATURE_CASES"].flatMap { Int($0) }

    /// Counts, and asserts nothing but that going without cannot help.
    @Test(
        "is counted by going without each feature in turn", .tags(.slow),
        .enabled(if: requested != nil, "set MLSYS_FEATURE_CASES to the number of problems; build for release"),
        arguments: [2...3, 4...4])
    func features(ops: ClosedRange<Int>) throws {
        let features: [(name: String, feature: ScheduleOracle.Features)] = [
            ("hand-offs", .handOffs), ("throw-aways", .throwAways), ("recomputation", .recomputation),
            ("uneven k", .unevenDepths), ("folded MatMuls", .foldedMatMuls), ("fusion", .fusion),
            ("flushes", .flushes),
        ]
        var problems = OracleProblemGenerator(seed: 900, opCounts: ops, maximumWritten: 6)
        var needed: [String: Int] = [:]
        var (count, shuffled, largestGain) = (0, 0, 0.0)
        for _ in 0..<(Self.requested ?? 0) {
            let problem = try problems.next()
            guard let optimum = try ScheduleOracle(problem).optimum()?.latency else { continue }
            count += 1
            for (name, feature) in features {
                var options = ScheduleOracle.Options()
                options.forbidden = feature
                let without = try ScheduleOracle(problem, options: options).optimum()?.latency ?? .infinity
                #expect(without >= optimum * (1 - 1e-9), "better without \(name): \(ProblemFile.text(of: problem))")
                if !agree(without, optimum) { needed[name, default: 0] += 1 }
            }
            var options = ScheduleOracle.Options()
            options.permutes = true
            let free = try #require(try ScheduleOracle(problem, options: options).optimum()).latency
            if !agree(free, optimum) {
                shuffled += 1
                largestGain = max(largestGain, 1 - free / optimum)
            }
        }
        print("\(count) problems of \(ops) ops; needed in the optimum: \(needed.sorted { $0.key < $1.key })")
        print("other tile orders are better for \(shuffled), by \(100 * largestGain)% at most")
    }
}
