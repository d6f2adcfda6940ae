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

    /// A valid schedule.
    ///
    /// - Throws: ``InfeasibleOp`` when an op fits at no granularity.
    public func schedule() throws(InfeasibleOp) -> Schedule {
        var best = Schedule(steps: [])
        var latency = Double.infinity
        try search { schedule, found in
            guard found < latency else { return }
            (best, latency) = (schedule, found)
        }
        return best
    }

    /// Calls `body` with the schedule of each strategy, better than those before or not, and with that of every op alone:
    /// the first of all on large graphs, where it is there long before any other.
    ///
    /// - Throws: ``InfeasibleOp`` when an op fits at no granularity, and what `body` throws.
    public func schedules(_ body: (Schedule) throws -> Void) throws {
        var failure: (any Error)?
        try search { schedule, _ in
            guard failure == nil else { return }
            do { try body(schedule) } catch { failure = error }
        }
        if let failure { throw failure }
    }

    private func search(_ body: (_ schedule: Schedule, _ latency: Double) -> Void) throws(InfeasibleOp) {
        let optimizer = GranularityOptimizer(problem, reductionCap: options.reductionCap)
        let pricer = StepPricer(problem, optimizer: optimizer)
        let alone = try priceAlone(pricer, optimizer)
        let dependencies = DependencyAnalyzer(problem, aloneLatency: alone.map(\.latency))
        let aloneLatency = alone.reduce(0) { $0 + $1.latency }
        let single = problem.graph.topologicalOrder.map { op in
            Step(ops: [op], granularity: alone[op.index].granularity, order: alone[op.index].order)
        }
        let isLarge = problem.ops.count > Self.largeOps
        if isLarge { body(Schedule(steps: single), aloneLatency) }
        for strategy in strategies {
            let graph = StepGraph(problem, choices: alone)
            for moves in strategy {
                var fusion = Fusion(graph, pricer: pricer, dependencies: dependencies, moves: moves)
                fusion.run()
            }
            let found = finish(graph, pricer, dependencies)
            body(Schedule(steps: found.steps), found.latency)
        }
        if !isLarge { body(Schedule(steps: single), aloneLatency) }
    }

    /// Graphs above this size get a schedule of single ops first.
    private static let largeOps = 100

    /// Graphs up to this size get the strategies that look at the hand-offs of every step that is about to be joined.
    private static let sparingOps = 300

    /// Greedy fusion depends on which moves compete; the ways to stage them are tried in turn and the best kept.
    private var strategies: [[Fusion.Moves]] {
        var all: Fusion.Moves = []
        if options.fusion { all.formUnion([.dependent, .recompute]) }
        if options.staggering { all.insert(.independent) }
        guard options.fusion, options.staggering else { return [[all]] }
        let greedy: [[Fusion.Moves]] = [[all], [.dependent, all], [.independent, all]]
        guard options.retention, problem.ops.count <= Self.sparingOps else { return greedy }
        return greedy + [[all.union(.sparingHandOffs)], [all.union(.sparingHandOffs), all]]
    }

    private func finish(
        _ graph: StepGraph, _ pricer: StepPricer, _ dependencies: DependencyAnalyzer
    ) -> (steps: [Step], latency: Double) {
        guard options.retention else {
            let nodes = graph.sequence.map { graph.nodes[$0] }
            return (
                nodes.map { Step(ops: $0.ops, granularity: $0.choice.granularity, order: $0.choice.order) },
                graph.totalLatency
            )
        }
        let retention = Retention(graph: graph, pricer: pricer, dependencies: dependencies)
        return retention.schedule(retention.sequence())
    }

    /// The best granularity of each op alone.
    private func priceAlone(
        _ pricer: StepPricer, _ optimizer: GranularityOptimizer
    ) throws(InfeasibleOp) -> [GranularityChoice] {
        var choices: [GranularityChoice] = []
        choices.reserveCapacity(problem.ops.count)
        for op in problem.opIDs {
            guard let choice = pricer.price(.init(ops: [op])) else {
                throw InfeasibleOp(
                    op: op, name: problem.name(of: op), smallestWorkingSet: smallestWorkingSet(op, optimizer),
                    capacityElements: problem.hardware.fastMemoryCapacity)
            }
            choices.append(choice)
        }
        return choices
    }

    private func smallestWorkingSet(_ op: OpID, _ optimizer: GranularityOptimizer) -> Int {
        guard let structure = try? StepAnalyzer(problem).analyze(ops: [op], retained: []) else { return 0 }
        return Int(min(optimizer.smallestWorkingSet(of: StepCost(structure, problem: problem)), 9e15))
    }
}
