import MIP
import Synchronization
import TensorGraph

/// The integer program over the candidates, solved by branch and bound.
///
/// Whatever the solver finds on its way is decoded and submitted at once. A solver that fails, or says what cannot be
/// true, proves nothing and breaks nothing.
struct IntegerProgram {
    let columns: CandidateColumns
    let candidates: [Candidate]
    let level: ScheduleFormulation.Level
    /// Rows C2' to start with.
    var reachRows: [ReachRow] = []
    var branching = MIPOptions.Branching.mostFractional
    /// Whether to stop as soon as the incumbent is proven, by whatever bound.
    var stopsWhenDone = true
    let solver: any MIPSolver

    /// What became of it.
    struct Outcome {
        var ending: Ending
        /// No choice of the candidates costs less, in units of time; minus infinity when nothing is known.
        var bound = -Double.infinity
        /// False when a point was cut off without proof that it cannot be ordered.
        var isExact = true
        /// Sizes; nil when the solver failed.
        var statistics: ProgramStatistics?
    }

    /// Solves the program within the budget.
    ///
    /// - Throws: `MIPModelError` for latencies that are not finite, which no evaluator returns.
    func solve(in session: Session, budget: Budget) throws -> Outcome {
        do {
            return try solveTrusting(session, budget)
        } catch is MIPSolverError {
            return Outcome(ending: .limit(budget.stop ?? .solver))
        }
    }

    /// Rows C2' added at most at one time inside the tree: each makes all further linear programs larger.
    private static let rowsPerNode = 20

    private func solveTrusting(_ session: Session, _ budget: Budget) throws -> Outcome {
        var formulation = try ScheduleFormulation(
            columns, candidates: candidates, problem: session.problem, level: level)
        try formulation.add(reachRows)
        let rows = formulation.model.rows.count
        let linear = try formulation.tighten(solver, budget: budget).objective
        let program = formulation
        let decoder = ScheduleDecoder(program)
        let cuts = Atomic(0)
        let allExact = Atomic(true)
        var options = MIPOptions()
        options.timeLimitSeconds = budget.solverSeconds()
        options.relativeGap = session.wantedGap
        options.isCancelled = { budget.isCancelled || stopsWhenDone && session.isDone }
        options.initialPoint = try startPoint(program, session)
        options.branching = branching
        options.lazyRows = { point in
            guard let cut = decoder.cut(at: point) else { return [] }
            cuts.add(1, ordering: .relaxed)
            if !cut.isExact { allExact.store(false, ordering: .relaxed) }
            return [cut.row]
        }
        options.cuts = { point in
            program.reachRows(at: point, limit: Self.rowsPerNode).map { program.row($0) }
        }
        let solution = try solver.solve(program.model, options: options) { event in
            switch event {
            case .incumbent(let found): submit(found, program, decoder, session)
            case .progress(let progress):
                session.report(
                    SolveProgress(
                        phase: .program, nodes: progress.nodes, open: progress.openNodes, columns: progress.columns))
            case .rootRelaxation: break
            }
        }
        let statistics = ProgramStatistics(
            rows: rows, columns: program.model.columns.count, linearBound: linear, nodes: solution.nodes,
            orderCuts: cuts.load(ordering: .relaxed))
        let hasContradiction = solution.incumbent.map { !submit($0, program, decoder, session) } ?? false
        var outcome = Outcome(ending: .limit(.solver), isExact: allExact.load(ordering: .relaxed))
        outcome.statistics = statistics
        switch solution.termination {
        case _ where hasContradiction: break
        case .optimal where solution.incumbent != nil:
            outcome.bound = solution.dualBound
            // Optimal within a solver's tolerance is not yet proven within ours.
            let proves = solution.dualBound >= session.cutoff * (1 - Tolerance.agreement)
            outcome.ending = proves && outcome.isExact ? .proven : .limit(.solver)
        case .feasible(let limit), .noSolution(let limit):
            outcome.bound = solution.dualBound
            outcome.ending = .limit(SolveLimit(limit))
        // The incumbent is a feasible point wherever the level allows it: who says that there is none, or none that is
        // best, has failed.
        case .optimal, .infeasible, .unbounded: break
        }
        return outcome
    }

    /// Decodes a point and submits its schedule.
    ///
    /// - Returns: false when the point is no schedule, or one that costs something else than the solver says.
    @discardableResult
    private func submit(
        _ found: Incumbent, _ formulation: ScheduleFormulation, _ decoder: ScheduleDecoder, _ session: Session
    ) -> Bool {
        guard found.point.count == formulation.model.columns.count,
            case .order(let steps) = decoder.decode(formulation.chosen(at: found.point)),
            let snapshot = session.submit(Schedule(steps: steps.map { candidates[$0].step }), from: .integer).snapshot
        else { return false }
        return abs(snapshot.latency - found.objective) <= Tolerance.objective * max(1, snapshot.latency)
    }

    /// The incumbent as a point; nil when the level does not allow it.
    private func startPoint(_ formulation: ScheduleFormulation, _ session: Session) throws -> [Double]? {
        guard let incumbent = session.incumbent else { return nil }
        let positions = CandidateSet.positions(candidates)
        let steps = try Candidate.steps(of: incumbent, problem: session.problem)
        let chosen = steps.compactMap { positions[$0.key] }
        guard chosen.count == steps.count, let point = formulation.point(choosing: chosen),
            let report = try? FeasibilityReport(of: point, in: formulation.model), report.isFeasible
        else { return nil }
        return point
    }
}

extension SolveLimit {
    /// What a solver calls the same.
    init(_ limit: Limit) {
        switch limit {
        case .time: self = .time
        case .gap: self = .gap
        case .nodes: self = .nodes
        case .interrupted: self = .interrupted
        }
    }
}
