import CostModel
import MIP
import Scheduling
import TensorGraph

/// What changes of the hardware, or of an op's cost, are worth: to a schedule as it is, and to the best one.
public struct SensitivityStudy {
    /// What one change comes to; all in units of time.
    public struct Effect: Sendable {
        /// The change.
        public let change: HardwareChange
        /// The latency of the very same schedule.
        public let latency: Double
        /// A schedule as fast as this exists.
        public let bestAtMost: Double
        /// No schedule is faster than this.
        public let bestAtLeast: Double
        /// Whether the two meet.
        public var isProven: Bool { bestAtMost - bestAtLeast <= Tolerance.agreement * bestAtMost }
    }

    /// What is known without a change.
    public struct Base: Sendable {
        /// The schedule's latency.
        public let latency: Double
        /// A schedule as fast as this exists.
        public let bestAtMost: Double
        /// No schedule is faster than this.
        public let bestAtLeast: Double
    }

    /// What is known without a change.
    public let base: Base
    /// The effects, those first that make the best schedule known the fastest.
    public let effects: [Effect]

    /// Studies the changes of a problem.
    ///
    /// The schedule is re-evaluated exactly at every change. For the best schedule there are two bounds: from below by
    /// what is proven with the change made, or carried over from the problem without it (``BoundTransfer``); from above
    /// by what is found. Hardware is looked at before costs of ops, and of these those first that mean most to the
    /// schedule.
    ///
    /// - Parameters:
    ///   - problem: the problem.
    ///   - schedule: a valid schedule of it.
    ///   - changes: what is to be changed, one at a time; those that leave the range of a problem are left out.
    ///   - solver: solves linear and integer programs.
    ///   - scheduler: how schedules are found and proven.
    ///   - timeLimitSeconds: for all of it. A change that time does not reach has the bounds that follow without a
    ///     search.
    /// - Throws: `RuleViolation` when the schedule is not valid.
    public init(
        _ problem: Problem, _ schedule: Schedule, changes: [HardwareChange], solver: any MIPSolver,
        scheduler: Scheduler.Options = .init(), timeLimitSeconds: Double
    ) throws {
        let clock = SolveControl(timeLimitSeconds: timeLimitSeconds)
        let plain = Schedule(
            steps: schedule.steps.map {
                Step(ops: $0.ops, granularity: $0.granularity, retained: $0.retained, order: $0.order)
            })
        var changed: [(change: HardwareChange, problem: Problem, latency: Double)] = []
        for change in changes {
            guard let other = try? change.applied(to: problem) else { continue }
            let latency = try Evaluator(other, reductionCap: scheduler.reductionCap).evaluate(plain).totalLatency
            changed.append((change, other, latency))
        }
        var options = SweepEngine.Options()
        options.scheduler = scheduler
        var engine = SweepEngine([problem] + changed.map(\.problem), solver: solver, options: options)
        let latency = try Evaluator(problem, reductionCap: scheduler.reductionCap).evaluate(plain).totalLatency
        try engine.take(Self.finding(plain, latency, problem, scheduler.reductionCap), at: 0)
        let order = changed.indices.sorted { left, right in
            let (a, b) = (changed[left], changed[right])
            if a.change.isCost != b.change.isCost { return !a.change.isCost }
            return a.change.isCost ? (a.latency, left) < (b.latency, right) : left < right
        }
        for (done, position) in ([0] + order.map { $0 + 1 }).enumerated() {
            let share = clock.remainingSeconds / Double(order.count + 1 - done)
            if share >= Self.shortestSeconds {
                try engine.solve(position, timeLimitSeconds: share)
            } else if position > 0 {
                let other = changed[position - 1]
                try engine.take(
                    Self.finding(plain, other.latency, other.problem, scheduler.reductionCap), at: position)
            }
        }
        // What proven changes left of their time belongs to the others.
        var open = ([0] + order.map { $0 + 1 }).filter { engine.outcomes[$0].gap > Tolerance.agreement }
        while let position = open.first {
            let share = clock.remainingSeconds / Double(open.count)
            guard share >= Self.shortestSeconds else { break }
            open.removeFirst()
            if engine.outcomes[position].gap > Tolerance.agreement {
                try engine.solve(position, timeLimitSeconds: share)
            }
        }
        let outcomes = engine.outcomes
        func bounds(_ position: Int) -> (atMost: Double, atLeast: Double) {
            let atMost = outcomes[position].latency ?? .infinity
            return (atMost, min(outcomes[position].bound, atMost))
        }
        base = Base(latency: latency, bestAtMost: bounds(0).atMost, bestAtLeast: bounds(0).atLeast)
        effects = changed.enumerated().map { index, entry in
            Effect(
                change: entry.change, latency: entry.latency, bestAtMost: bounds(index + 1).atMost,
                bestAtLeast: bounds(index + 1).atLeast)
        }.enumerated().sorted {
            ($0.element.bestAtMost, $0.element.latency, $0.offset) < (
                $1.element.bestAtMost, $1.element.latency, $1.offset
            )
        }.map(\.element)
    }

    /// Less than this is no use to any search.
    private static let shortestSeconds = 0.02

    /// A schedule, and what bounds the graph alone gives.
    private static func finding(
        _ schedule: Schedule, _ latency: Double, _ problem: Problem, _ cap: ReductionCap
    ) -> Finding {
        var finding = Finding(point: DesignPoint(problem.hardware), status: "given")
        finding.schedule = schedule
        finding.latency = latency
        finding.bound = max(StructuralBounds.compute(problem), StructuralBounds.traffic(problem, reductionCap: cap))
        finding.scope = .problem
        return finding
    }
}

extension HardwareChange {
    /// Whether an op's cost changes, rather than the hardware.
    var isCost: Bool { if case .cost = self { true } else { false } }
}
