import MIP
import TensorGraph

/// The linear program of C1', C2', C3 and C4, solved: a bound, and prices for the backward search.
struct Relaxation {
    let solution: LPResult
    /// The rows C2' that it took.
    var reachRows: [ReachRow] { formulation.reachRows.map(\.row) }
    private let formulation: ScheduleFormulation

    /// Columns up to which confirming a basis in exact arithmetic takes a fraction of a second.
    private static let certifiableColumns = 20_000
    /// Rows C2' added at most between two solutions.
    private static let rowsPerRound = 60
    /// Rounds at most: few problems take more than ten.
    private static let rounds = 30

    /// Solves the relaxation over the columns of these candidates; nil when the solver was stopped before it had duals.
    ///
    /// - Parameters:
    ///   - reachRows: rows C2' to start with.
    ///   - separates: adds rows C2' until none is broken or the bound stands still.
    init?(
        _ columns: CandidateColumns, _ candidates: [Candidate], problem: Problem, solver: any MIPSolver,
        control: SolveControl, certifies: Bool = false, reachRows: [ReachRow] = [], separates: Bool = false
    ) throws {
        var formulation = try ScheduleFormulation(
            columns, candidates: candidates, problem: problem, level: .recompute, relaxed: true)
        try formulation.add(reachRows)
        let certifies = certifies && columns.columns.count <= Self.certifiableColumns
        func options(certifies: Bool) -> LPOptions {
            LPOptions(
                timeLimitSeconds: control.timeLimitSeconds.map { _ in control.remainingSeconds }, certifies: certifies,
                isCancelled: { control.isCancelled })
        }
        guard separates else {
            solution = try solver.solveRelaxation(formulation.model, options: options(certifies: certifies))
            self.formulation = formulation
            guard solution.rowDuals.count == formulation.model.rows.count else { return nil }
            return
        }
        let linear = try solver.makeIncrementalLP(formulation.model)
        var best = try linear.solve(options(certifies: false))
        guard best.rowDuals.count == formulation.model.rows.count else { return nil }
        var known = formulation
        for _ in 0..<Self.rounds {
            guard best.termination == .optimal else { break }
            let broken = known.reachRows(at: best.point, limit: Self.rowsPerRound)
            guard !broken.isEmpty else { break }
            for row in try known.add(broken) { try linear.addRow(row) }
            let next = try linear.solve(options(certifies: false))
            guard next.rowDuals.count == known.model.rows.count, next.dualBound >= best.dualBound else { break }
            let gain = next.dualBound - best.dualBound
            (best, formulation) = (next, known)
            if gain <= 1e-7 * abs(next.dualBound) { break }
        }
        if certifies, best.termination == .optimal, known.reachRows.count == formulation.reachRows.count {
            let exact = try linear.solve(options(certifies: true))
            if exact.rowDuals.count == formulation.model.rows.count { best = exact }
        }
        solution = best
        self.formulation = formulation
    }

    /// The duals as prices, lowered until no column costs less than what it delivers.
    func prices(_ columns: CandidateColumns) -> SearchPrices {
        var prices = SearchPrices(columns: columns)
        for (op, row) in formulation.coverRows.enumerated() { prices.op[op] = solution.rowDuals[row.index] }
        for (tensor, row) in formulation.outputRows { prices.output[tensor] = solution.rowDuals[row.index] }
        prices.reach = formulation.reachRows.map { ($0.row, solution.rowDuals[$0.id.index]) }
        let last = formulation.lastHandOffRow.map { solution.rowDuals[$0.index] } ?? 0
        for (number, row) in formulation.handOffRows {
            prices.handOver[number] = solution.rowDuals[row.index] + (columns.canEnd(number) ? last : 0)
        }
        prices.makeFeasible(columns)
        return prices
    }
}
