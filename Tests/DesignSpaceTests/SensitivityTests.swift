import CostModel
import DesignSpace
import Foundation
import GLPKBackend
import Scheduling
import TensorGraph
import TestSupport
import Testing

@Suite("Sensitivity")
struct SensitivityTests {
    @Test("Two Pointwise ops in a row: what each change is worth, by hand")
    func byHand() throws {
        let problem = try BoundTransferTests.pair()
        let step = Granularity(width: 128, height: 128, depth: 1)
        let schedule = Schedule(steps: [Step(ops: [OpID(0), OpID(1)], granularity: step)])
        let study = try SensitivityStudy(
            problem, schedule, changes: HardwareChange.usual(problem, capacityStep: 100), solver: GLPKSolver(),
            timeLimitSeconds: 20)
        #expect(study.base.latency == 3276.8 && study.base.bestAtMost == 3276.8)
        // All is traffic: 32,768 elements. One more element per unit of time is all that helps.
        let first = try #require(study.effects.first)
        #expect(first.change == .bandwidth(1))
        #expect(abs(first.latency - 32768.0 / 11) < 1e-9 && first.isProven)
        #expect(study.effects.count == 6)
        for effect in study.effects.dropFirst() {
            #expect(effect.latency == 3276.8 && effect.bestAtMost == 3276.8 && effect.isProven)
        }
    }

    @Test("Bounds hold for the true optima of tiny problems, with time and without", arguments: [10.0, 0])
    func bounds(seconds: Double) throws {
        var problems = OracleProblemGenerator(seed: 5, opCounts: 2...3, maximumWritten: 3)
        var found = 0
        while found < 4 {
            let problem = try problems.next()
            guard let schedule = try? ListScheduler(problem).schedule() else { continue }
            found += 1
            let changes: [HardwareChange] = [
                .bandwidth(1), .capacity(3), .nativeWidth(2), .nativeHeight(2), .cost(OpID(0), 0.9),
                .cost(OpID(1), 0.5),
            ]
            let study = try SensitivityStudy(
                problem, schedule, changes: changes, solver: GLPKSolver(), timeLimitSeconds: seconds)
            #expect(study.effects.count == changes.count)
            for effect in study.effects {
                let changed = try effect.change.applied(to: problem)
                let best = try #require(try ScheduleOracle(changed).optimum()?.latency)
                #expect(effect.latency == (try Evaluator(changed).evaluate(schedule).totalLatency))
                #expect(effect.bestAtLeast <= best * (1 + 1e-9) && effect.bestAtMost >= best * (1 - 1e-9))
                #expect(effect.bestAtMost <= effect.latency && effect.latency <= study.base.latency)
            }
        }
    }
}
