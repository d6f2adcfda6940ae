import CostModel
import MIP
import TensorGraph

/// Proves that no choice of candidates is better than the incumbent, or finds one that is.
struct CandidateProof {
    private let proof: EnumerationProof
    private let set: CandidateSet
    private let columns: CandidateColumns
    private let reachRows: [ReachRow]
    private let session: Session
    private let budget: Budget

    init(
        _ proof: EnumerationProof, _ set: CandidateSet, _ columns: CandidateColumns, _ reachRows: [ReachRow],
        _ session: Session, _ budget: Budget
    ) {
        self.proof = proof
        self.set = set
        self.columns = columns
        self.reachRows = reachRows
        self.session = session
        self.budget = budget
    }

    /// Runs the engines, one after the other where one does not do.
    func run() throws -> Ending {
        session.enter(.relax)
        let prices = try relax() ?? SearchPrices(columns: columns)
        let comparesEngines = proof.engine == .all
        if session.isDone, !comparesEngines { return .proven }
        var ending: Ending?
        if proof.engine != .program, proof.level == .recompute { ending = try search(prices) }
        if ending == .proven, !comparesEngines { return .proven }
        if budget.states == nil, proof.engine != .search, !budget.shouldStop {
            let program = try solveProgram()
            if ending != .proven { ending = program }
        }
        return ending ?? .limit(budget.stop ?? .time)
    }

    /// What a bound over the candidates is about.
    private var scope: ProofScope {
        guard proof.level == .recompute else { return .candidates([.recomputation]) }
        return set.isComplete ? .namedOrders : .candidates(set.omissions)
    }

    /// Adds a bound over the candidates, as far as it holds.
    ///
    /// Engines look only for what is better than the incumbent, and candidates were dropped against one: so nothing is
    /// known of schedules that cost more than that. The incumbent itself may lie outside the scope, when a caller's
    /// schedule visits tiles in an order without a name; then it may cost less than the best schedule of the scope.
    private func add(
        _ kind: LowerBound.Kind, _ value: Double, scope: ProofScope, since start: Double, isCertified: Bool? = nil
    ) {
        guard value.isFinite || value > 0 else { return }
        session.add(
            LowerBound(
                kind, min(value, set.cutoff, session.cutoff), scope: scope, seconds: budget.elapsedSeconds - start,
                isCertified: isCertified))
    }

    // MARK: Relaxation

    /// Solves the relaxation whose duals are prices of ops and hand-offs.
    private func relax() throws -> SearchPrices? {
        let start = budget.elapsedSeconds
        session.report(SolveProgress(phase: .relax, columns: columns.columns.count))
        guard
            let relaxation = try Relaxation(
                columns, set.candidates, problem: session.problem, solver: proof.solver, budget: budget,
                certifies: proof.certifies, separation: .init(rows: reachRows, adds: true))
        else { return nil }
        add(.linear, relaxation.bound, scope: scope, since: start, isCertified: relaxation.isCertified)
        return relaxation.prices
    }

    // MARK: Backward search

    /// A second engine deserves its share of the time.
    private static let searchShare = 0.5

    private func search(_ prices: SearchPrices) throws -> Ending {
        session.enter(.search)
        let start = budget.elapsedSeconds
        let part = budget.share(proof.engine == .search ? 1 : Self.searchShare)
        let outcome = BackwardSearch(columns).run(
            prices: prices, cutoff: session.cutoff, maximumStates: budget.states ?? BackwardSearch.defaultMaximumStates,
            isCancelled: { part.shouldStop },
            onProgress: { expanded, open in
                session.report(
                    SolveProgress(phase: .search, nodes: expanded, open: open, columns: columns.columns.count))
            })
        session.note(searchStates: outcome.expanded)
        if let steps = outcome.steps {
            try session.accept(schedule(steps), from: .search, claiming: outcome.latency)
        }
        add(.search, outcome.lowerBound, scope: scope, since: start)
        return outcome.isProven ? .proven : .limit(part.stop ?? .nodes)
    }

    private func schedule(_ steps: [Int]) -> Schedule { Schedule(steps: steps.map { set.candidates[$0].step }) }

    // MARK: Integer program

    private func solveProgram() throws -> Ending {
        session.enter(.program)
        let start = budget.elapsedSeconds
        let program = IntegerProgram(
            columns: columns, candidates: set.candidates, level: proof.level, stopsWhenDone: proof.engine != .all,
            solver: proof.solver)
        let outcome = try program.solve(in: session, budget: budget)
        if let statistics = outcome.statistics { session.note(statistics) }
        add(
            .integer, outcome.bound, scope: outcome.isExact ? scope : .candidates([.unprovenCut]), since: start)
        return outcome.ending
    }
}
