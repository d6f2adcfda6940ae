import MIP
import TensorGraph

/// Proves that no choice of listed steps is better than the incumbent, or finds one that is.
///
/// A step whose granularities could not all be searched counts with a lower bound of its latency: what is proven with
/// it holds, and only where such a step could make a better schedule is nothing proven.
struct ListProof {
    private var set: CandidateSet
    private let reachRows: [ReachRow]
    private let tuner: GranularityTuner
    private let solver: any MIPSolver
    private let session: Session
    private let budget: Budget

    /// - Parameters:
    ///   - set: steps, complete for every schedule that costs less than the set's cutoff.
    ///   - reachRows: rows C2' that are of use.
    ///   - tuner: searches the granularities of those that matter.
    init(
        _ set: CandidateSet, reachRows: [ReachRow], tuner: GranularityTuner, solver: any MIPSolver, session: Session,
        budget: Budget
    ) {
        self.set = set
        self.reachRows = reachRows
        self.tuner = tuner
        self.solver = solver
        self.session = session
        self.budget = budget
    }

    /// Runs until the incumbent is proven, or nothing more can be done.
    ///
    /// - Returns: whether it is proven.
    mutating func run() throws -> Bool {
        try tune()
        if isProven { return true }
        try dropReplaced()
        guard let columns = CandidateColumns(set.candidates, of: Subproblem(whole: session.problem), cost: \.lowerBound)
        else { return false }
        while !budget.shouldStop {
            session.enter(.relax)
            let start = budget.elapsedSeconds
            guard
                let relaxation = try Relaxation(
                    columns, set.candidates, problem: session.problem, solver: solver, budget: budget, certifies: true,
                    separation: .init(rows: reachRows, adds: true))
            else { return false }
            add(.linear, relaxation.bound, since: start, isCertified: relaxation.isCertified)
            if isProven { return true }
            session.enter(.search)
            let share = budget.share(Self.searchShare)
            let outcome = BackwardSearch(columns).run(
                prices: relaxation.prices, cutoff: session.cutoff, isCancelled: { share.shouldStop },
                onProgress: { expanded, open in
                    session.report(
                        SolveProgress(phase: .search, nodes: expanded, open: open, columns: columns.columns.count))
                })
            session.note(searchStates: outcome.expanded)
            add(.search, outcome.lowerBound, since: start)
            guard let steps = outcome.steps else {
                return outcome.isProven ? true : try solveProgram()
            }
            let verdict = session.submit(Schedule(steps: steps.map { set.candidates[$0].step }), from: .search)
            // Some step costs more than its lower bound, and which granularity it could have is not known.
            guard case .better = verdict else { return isProven }
            if isProven { return true }
        }
        return false
    }

    /// Share of the time left that the backward search may take: where it does not end soon, branch and bound often
    /// does.
    private static let searchShare = 0.15

    /// How many granularities are searched between two relaxations.
    private static let batch = TuningLoop.Batch(least: 64, part: 4)

    /// Drops the steps that no schedule below the cutoff can contain, and searches the granularities of the others.
    private mutating func tune() throws {
        session.enter(.tune)
        let start = budget.elapsedSeconds
        var loop = TuningLoop(
            set.candidates, of: Subproblem(whole: session.problem), solver: solver, tuner: tuner, batch: Self.batch)
        loop.separation = .init(rows: reachRows, adds: true)
        _ = try loop.run(
            budget: budget, cutoff: { session.cutoff },
            inspect: { round in
                session.report(SolveProgress(phase: .tune, columns: round.candidates.count))
                add(.linear, round.relaxation.bound, since: start)
                return !isProven
            })
        set.cutoff = min(set.cutoff, loop.cutoff)
        set.candidates = loop.candidates
    }

    /// Drops what others replace, but for the incumbent's own steps: branch and bound starts from them.
    private mutating func dropReplaced() throws {
        let own = try session.incumbent.map { try Candidate.steps(of: $0, problem: session.problem).map(\.key) } ?? []
        let kept = Set(own)
        func drop(_ dropped: (CandidateColumns) -> [Bool]) {
            let whole = Subproblem(whole: session.problem)
            guard let columns = CandidateColumns(set.candidates, of: whole, cost: \.lowerBound) else { return }
            let replaced = dropped(columns)
            set.candidates = set.candidates.indices.filter { !replaced[$0] || kept.contains(set.candidates[$0].key) }
                .map { set.candidates[$0] }
        }
        drop { SplitSteps($0, set.candidates).dropped { budget.shouldStop } }
        drop { VainHandOffs($0, set.candidates).dropped() }
    }

    private var isProven: Bool { session.bestBound >= session.cutoff * (1 - Tolerance.agreement) }

    /// Branch and bound, where the search has met its limit.
    private func solveProgram() throws -> Bool {
        // The program's costs are latencies; with lower bounds its schedules would cost more than it says.
        guard !budget.shouldStop, set.candidates.allSatisfy(\.isTuned),
            let columns = CandidateColumns(set.candidates, of: Subproblem(whole: session.problem))
        else { return false }
        session.enter(.program)
        let start = budget.elapsedSeconds
        let program = IntegerProgram(
            columns: columns, candidates: set.candidates, level: .recompute, reachRows: reachRows,
            branching: .penalties, solver: solver)
        let outcome = try program.solve(in: session, budget: budget)
        if let statistics = outcome.statistics { session.note(statistics) }
        if outcome.isExact { add(.integer, outcome.bound, since: start) }
        return outcome.ending == .proven || isProven
    }

    /// Adds a bound, as far as the list reaches.
    private func add(_ kind: LowerBound.Kind, _ value: Double, since start: Double, isCertified: Bool? = nil) {
        guard value.isFinite, value > 0 else { return }
        session.add(
            LowerBound(
                kind, min(value, set.cutoff, session.cutoff), scope: .namedOrders,
                seconds: budget.elapsedSeconds - start, isCertified: isCertified))
    }
}
