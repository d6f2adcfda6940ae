import Foundation
import TestSupport
import Testing

private enum LargeRun {
    static let cases = Int(ProcessInfo.processInfo.environment["MLSYS_PROPERTY_CASES"] ?? "") ?? 0
    static let seed = UInt64(ProcessInfo.processInfo.environment["MLSYS_PROPERTY_SEED"] ?? "") ?? 1000
}

/// `MLSYS_PROPERTY_CASES=50000 swift test -c release -Xswiftc -enable-testing --filter LargeRunTests` takes a minute.
@Suite("A large run", .enabled(if: LargeRun.cases > 0, "set MLSYS_PROPERTY_CASES to a number of cases"))
struct LargeRunTests {
    @Test(
        "finds no difference between StepCost, StepSimulator and the referee on steps", .needsReferee,
        arguments: [ProblemGenerator.Variety.contest, .general])
    func steps(variety: ProblemGenerator.Variety) throws {
        var comparison = StepComparison(seed: LargeRun.seed, variety)
        try comparison.run(LargeRun.cases, keeping: LargeRun.cases / 10)
        try compareWithReferee(comparison.cases)
        print("\(variety): \(comparison.counts); \(comparison.cases.count) of them judged by the referee")
        #expect(comparison.counts.steps == LargeRun.cases)
    }

    @Test(
        "finds no difference between evaluator and referee on schedules", .needsReferee,
        arguments: [ProblemGenerator.Variety.contest, .general])
    func schedules(variety: ProblemGenerator.Variety) throws {
        var comparison = ScheduleComparison(seed: LargeRun.seed + 7, variety)
        try comparison.run(problems: max(1, LargeRun.cases / 20))
        try comparison.compareWithReferee()
        print(
            "\(variety): \(comparison.count) schedules, \(comparison.validCount) valid; steps of the valid: \(comparison.counts)"
        )
        #expect(comparison.validCount > comparison.count / 2)
    }
}
