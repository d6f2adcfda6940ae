import CostModel
import Foundation
import ProblemFamilies
import Scheduling
import TensorGraph
import TestSupport
import Testing

/// Damaged files, 3,000, or 10,000 in a thorough run: each ends in a result or a clear error, within a second.
@Suite("Damaged files")
struct HardeningTests {
    /// Files that each test damages in each way.
    private static let count = Effort.cases(450, thorough: 1500)

    /// How the cases of one test ended.
    private struct Tally {
        var badFiles = 0
        var refused = 0
        var accepted = 0
        var slowest = Duration.zero
    }

    /// Time that this thread has computed: what the tests beside this one do does not count.
    private func threadTime() -> Duration {
        var time = timespec()
        clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time)
        return .seconds(time.tv_sec) + .nanoseconds(time.tv_nsec)
    }

    private func run(
        _ level: Mutator.Level, texts: [String], _ body: (String) throws -> WritableKeyPath<Tally, Int>
    ) throws -> Tally {
        var mutator = Mutator(seed: 2026)
        var tally = Tally()
        try withTemporaryFolder { folder in
            let file = folder.appendingPathComponent("damaged.json")
            for index in 0..<Self.count {
                let bytes = mutator.mutate(texts[index % texts.count], level)
                try Data(bytes).write(to: file)
                let start = threadTime()
                do {
                    tally[keyPath: try body(file.path)] += 1
                } catch let error as FileError {
                    expectClear(error, path: file.path, index)
                    tally.badFiles += 1
                }
                let elapsed = threadTime() - start
                if elapsed > .seconds(1) { Issue.record("case \(index) of \(level) took \(elapsed)") }
                tally.slowest = max(tally.slowest, elapsed)
            }
        }
        return tally
    }

    private func expectClear(_ error: FileError, path: String, _ index: Int) {
        let isClear =
            error.kind == .badData && error.description.hasPrefix("\(path): ") && error.description.utf8.count < 600
            && !error.description.contains("\n") && error.message.count > 5
        if !isClear { Issue.record("case \(index): unclear error \(error)") }
    }

    @Test("Problems: read, schedule, evaluate", arguments: Mutator.Level.allCases)
    func problems(level: Mutator.Level) throws {
        let texts = try (1...3).flatMap { try Samples.small(seed: $0) }.map(ProblemFile.text)
        let tally = try run(level, texts: texts) { path in
            let problem = try ProblemFile.read(path)
            do throws(InfeasibleOp) {
                let schedule = try ListScheduler(problem).schedule()
                try expectValid(schedule, problem)
                return \.accepted
            } catch {
                #expect(error.smallestWorkingSet > error.capacityElements)
                return \.refused
            }
        }
        #expect(tally.badFiles > Self.count / 15)
        #expect(tally.accepted > Self.count / (level == .numbers ? 15 : 150))
    }

    private func expectValid(_ schedule: Schedule, _ problem: Problem) throws(InfeasibleOp) {
        do throws(RuleViolation) {
            let evaluation = try Evaluator(problem).evaluate(schedule)
            #expect(evaluation.totalLatency.isFinite)
        } catch {
            Issue.record("the list scheduler's schedule is invalid: \(error)\n\(ProblemFile.text(of: problem))")
        }
    }

    @Test("Schedules: read, evaluate", arguments: Mutator.Level.allCases)
    func schedules(level: Mutator.Level) throws {
        let problems = try Samples.small(seed: 1)
        let texts = try problems.map(Samples.scheduleText)
        var next = 0
        let tally = try run(level, texts: texts) { path in
            let problem = problems[next % problems.count]
            next += 1
            let schedule = try ScheduleFile.read(path)
            do throws(RuleViolation) {
                let evaluation = try Evaluator(problem).evaluate(schedule)
                #expect(evaluation.totalLatency.isFinite)
                return \.accepted
            } catch {
                #expect(!error.message.isEmpty)
                return \.refused
            }
        }
        #expect(tally.badFiles > Self.count / 15)
        #expect(tally.refused > Self.count / 150)
    }

    /// Damage seldom makes a sound problem with extreme numbers; here every number is one.
    @Test("Sound problems with extreme sizes, costs and hardware")
    func extremeProblems() throws {
        var random = RandomSource(seed: 11)
        func power(upTo bits: Int) -> Int {
            let power = 1 << Int.random(in: 0...bits, using: &random)
            return max(1, min(Problem.largestNumber, power + Int.random(in: -1...1, using: &random)))
        }
        var (accepted, infeasible) = (0, 0)
        let count = Effort.cases(100, thorough: 300)
        for index in 0..<count {
            var options = GeneratorOptions()
            (options.ops, options.heads, options.seed) = (6, 1, UInt64(index))
            (options.width, options.rows) = (power(upTo: 20), power(upTo: 20))
            let family = ProblemFamily.allCases[index % ProblemFamily.allCases.count]
            let generated = try family.problem(options)
            let costs = [1e-300, 1, 9e15]
            let problem = try Problem(
                tensors: generated.tensors,
                ops: generated.ops.map {
                    let cost = costs[Int.random(in: 0..<3, using: &random)]
                    return $0.with(inputs: $0.inputs, outputs: $0.outputs, baseCost: cost)
                },
                hardware: Hardware(
                    fastMemoryCapacity: power(upTo: index.isMultiple(of: 2) ? 53 : 16),
                    slowMemoryBandwidth: [1e-15, 1, 9e15][Int.random(in: 0..<3, using: &random)],
                    nativeWidth: power(upTo: 53), nativeHeight: power(upTo: 53)))
            let start = threadTime()
            do throws(InfeasibleOp) {
                try expectValid(ListScheduler(problem).schedule(), problem)
                accepted += 1
            } catch {
                #expect(error.smallestWorkingSet > error.capacityElements)
                infeasible += 1
            }
            let elapsed = threadTime() - start
            if elapsed > .seconds(1) {
                Issue.record("case \(index) took \(elapsed): \(ProblemFile.text(of: problem).suffix(140))")
            }
        }
        #expect(accepted > count / 2)
        #expect(infeasible > count / 30)
    }

    /// Sound files of other problems and with other schedules reach deeper than damaged ones.
    @Test("Schedules of other problems, with and without the reduction cap")
    func foreignSchedules() throws {
        let problems = try (1...3).flatMap { try Samples.small(seed: $0) }
        let texts = try problems.map(Samples.scheduleText)
        var mutator = Mutator(seed: 7)
        var refused = 0
        let count = Effort.cases(300, thorough: 1000)
        try withTemporaryFolder { folder in
            let file = folder.appendingPathComponent("schedule.json")
            for index in 0..<count {
                try Data(mutator.mutate(texts[index % texts.count], .numbers)).write(to: file)
                let problem = problems[(index * 7) % problems.count]
                guard let schedule = try? ScheduleFile.read(file.path) else { continue }
                for cap in ReductionCap.allCases {
                    let start = threadTime()
                    if (try? Evaluator(problem, reductionCap: cap).evaluate(schedule)) == nil { refused += 1 }
                    #expect(threadTime() - start < .seconds(1))
                }
            }
        }
        #expect(refused > count / 2)
    }
}
