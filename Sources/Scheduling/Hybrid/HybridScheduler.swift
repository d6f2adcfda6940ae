import CostModel
import MIP
import TensorGraph

/// Schedules graphs of any size: list scheduling, restricted integer programs and large-neighbourhood search, and exact
/// search where complete enumeration ends (FORMULATION.md section 4).
public struct HybridScheduler: Sendable {
    /// What the caller chooses.
    public struct Options: Sendable {
        /// Options of exact search; threads, reduction cap and warm start are those of the hybrid as well.
        public var exact = ExactScheduler.Options()
        /// Tries complete enumeration and proof as well, and ends when the proof is done.
        public var triesExact = true
        /// Rounds of large-neighbourhood search at most; nil for as many as time allows. With a number here and no time
        /// limit the result depends on nothing but the problem and these options.
        public var maximumRounds: Int?
        /// Seed of the choices that are made at random.
        public var seed: UInt64 = 1

        /// The defaults.
        public init() {}
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

    /// The best schedule that can be found, and proven if possible, within the control's limits.
    ///
    /// - Throws: ``InfeasibleOp`` when an op fits at no granularity, ``ExactScheduler/InconsistencyError`` when two
    ///   parts of the program contradict each other, `RuleViolation` when the warm start is not valid.
    public func schedule(control: SolveControl) throws -> SchedulingResult {
        var run = HybridRun(self, control: control)
        return try run.solve()
    }
}
