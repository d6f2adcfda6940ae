import MIP
import TensorGraph

/// The linear program of cover and hand-over rows alone, solved: a bound, and prices for the backward search.
struct Relaxation {
    let solution: LPResult
    private let formulation: ScheduleFormulation

    /// Columns up to which confirming a basis in exact arithmetic takes a fraction of a second.
    private static let certifiableColumns = 20_000

    /// Solves the relaxation over the columns of these candidates; nil when the solver was stopped before it had duals.
    init?(
        _ columns: CandidateColumns, _ candidates: [Candidate], problem: Problem, solver: any MIPSolver,
        control: SolveControl, certifies: Bool = false
    ) throws {
        formulation = try ScheduleFormulation(
            columns, candidates: candidates, problem: problem, level: .recompute, relaxed: true)
        solution = try solver.solveRelaxation(
            formulation.model,
            options: LPOptions(
                timeLimitSeconds: control.timeLimitSeconds.map { _ in control.remainingSeconds },
                certifies: certifies && columns.columns.count <= Self.certifiableColumns,
                isCancelled: { control.isCancelled }))
        guard solution.rowDuals.count == formulation.model.rows.count else { return nil }
    }

    /// The duals as prices, lowered until no column costs less than what it delivers.
    func prices(_ columns: CandidateColumns) -> SearchPrices {
        var prices = SearchPrices(columns: columns)
        for (op, row) in formulation.coverRows.enumerated() { prices.op[op] = solution.rowDuals[row.index] }
        let last = formulation.lastHandOffRow.map { solution.rowDuals[$0.index] } ?? 0
        for (number, row) in formulation.handOffRows {
            prices.handOver[number] = solution.rowDuals[row.index] + (columns.canEnd(number) ? last : 0)
        }
        prices.makeFeasible(columns)
        return prices
    }
}
