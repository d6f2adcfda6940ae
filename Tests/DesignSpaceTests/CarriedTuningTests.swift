import CostModel
import DesignSpace
import Foundation
import GLPKBackend
import Scheduling
import TensorGraph
import TestSupport
import Testing

/// Granularities and their bounds that a proof takes over from other chips.
@Suite("Granularities that carry over to other hardware")
struct CarriedTuningTests {
    @Test(
        "With them and without, proofs come to the same optima, bounds and all",
        arguments: [ProblemGenerator.Variety.contest, .general])
    func sameOptima(variety: ProblemGenerator.Variety) throws {
        var generator = OracleProblemGenerator(seed: 12, opCounts: 2...4, maximumWritten: 4, variety: variety)
        var random = RandomSource(seed: 4)
        var (compared, carried) = (0, 0)
        while compared < 20 {
            let problem = try generator.next()
            var point = DesignPoint(problem.hardware)
            if random.flip() { point.capacityElements = max(1, point.capacityElements * random.pick([2, 3, 6]) / 3) }
            if random.flip() { point.bandwidth *= random.pick([0.5, 2, 5]) }
            if random.flip() { point.nativeWidth = random.pick([2, 3, 5]) }
            let other = try problem.on(point)
            guard let there = try Self.solve(other, []), let plain = try Self.solve(problem, []) else { continue }
            if !there.tunings.isEmpty { carried += 1 }
            let known = CarriedTunings(
                there.tunings, boundFactor: BoundTransfer.factor(from: other, to: problem))
            let result = try #require(try Self.solve(problem, [known]))
            #expect(abs(result.incumbent.latency - plain.incumbent.latency) <= 1e-9 * plain.incumbent.latency)
            let bound = try #require(result.bestBound)
            #expect(bound.value <= plain.incumbent.latency * (1 + 1e-9), "\(ProblemFile.text(of: problem))")
            #expect(result.status == plain.status)
            compared += 1
        }
        #expect(carried > 5)
    }

    private static func solve(_ problem: Problem, _ known: [CarriedTunings]) throws -> SchedulingResult? {
        var options = Scheduler.Options(.exact)
        (options.limits.retainedSets, options.limits.retainedTensors) = (1 << 12, 12)
        options.knownTunings = known
        // Proofs by enumeration, whose candidates these are.
        options.engine = .search
        do {
            return try Scheduler(problem, solver: GLPKSolver(), options: options).schedule()
        } catch is InfeasibleOp {
            return nil
        }
    }
}
