import CostModel
import TensorGraph
import TestSupport
import Testing

@testable import Scheduling

@Suite("ListScheduler")
struct ListSchedulerTests {
    /// Everything on, each idea off, all off, and deep k-steps.
    static let variants: [ListScheduler.Options] = {
        func options(_ change: (inout ListScheduler.Options) -> Void) -> ListScheduler.Options {
            var options = ListScheduler.Options()
            change(&options)
            return options
        }
        return [
            options { _ in }, options { $0.fusion = false }, options { $0.retention = false },
            options { $0.staggering = false }, options { $0.reductionCap = .none },
            options { ($0.fusion, $0.retention, $0.staggering) = (false, false, false) },
        ]
    }()

    /// Latency of every op alone at its best granularity; nil when one fits at none.
    private func aloneLatency(_ problem: Problem, _ cap: ReductionCap) -> Double? {
        let tuner = StepTuner(problem, optimizer: GranularityOptimizer(problem, reductionCap: cap))
        var total = 0.0
        for op in problem.opIDs {
            guard let choice = tuner.tune(.init(ops: [op])) else { return nil }
            total += choice.latency
        }
        return total
    }

    @Test("schedules validly and no worse than op by op, with every idea on or off", .needsReferee, .tags(.slow))
    func randomProblems() throws {
        var problems = ProblemGenerator(seed: 61)
        var referee = Referee()
        var asked: [(schedule: Schedule, latency: Double)] = []
        var infeasible = 0
        for index in 0..<150 {
            let problem = try problems.next()
            for options in Self.variants {
                guard let alone = aloneLatency(problem, options.reductionCap) else {
                    infeasible += 1
                    #expect(throws: InfeasibleOp.self) { try ListScheduler(problem, options: options).schedule() }
                    continue
                }
                let schedule = try ListScheduler(problem, options: options).schedule()
                let latency = try Evaluator(problem, reductionCap: options.reductionCap)
                    .evaluate(schedule).totalLatency
                #expect(latency <= alone * (1 + 1e-9), "\(options): \(ProblemFile.text(of: problem))")
                if index < 50 {
                    referee.add(schedule, for: problem, cap: options.reductionCap)
                    asked.append((schedule, latency))
                }
            }
        }
        #expect(asked.count > 200)
        for (verdict, (schedule, latency)) in zip(try referee.verdicts(), asked) {
            #expect(verdict.total.map { agree($0, latency) } == true, "\(verdict), \(latency) evaluated: \(schedule)")
        }
    }

    @Test("says which op fits at no granularity")
    func infeasibleOp() throws {
        let problem = try Fixtures.pointwisePair(side: 8, capacity: 1, native: 4)
        let error = #expect(throws: InfeasibleOp.self) { try ListScheduler(problem).schedule() }
        #expect(error == InfeasibleOp(op: OpID(0), smallestWorkingSet: 2, capacityElements: 1))
    }

    @Test("schedules layer by layer: maps behind the op that they go on with, and nothing else together")
    func epilogues() throws {
        var options = ListScheduler.Options()
        options.epiloguesOnly = true
        var fused = 0
        var problems = ProblemGenerator(seed: 63)
        for _ in 0..<40 {
            let problem = try problems.next()
            guard aloneLatency(problem, .native) != nil else { continue }
            let schedule = try ListScheduler(problem, options: options).schedule()
            _ = try Evaluator(problem).evaluate(schedule)
            for step in schedule.steps {
                #expect(step.retained.isEmpty)
                #expect(step.ops.dropFirst().allSatisfy { !problem[$0].isReducing })
                fused += step.ops.count - 1
            }
            #expect(schedule.steps.reduce(0) { $0 + $1.ops.count } == problem.ops.count)
        }
        #expect(fused > 0)
    }

    @Test("does not fuse, retain or recompute when told not to")
    func options() throws {
        var problems = ProblemGenerator(seed: 62)
        for _ in 0..<60 {
            let problem = try problems.next()
            var plain = ListScheduler.Options()
            (plain.fusion, plain.staggering) = (false, false)
            guard let schedule = try? ListScheduler(problem, options: plain).schedule() else { continue }
            #expect(schedule.steps.allSatisfy { $0.ops.count == 1 })
            plain = ListScheduler.Options()
            plain.retention = false
            let evicting = try ListScheduler(problem, options: plain).schedule()
            #expect(evicting.steps.allSatisfy { $0.retained.isEmpty })
        }
    }

    @Test("never beats the optimum of a tiny problem, and often reaches it", .tags(.slow))
    func againstOracle() throws {
        var problems = OracleProblemGenerator(seed: 63, opCounts: 2...4, maximumWritten: 5)
        var (reached, count) = (0, 0)
        for _ in 0..<80 {
            let problem = try problems.next()
            let optimum = try ScheduleOracle(problem).optimum()
            guard let schedule = try? ListScheduler(problem).schedule() else { continue }
            let latency = try Evaluator(problem).evaluate(schedule).totalLatency
            let best = try #require(optimum).latency
            count += 1
            #expect(latency >= best * (1 - 1e-9), "\(latency) below \(best): \(ProblemFile.text(of: problem))")
            if agree(latency, best) { reached += 1 }
        }
        #expect(reached > count / 2, "reaches \(reached) of \(count) optima")
    }

    @Test(
        "is no worse on contest problems than when it was written", .tags(.slow),
        .enabled(if: !ExternalFiles.benchmarkProblems().isEmpty, "needs $MLSYS_BENCHMARKS or ../shared/benchmarks"),
        arguments: [
            ("mlsys-2026-1.json", 419_430.4), ("mlsys-2026-5.json", 961_195), ("mlsys-2026-9.json", 48_318_382),
            ("mlsys-2026-13.json", 22_160_015), ("mlsys-2026-17.json", 5_026_493),
        ])
    func contestProblems(name: String, latency: Double) throws {
        let file = try #require(ExternalFiles.benchmarkProblems().first { $0.lastPathComponent == name })
        let problem = try ProblemFile.read(file.path)
        let schedule = try ListScheduler(problem).schedule()
        // Published figures are rounded to whole units.
        #expect(try Evaluator(problem).evaluate(schedule).totalLatency <= latency + 1)
    }
}
