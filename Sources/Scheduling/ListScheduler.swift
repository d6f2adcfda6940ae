import CostModel
import TensorGraph

/// Schedules a graph greedily within milliseconds.
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
        let analyzer = StepAnalyzer(problem)
        let optimizer = GranularityOptimizer(problem, reductionCap: options.reductionCap)
        var steps: [Step] = []
        for op in problem.graph.topologicalOrder {
            guard let structure = try? analyzer.analyze(ops: [op], retained: []) else { continue }
            let cost = StepCost(structure, problem: problem)
            guard let choice = optimizer.best(for: cost, resident: []) else {
                throw InfeasibleOp(
                    op: op, smallestWorkingSet: Int(min(optimizer.smallestWorkingSet(of: cost), 9e15)),
                    capacityElements: problem.hardware.fastMemoryCapacity)
            }
            steps.append(Step(ops: [op], granularity: choice.granularity, order: choice.order))
        }
        return Schedule(steps: steps)
    }
}
