import CostModel
import MIP
import TensorGraph

/// Large-neighbourhood search: windows of a schedule are solved as problems of their own, again and again.
///
/// Each round picks a ``Neighbourhood`` and solves its windows on all cores (``WindowSolver``). What improves one
/// window is done to all that look the same (``RepeatedBlocks``). Now and then the restricted master looks at all
/// candidates that windows found worth keeping; when nothing improves, the steps are perturbed. Run again, the search
/// goes on.
struct WindowSearch: Strategy {
    let solver: WindowSolver
    /// Cores to use; the result is the same for any number.
    let threads: Int
    let problem: Problem
    let blocks: RepeatedBlocks
    var random: RandomSource
    /// The steps that are being improved: the incumbent's, or others that may become better.
    var steps: [Candidate] = []
    var sizes: WindowSizes
    /// What became of windows so far.
    var known = KnownWindows()
    var tunings = KnownTunings()
    var pool = CandidatePool()
    var patience: Patience
    var progress = SolveProgress(phase: .windows)
    var roundsDone = 0
    /// Schedules that have not been tried as a start; nil before the first is asked for.
    var starts: [SchedulingSnapshot]?
    /// Told of every change of ``steps``, for whoever watches the search.
    var onChange: (@Sendable (Change) -> Void)?

    /// Why the steps have changed.
    enum Reason: Sendable, Hashable {
        /// Better ones were found for windows, in this way.
        case windows(IncumbentSource)
        /// Windows that did not help any more were perturbed.
        case perturbation
        /// The incumbent's steps took their place.
        case incumbent
        /// Those of another schedule of the list scheduler took their place.
        case otherStart
    }

    /// Steps before and after a change.
    struct Change: Sendable {
        let reason: Reason
        let before: [Candidate]
        let after: [Candidate]
    }

    /// Makes other steps those that are being improved.
    mutating func replaceSteps(by others: [Candidate], because reason: Reason) {
        onChange?(Change(reason: reason, before: steps, after: others))
        steps = others
    }

    init(_ problem: Problem, solver: any MIPSolver, reductionCap: ReductionCap, threads: Int, seed: UInt64) {
        self.problem = problem
        self.threads = threads
        self.solver = WindowSolver(solver: solver, reductionCap: reductionCap)
        random = RandomSource(seed: seed)
        sizes = WindowSizes(problem)
        blocks = RepeatedBlocks(problem)
        patience = Patience(opCount: problem.ops.count, windowsPerRound: Self.windowsPerRound(problem))
    }

    /// Rounds after which the pool has grown enough for another look at all of it.
    private static let roundsPerMaster = 40

    /// Windows per round: a matter of the graph's size, not of cores, so that their number does not change the result.
    static func windowsPerRound(_ problem: Problem) -> Int { max(8, problem.ops.count / 40) }

    var windowsPerRound: Int { Self.windowsPerRound(problem) }

    /// Latency of the steps that are being improved, in units of time.
    var currentLatency: Double { steps.reduce(0) { $0 + $1.latency } }

    /// Solves windows until time, rounds or ideas run out.
    mutating func run(in session: Session, budget: Budget) throws -> Ending {
        try takeIncumbent(of: session)
        guard !steps.isEmpty else { return .exhausted }
        patience.idleRounds = 0
        session.enter(.windows)
        while roundsDone < budget.rounds ?? .max {
            if session.isDone { return .proven }
            if let stop = budget.stop { return .limit(stop) }
            guard patience.hasIdeas else { return .exhausted }
            try runRound(in: session, budget)
            try perturbIfStalled(in: session, budget)
            roundsDone += 1
            if roundsDone.isMultiple(of: Self.roundsPerMaster) { try solveMaster(in: session, budget) }
            session.report(progress)
        }
        return .limit(.rounds)
    }

    /// Makes the incumbent's steps those to be improved, if it is better than them.
    mutating func takeIncumbent(of session: Session) throws {
        guard let incumbent = session.incumbent,
            steps.isEmpty || incumbent.latency < currentLatency * (1 - Tolerance.agreement)
        else { return }
        replaceSteps(by: try Candidate.steps(of: incumbent, problem: problem), because: .incumbent)
    }
}
