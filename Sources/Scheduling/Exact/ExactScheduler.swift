import CostModel
import MIP
import TensorGraph

/// Schedules by complete enumeration, integer program and backward search, and proves what it finds.
///
/// 1. The list scheduler's schedule is the first incumbent; the bounds that follow from the graph may prove it at once.
/// 2. All candidates are enumerated, or as many as limits allow, each with its exhaustively best granularity.
/// 3. The linear relaxation gives prices; the backward search looks for anything cheaper than the incumbent.
/// 4. The integer program does the same by branch and bound, with the incumbent injected, reduced-cost fixing and lazy
///    order cuts, where the search did not end by itself.
/// Whatever is decoded passes the evaluator, and its latency must be the objective.
public struct ExactScheduler: Sendable {
    /// Which methods prove optimality over the candidates.
    public enum Engine: String, Sendable, Hashable, CaseIterable {
        /// Backward search first, then the integer program if need be.
        case both
        /// Backward search and the integer program, whatever either proves: two answers to compare.
        case all
        /// The integer program alone.
        case program
        /// The backward search alone.
        case search
    }

    /// What the caller chooses.
    public struct Options: Sendable {
        /// Limits of the enumeration.
        public var limits = CandidateEnumerator.Limits()
        /// Cores to use.
        public var threads = 2
        /// How deep k-steps may be.
        public var reductionCap = ReductionCap.native
        /// Which methods are used.
        public var engine = Engine.both
        /// Whether ops may be recomputed; without, nothing is proven for the problem.
        public var level = ScheduleFormulation.Level.recompute
        /// Confirms linear bounds in exact arithmetic.
        public var certifies = true
        /// A valid schedule to start from; the list scheduler's is looked at as well.
        public var warmStart: Schedule?

        /// The defaults.
        public init() {}
    }

    /// What went wrong in a way that is a defect of the program, not of the problem.
    public struct InconsistencyError: Error, CustomStringConvertible {
        /// One sentence.
        public let description: String
    }

    let problem: Problem
    let solver: any MIPSolver
    let options: Options

    /// Creates a scheduler that solves linear and integer programs with this solver.
    public init(_ problem: Problem, solver: any MIPSolver, options: Options = Options()) {
        self.problem = problem
        self.solver = solver
        self.options = options
    }

    /// The best schedule that can be found and proven within the control's limits.
    ///
    /// - Throws: ``InfeasibleOp`` when an op fits at no granularity, ``InconsistencyError`` when two parts of the program
    ///   contradict each other.
    public func schedule(control: SolveControl) throws -> SchedulingResult {
        var run = ExactRun(self, control: control)
        return try run.solve()
    }
}
