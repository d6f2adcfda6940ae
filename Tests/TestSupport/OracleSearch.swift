import CostModel
import TensorGraph

/// Finds the true optimum of a tiny problem: the cheapest of all schedules that RULES allows.
///
/// Dijkstra's algorithm from the first step to the last, over what is in slow memory and what is resident. A step is
/// any non-empty op set that the analyzer accepts, with any subset of its tensors retained, at any granularity, in any
/// of the named orders; steps may repeat and may be of no use. Nothing is left out for being dominated, and nothing of
/// the exact search is used, so that a fault there shows as a difference.
public struct ScheduleOracle {
    /// Features of schedules that a search may go without, to see whether an optimum needs them.
    public struct Features: OptionSet, Sendable {
        /// The features as bits.
        public let rawValue: Int
        /// Creates a set from bits.
        public init(rawValue: Int) { self.rawValue = rawValue }
        /// Tensors kept in fast memory between steps.
        public static let handOffs = Features(rawValue: 1)
        /// Retained tensors that the next step does not read.
        public static let throwAways = Features(rawValue: 2)
        /// Ops in several steps.
        public static let recomputation = Features(rawValue: 4)
        /// Several k-steps of which the last is smaller.
        public static let unevenDepths = Features(rawValue: 8)
        /// MatMuls that feed a MatMul of their step.
        public static let foldedMatMuls = Features(rawValue: 16)
        /// Steps of several ops.
        public static let fusion = Features(rawValue: 32)
        /// Steps that evict nothing new and whose retained tensors, if any, are not read by the next step.
        public static let flushes = Features(rawValue: 64)
    }

    /// What is searched and how.
    public struct Options: Sendable {
        /// Features to go without.
        public var forbidden: Features = []
        /// Every order of the tiles rather than the named ones, on grids of at most
        /// ``OracleGranularities/largestPermutedGrid`` tiles.
        public var permutes = false
        /// Costs by simulation alone, rather than from classes where there are some.
        public var simulatesAll = false

        /// Everything allowed, named orders, costs from classes.
        public init() {}
    }

    /// A schedule and its latency.
    public struct Optimum: Sendable {
        /// The schedule.
        public var schedule: Schedule
        /// Its latency, in units of time.
        public var latency: Double
        /// States expanded.
        public var expanded: Int
    }

    private struct State: Hashable {
        var inSlowMemory: UInt32 = 0
        var resident: UInt32 = 0
        /// Ops that have run; tracked only where recomputation is forbidden.
        var covered: UInt32 = 0
        /// True when the last step must be followed by a reader of what it retains; see ``Features/flushes``.
        var mustBeRead = false
    }

    private struct Arrival {
        var latency: Double
        var from: State
        var step: Step?
    }

    private let steps: OracleSteps
    private let options: Options

    /// Prepares a search; the problem has at most 16 ops and 16 written tensors.
    public init(_ problem: Problem, options: Options = Options()) throws(ProblemError) {
        steps = try OracleSteps(problem, options: options)
        self.options = options
    }

    /// The optimum, or nil when there is no schedule.
    public func optimum() -> Optimum? {
        var arrivals: [State: Arrival] = [State(): Arrival(latency: 0, from: State(), step: nil)]
        var queue = OracleQueue<State>()
        var settled = Set<State>()
        queue.insert(State(), at: 0, tie: 0)
        while let (state, latency) = queue.removeFirst() {
            guard settled.insert(state).inserted else { continue }
            if isGoal(state) {
                return Optimum(schedule: trace(state, arrivals), latency: latency, expanded: settled.count)
            }
            for (index, shape) in steps.shapes.enumerated() where isAllowed(shape, in: state) {
                guard let choice = steps.best(index, resident: state.resident) else { continue }
                let next = successor(of: state, shape)
                let total = latency + choice.latency
                guard total < arrivals[next]?.latency ?? .infinity else { continue }
                arrivals[next] = Arrival(
                    latency: total, from: state,
                    step: Step(
                        ops: shape.structure.ops, granularity: choice.granularity,
                        retained: shape.structure.retained, order: choice.order))
                // Of equal schedules the one that retains less: traits counted are then traits needed, mostly.
                queue.insert(next, at: total, tie: next.resident.nonzeroBitCount)
            }
        }
        return nil
    }

    private func isGoal(_ state: State) -> Bool {
        if state.mustBeRead { return false }
        if options.forbidden.contains(.throwAways), state.resident != 0 { return false }
        // Every op is an ancestor of a graph output, so all have run.
        return steps.graphOutputs & ~state.inSlowMemory == 0
    }

    private func isAllowed(_ shape: OracleSteps.Shape, in state: State) -> Bool {
        guard shape.reads & ~(state.inSlowMemory | state.resident) == 0 else { return false }
        let forbidden = options.forbidden
        guard !forbidden.isEmpty else { return true }
        if state.mustBeRead, state.resident & shape.reads == 0 { return false }
        if forbidden.contains(.handOffs), shape.retained != 0 { return false }
        if forbidden.contains(.throwAways), state.resident & ~shape.reads != 0 { return false }
        if forbidden.contains(.recomputation), shape.ops & state.covered != 0 { return false }
        if forbidden.contains(.fusion), shape.structure.ops.count > 1 { return false }
        if forbidden.contains(.flushes), shape.evicted & ~state.inSlowMemory == 0, shape.retained == 0 { return false }
        if forbidden.contains(.foldedMatMuls) {
            let structure = shape.structure
            return !zip(structure.ops, structure.parts).contains {
                steps.problem[$0].isReducing && $1 == .inner
            }
        }
        return true
    }

    private func successor(of state: State, _ shape: OracleSteps.Shape) -> State {
        var next = State()
        next.inSlowMemory = state.inSlowMemory | shape.evicted
        next.resident = shape.retained
        if options.forbidden.contains(.recomputation) { next.covered = state.covered | shape.ops }
        if options.forbidden.contains(.flushes) { next.mustBeRead = next.inSlowMemory == state.inSlowMemory }
        return next
    }

    private func trace(_ goal: State, _ arrivals: [State: Arrival]) -> Schedule {
        var steps: [Step] = []
        var state = goal
        while let arrival = arrivals[state], let step = arrival.step {
            steps.append(step)
            state = arrival.from
        }
        return Schedule(steps: steps.reversed())
    }
}

/// A binary heap of values by cost, the cheapest first, ties by a second number.
struct OracleQueue<Value> {
    private var entries: [(cost: Double, tie: Int, value: Value)] = []

    private func isBefore(_ left: Int, _ right: Int) -> Bool {
        (entries[left].cost, entries[left].tie) < (entries[right].cost, entries[right].tie)
    }

    mutating func insert(_ value: Value, at cost: Double, tie: Int) {
        entries.append((cost, tie, value))
        var child = entries.count - 1
        while child > 0, isBefore(child, (child - 1) / 2) {
            entries.swapAt(child, (child - 1) / 2)
            child = (child - 1) / 2
        }
    }

    mutating func removeFirst() -> (value: Value, cost: Double)? {
        guard let first = entries.first, let last = entries.popLast() else { return nil }
        guard !entries.isEmpty else { return (first.value, first.cost) }
        entries[0] = last
        var parent = 0
        while 2 * parent + 1 < entries.count {
            var child = 2 * parent + 1
            if child + 1 < entries.count, isBefore(child + 1, child) { child += 1 }
            guard isBefore(child, parent) else { break }
            entries.swapAt(child, parent)
            parent = child
        }
        return (first.value, first.cost)
    }
}
