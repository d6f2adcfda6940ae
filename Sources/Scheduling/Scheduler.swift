import CostModel
import MIP
import TensorGraph

/// Schedules problems of any size, and proves what it finds where that is possible.
///
/// List scheduling gives a first schedule, large-neighbourhood search improves it, and complete enumeration proves by
/// backward search and integer program where it ends. ``Method`` says which of them are used. Every schedule passes
/// the evaluator.
public struct Scheduler: Sendable {
    /// Which ways are used.
    public enum Method: String, Sendable, Hashable, CaseIterable {
        /// A proof where that is quick, windows until nothing new comes, a proof with all limits, windows again.
        case auto
        /// Windows alone, without complete enumeration.
        case hybrid
        /// Complete enumeration and proof alone.
        case exact
    }

    /// What the caller chooses.
    public struct Options: Sendable {
        /// Which ways are used.
        public var method: Method
        /// Limits of complete enumeration.
        public var limits = EnumerationLimits()
        /// Cores to use; without a clock they do not change the result.
        public var threads = 2
        /// How deep k-steps may be.
        public var reductionCap = ReductionCap.native
        /// Which methods prove optimality over the candidates.
        public var engine = ProofEngine.both
        /// Whether ops may be recomputed; without, nothing is proven for the problem.
        public var level = ScheduleFormulation.Level.recompute
        /// Confirms linear bounds in exact arithmetic.
        public var certifies = true
        /// A valid schedule to start from; the list scheduler's is looked at as well.
        public var warmStart: Schedule?
        /// Steps that are likely to matter, such as those that a proof on other hardware needed; proofs begin with
        /// them. They save time and change no result.
        public var knownSteps: [StepKey] = []
        /// What was found of steps' granularities on other hardware; the steps need no search where it tells the best.
        public var knownTunings: [CarriedTunings] = []
        /// Rounds of large-neighbourhood search at most; nil for as many as time allows. With a number here and no time
        /// limit the result depends on nothing but the problem and these options.
        public var maximumRounds: Int?
        /// Seed of the choices that are made at random.
        public var seed: UInt64 = 1

        /// The defaults of a method.
        public init(_ method: Method = .auto) { self.method = method }
    }

    /// The problem to schedule.
    public let problem: Problem
    /// What the caller has chosen.
    public let options: Options
    private let solver: any MIPSolver

    /// Creates a scheduler that solves linear and integer programs with this solver.
    public init(_ problem: Problem, solver: any MIPSolver, options: Options = Options()) {
        self.problem = problem
        self.solver = solver
        self.options = options
    }

    /// The best schedule that can be found, and proven if possible, within the control's limits.
    ///
    /// - Throws: ``InfeasibleOp`` when an op fits at no granularity, ``InconsistencyError`` when two parts of the
    ///   program contradict each other, `RuleViolation` when the warm start is not valid.
    public func schedule(control: SolveControl = SolveControl()) throws -> SchedulingResult {
        try schedule(in: Session(problem, reductionCap: options.reductionCap, control: control))
    }

    /// The same in a session that the caller has opened, to ask it what is known while the scheduler works.
    public func schedule(in session: Session) throws -> SchedulingResult {
        var portfolio = Portfolio(problem, solver: solver, options: options)
        return try portfolio.run(in: session)
    }
}
