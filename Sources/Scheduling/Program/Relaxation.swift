import MIP
import TensorGraph

/// The linear program of C1', C2', C3 and C4, solved: a bound, and prices for the backward search.
///
/// Nothing that the solver says but its row duals is relied on, and any row duals prove a bound
/// (``MIP/LagrangianBound``).
struct Relaxation {
    /// No choice of the columns costs less, in units of time; minus infinity when the duals prove nothing.
    let bound: Double
    /// The least by which a choice that contains a candidate exceeds the bound, in units of time; at least 0.
    let reducedCosts: [Double]
    /// Whether the solver confirmed its basis in exact arithmetic.
    let isCertified: Bool
    /// The duals as prices, lowered until no column costs less than what it delivers.
    let prices: SearchPrices
    /// The rows C2' that it took.
    let reachRows: [ReachRow]

    /// Which rows C2' a relaxation has.
    struct Separation {
        /// Rows to start with.
        var rows: [ReachRow] = []
        /// Adds rows until none is broken or the bound stands still.
        var adds = false
    }

    /// Columns up to which confirming a basis in exact arithmetic takes a fraction of a second.
    private static let certifiableColumns = 20_000

    /// Solves the relaxation over the columns of these candidates; nil when the solver was stopped before it had duals,
    /// or failed.
    ///
    /// - Throws: `MIPModelError` for costs that are not finite, which no evaluator returns.
    init?(
        _ columns: CandidateColumns, _ candidates: [Candidate], problem: Problem, solver: any MIPSolver,
        budget: Budget, certifies: Bool = false, separation: Separation = Separation()
    ) throws {
        var formulation = try ScheduleFormulation(
            columns, candidates: candidates, problem: problem, level: .recompute, relaxed: true)
        try formulation.add(separation.rows)
        let options = LPOptions(
            timeLimitSeconds: budget.solverSeconds(),
            certifies: certifies && columns.columns.count <= Self.certifiableColumns,
            isCancelled: { budget.isCancelled })
        let solution: LPResult?
        do {
            solution =
                try separation.adds
                ? Self.separate(&formulation, solver, options)
                : solver.solveRelaxation(formulation.model, options: options)
        } catch is MIPSolverError {
            return nil
        }
        guard let solution, solution.rowDuals.count == formulation.model.rows.count,
            solution.rowDuals.allSatisfy(\.isFinite)
        else { return nil }
        let proven = try LagrangianBound(rowDuals: solution.rowDuals, in: formulation.model)
        bound = proven.value
        // Columns come before all others in the model, in the order of the candidates.
        reducedCosts = proven.reducedCosts.prefix(candidates.count).map { max(0, $0) }
        isCertified = solution.isCertified
        prices = Self.prices(formulation, solution.rowDuals, columns)
        reachRows = formulation.reachRows.map(\.row)
    }

    // MARK: Rows C2'

    /// Rows C2' added at most between two solutions.
    private static let rowsPerRound = 60
    /// Rounds at most: few problems take more than ten.
    private static let rounds = 30

    /// Solves the program again and again, each time with rows C2' that it broke, as long as its bound gets better.
    ///
    /// - Returns: the last solution that made the bound better, for the rows in the formulation; nil without one.
    private static func separate(
        _ formulation: inout ScheduleFormulation, _ solver: any MIPSolver, _ options: LPOptions
    ) throws -> LPResult? {
        var plain = options
        plain.certifies = false
        let linear = try solver.makeIncrementalLP(formulation.model)
        var best = try linear.solve(plain)
        guard best.rowDuals.count == formulation.model.rows.count else { return nil }
        var known = formulation
        for _ in 0..<rounds {
            guard best.termination == .optimal, best.point.count == known.model.columns.count else { break }
            let broken = known.reachRows(at: best.point, limit: rowsPerRound)
            guard !broken.isEmpty else { break }
            for row in try known.add(broken) { try linear.addRow(row) }
            let next = try linear.solve(plain)
            guard next.rowDuals.count == known.model.rows.count, next.dualBound >= best.dualBound else { break }
            let gain = next.dualBound - best.dualBound
            (best, formulation) = (next, known)
            if gain <= Tolerance.progress * abs(next.dualBound) { break }
        }
        if options.certifies, best.termination == .optimal, known.reachRows.count == formulation.reachRows.count {
            let exact = try linear.solve(options)
            if exact.rowDuals.count == formulation.model.rows.count { best = exact }
        }
        return best
    }

    // MARK: Prices

    private static func prices(
        _ formulation: ScheduleFormulation, _ duals: [Double], _ columns: CandidateColumns
    ) -> SearchPrices {
        var prices = SearchPrices(columns: columns)
        for (op, row) in formulation.coverRows.enumerated() { prices.op[op] = duals[row.index] }
        for (tensor, row) in formulation.outputRows { prices.output[tensor] = duals[row.index] }
        prices.reach = formulation.reachRows.map { ($0.row, duals[$0.id.index]) }
        let last = formulation.lastHandOffRow.map { duals[$0.index] } ?? 0
        for (number, row) in formulation.handOffRows {
            prices.handOff[number] = duals[row.index] + (columns.canEnd(number) ? last : 0)
        }
        prices.makeFeasible(columns)
        return prices
    }
}
