import CostModel
import TensorGraph

/// Schedules a graph greedily within milliseconds, in the manner of instruction scheduling for VLIW machines.
///
/// 1. ``DependencyAnalyzer`` orders ops by dependence and critical path.
/// 2. `Fusion` packs ops into steps against fast memory, choosing granularities anew as steps grow;
///    `Staggering` proposes independent ops that share a tensor.
/// 3. `Retention` orders the steps so that they hand tensors over in fast memory, and picks the hand-offs.
public struct ListScheduler: Sendable {
    /// Which ideas are used; all by default.
    public struct Options: Sendable, Hashable {
        /// Put producers and consumers into one step.
        public var fusion = true
        /// Keep tensors in fast memory between steps.
        public var retention = true
        /// Put ops of independent branches that share a tensor into one step.
        public var staggering = true
        /// Put nothing together but an op and the maps that go on with its output element by element, and keep nothing
        /// in fast memory: layer by layer, as compilers do that append epilogues to kernels. The other ideas do not
        /// count.
        public var epiloguesOnly = false
        /// How deep k-steps may be.
        public var reductionCap = ReductionCap.native

        /// Everything on.
        public init() {}
    }

    /// The problem to schedule.
    public let problem: Problem
    /// Which ideas are used.
    public let options: Options

    /// Creates a scheduler.
    public init(_ problem: Problem, options: Options = Options()) {
        self.problem = problem
        self.options = options
    }

    /// Whether to stop, asked again and again.
    ///
    /// - Parameter reserveSeconds: what the caller will need, by experience, for the schedule that is given to it next.
    public typealias StopCondition = (_ reserveSeconds: Double) -> Bool

    /// A valid schedule.
    ///
    /// - Parameter shouldStop: ends the search with the best schedule until then, every op alone at the worst.
    /// - Throws: ``InfeasibleOp`` when there is no step for an op, or none was found.
    public func schedule(shouldStop: @escaping StopCondition = { _ in false }) throws(InfeasibleOp) -> Schedule {
        var best = Schedule(steps: [])
        var latency = Double.infinity
        try search(shouldStop) { schedule, found in
            guard found < latency else { return }
            (best, latency) = (schedule, found)
        }
        return best
    }

    /// Calls `body` with the schedule of each strategy, better than those before or not, and with that of every op
    /// alone: the first of all on large graphs, where it is there long before any other.
    ///
    /// - Parameters:
    ///   - shouldStop: ends the search; the steps that a strategy has joined until then are a schedule, too.
    ///   - body: takes a schedule.
    /// - Throws: ``InfeasibleOp`` when there is no step for an op, or none was found, and what `body` throws.
    public func schedules(
        shouldStop: @escaping StopCondition = { _ in false }, _ body: (Schedule) throws -> Void
    ) throws {
        var failure: (any Error)?
        try search(shouldStop) { schedule, _ in
            guard failure == nil else { return }
            do { try body(schedule) } catch { failure = error }
        }
        if let failure { throw failure }
    }

    private func search(
        _ shouldStop: @escaping StopCondition, _ body: (_ schedule: Schedule, _ latency: Double) -> Void
    ) throws(InfeasibleOp) {
        let optimizer = GranularityOptimizer(problem, reductionCap: options.reductionCap)
        let tuner = StepTuner(problem, optimizer: optimizer)
        let tunings = tuneAlone(tuner)
        let alone = tunings.compactMap(\.self)
        guard alone.count == tunings.count else {
            let start = FusedStart(problem: problem, tuner: tuner, reductionCap: options.reductionCap)
            return body(Schedule(steps: try start.steps(alone: tunings)), .greatestFiniteMagnitude)
        }
        let dependencies = DependencyAnalyzer(problem, aloneLatency: alone.map(\.latency))
        let aloneLatency = alone.reduce(0) { $0 + $1.latency }
        let single = problem.graph.topologicalOrder.map { op in
            Step(ops: [op], granularity: alone[op.index].granularity, order: alone[op.index].order)
        }
        let isLarge = problem.ops.count > Self.largeOps
        let start = ContinuousClock.now
        if isLarge { body(Schedule(steps: single), aloneLatency) }
        let reserve = 1.5 * (start.duration(to: .now) / .seconds(1))
        let isStopped = { shouldStop(reserve) }
        for strategy in strategies where !isStopped() {
            let graph = StepGraph(problem, choices: alone)
            for moves in strategy {
                var fusion = Fusion(
                    graph, tuner: tuner, dependencies: dependencies, moves: moves, shouldStop: isStopped)
                fusion.run()
            }
            let found = finish(graph, tuner, dependencies, isStopped)
            body(Schedule(steps: found.steps), found.latency)
        }
        if !isLarge { body(Schedule(steps: single), aloneLatency) }
    }

    /// Graphs above this size get a schedule of single ops first.
    private static let largeOps = 100

    /// Graphs above this size get one strategy, the best on generated graphs of 50,000 ops: the others take as long
    /// again.
    static let hugeOps = 20_000

    /// Graphs up to this size get the strategies that look at the hand-offs of every step that is about to be joined.
    private static let sparingOps = 300

    /// Greedy fusion depends on which moves compete; the ways to stage them are tried in turn and the best kept.
    private var strategies: [[Fusion.Moves]] {
        if options.epiloguesOnly { return [[[.dependent, .epilogues]]] }
        var all: Fusion.Moves = []
        if options.fusion { all.formUnion([.dependent, .recompute]) }
        if options.staggering { all.insert(.independent) }
        guard options.fusion, options.staggering else { return [[all]] }
        guard problem.ops.count <= Self.hugeOps else { return [[all]] }
        let greedy: [[Fusion.Moves]] = [[all], [.dependent, all], [.independent, all]]
        guard options.retention, problem.ops.count <= Self.sparingOps else { return greedy }
        return greedy + [[all.union(.sparingHandOffs)], [all.union(.sparingHandOffs), all]]
    }

    private func finish(
        _ graph: StepGraph, _ tuner: StepTuner, _ dependencies: DependencyAnalyzer, _ isStopped: () -> Bool
    ) -> (steps: [Step], latency: Double) {
        let retention = Retention(graph: graph, tuner: tuner, dependencies: dependencies)
        guard options.retention, !options.epiloguesOnly, let sequence = retention.sequence(until: isStopped),
            let found = retention.schedule(sequence, until: isStopped)
        else {
            let nodes = graph.sequence.map { graph.nodes[$0] }
            return (
                nodes.map { Step(ops: $0.ops, granularity: $0.choice.granularity, order: $0.choice.order) },
                graph.totalLatency
            )
        }
        return found
    }

    /// The best granularity of each op alone; nil for an op that fits at none.
    private func tuneAlone(_ tuner: StepTuner) -> [GranularityChoice?] {
        problem.opIDs.map { tuner.tune(.init(ops: [$0])) }
    }
}
