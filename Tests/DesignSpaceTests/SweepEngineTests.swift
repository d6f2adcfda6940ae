import CostModel
import DesignSpace
import Foundation
import GLPKBackend
import Scheduling
import TensorGraph
import TestSupport
import Testing

@Suite("Sweeps")
struct SweepEngineTests {
    /// Every point of a sweep in the given order.
    private static func run(
        _ problems: [Problem], order: [Int], shares: Bool = true, method: Scheduler.Method = .exact
    ) throws -> SweepEngine {
        var options = SweepEngine.Options()
        options.scheduler = Scheduler.Options(method)
        // Tiny tensors fit in fast memory by the dozen; the default limits are meant for larger ones.
        (options.scheduler.limits.retainedSets, options.scheduler.limits.retainedTensors) = (1 << 12, 12)
        options.shares = shares
        var engine = SweepEngine(problems, solver: GLPKSolver(), options: options)
        for position in order { try engine.solve(position) }
        return engine
    }

    @Test("Tiny problems over capacity, bandwidth and native tile: every point has its true optimum, proven")
    func optima() throws {
        var generator = OracleProblemGenerator(seed: 31, opCounts: 2...3, maximumWritten: 3)
        var (points, carried) = (0, 0)
        for _ in 0..<8 {
            let problem = try generator.next()
            let own = DesignPoint(problem.hardware)
            let grid = try #require(
                SweepGrid(
                    capacities: [own.capacityElements, own.capacityElements + 7, own.capacityElements * 2].sorted(),
                    bandwidths: [own.bandwidth, own.bandwidth * 3], natives: [(2, 2), (4, 3)]))
            let problems = try grid.points.map { try problem.on($0) }
            let engine = try Self.run(problems, order: grid.order)
            for (outcome, at) in zip(engine.outcomes, problems) {
                let optimum = try ScheduleOracle(at).optimum()
                #expect((outcome.latency == nil) == (optimum == nil))
                guard let latency = outcome.latency, let optimum else { continue }
                #expect(abs(latency - optimum.latency) <= 1e-9 * latency, "\(ProblemFile.text(of: at))")
                #expect(outcome.bound <= optimum.latency * (1 + 1e-9), "\(ProblemFile.text(of: at))")
                #expect(outcome.gap <= 1e-9)
                points += 1
            }
            carried += engine.findings.count { $0?.schedule != nil && $0?.bound == 0 }
            expectMonotone(engine.outcomes)
        }
        // Some points needed no search: what others proved was enough.
        #expect(points > 60 && carried > 5, "\(points) \(carried)")
    }

    /// More of anything is never slower, and no bound of more is above that of less.
    private func expectMonotone(_ outcomes: [SweepOutcome]) {
        for less in outcomes {
            for more in outcomes
            where more.point.capacityElements >= less.point.capacityElements
                && more.point.bandwidth >= less.point.bandwidth
                && more.point.nativeWidth >= less.point.nativeWidth
                && more.point.nativeHeight >= less.point.nativeHeight
            {
                #expect(more.bound <= less.bound || less.latency == nil)
                if let latency = less.latency { #expect(more.latency.map { $0 <= latency } == true) }
            }
        }
    }

    @Test("Latency and bound are monotone without proofs too: list schedules, and bounds of the graph")
    func monotoneWithoutProof() throws {
        let file = ExternalFiles.packageRoot.appendingPathComponent("benchmarks/problems/moe-23.json")
        let problem = try ProblemFile.read(file.path)
        let grid = try #require(
            SweepGrid(
                capacities: try SweepAxis.integers("20k:320k:x2"), bandwidths: [10, 30, 100],
                natives: [(64, 64), (128, 128)]))
        let problems = try grid.points.map { try problem.on($0) }
        var engine = SweepEngine(problems, solver: GLPKSolver())
        for (position, at) in problems.enumerated() {
            var finding = Finding(point: grid.points[position], status: "list")
            finding.schedule = try ListScheduler(at).schedule()
            finding.bound = StructuralBounds.compute(at)
            finding.scope = .problem
            try engine.take(finding, at: position)
        }
        expectMonotone(engine.outcomes)
        // The list scheduler alone is not monotone, or the test would show nothing.
        let own = try problems.map { try Evaluator($0).evaluate(ListScheduler($0).schedule()).totalLatency }
        #expect(
            zip(own, own.dropFirst()).contains { $0 < $1 } || zip(own, engine.outcomes).contains { $0 != $1.latency })
    }

    @Test("What is known does not depend on the order in which it was found")
    func orderOfFindings() throws {
        let problem = try BoundTransferTests.pair()
        let grid = try #require(
            SweepGrid(capacities: [3000, 9000, 20000, 35000, 50000], bandwidths: [5, 10], natives: [(128, 128)]))
        let problems = try grid.points.map { try problem.on($0) }
        let first = try Self.run(problems, order: Array(problems.indices), shares: false)
        var engine = SweepEngine(problems, solver: GLPKSolver())
        for position in problems.indices.reversed() {
            if let finding = first.findings[position] { try engine.take(finding, at: position) }
        }
        for (left, right) in zip(first.outcomes, engine.outcomes) {
            #expect(left.latency == right.latency && left.bound == right.bound)
            #expect(left.scheduleFrom == right.scheduleFrom && left.boundFrom == right.boundFrom)
        }
    }

    @Test("A point where an op fits in no step has no schedule, and the others do")
    func infeasible() throws {
        let problem = try BoundTransferTests.pair()
        let grid = try #require(SweepGrid(capacities: [1, 35000], bandwidths: [10], natives: [(128, 128)]))
        let problems = try grid.points.map { try problem.on($0) }
        let engine = try Self.run(problems, order: grid.order)
        #expect(engine.outcomes[0].latency == nil && engine.findings[0]?.status == "infeasible")
        #expect(engine.findings[0]?.failure?.contains("op 0") == true)
        #expect(engine.outcomes[1].latency == 3276.8)
    }

    @Test("Pareto front, knee and curves")
    func curves() throws {
        let latencies: [Double?] = [nil, 100, 60, 60, 20, 19.9, 19.8]
        let outcomes = latencies.enumerated().map { index, latency in
            var outcome = SweepOutcome(
                point: DesignPoint(capacityElements: 1 << index, bandwidth: 1, nativeWidth: 1, nativeHeight: 1))
            outcome.latency = latency
            return outcome
        }
        let curve = try #require(SweepCurve.all(outcomes).first)
        #expect(SweepCurve.all(outcomes).count == 1 && curve.positions == Array(0..<7))
        #expect(curve.front == [1, 2, 4, 5, 6])
        #expect(curve.knee == 4)
        let flat = SweepCurve.all(Array(outcomes[2...3]))
        #expect(flat.first?.knee == nil && flat.first?.front == [0])
    }
}
