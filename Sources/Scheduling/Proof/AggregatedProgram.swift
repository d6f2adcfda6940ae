import MIP
import TensorGraph

/// An integer program over listed steps in which interchangeable ops are told apart by nothing: a lower bound where a
/// program with a column for each choice of them has too many.
///
/// One column stands for all steps that differ in interchangeable ops only; its value is how many of them a schedule
/// has. The rows are those of the master, which every schedule satisfies (``DualPrices``), summed up over the ops of a
/// class. So a schedule of listed steps is a point of the program, and costs no less than its optimum. The order of
/// steps is left out, and with it nothing that a lower bound needs.
struct AggregatedProgram {
    private let problem: Problem
    private let rows: [MasterRow]
    private let solver: any MIPSolver

    /// - Parameter rows: of the master that priced the steps.
    init(_ problem: Problem, rows: [MasterRow], solver: any MIPSolver) {
        self.problem = problem
        self.rows = rows
        self.solver = solver
    }

    /// True when some row is about more than one op: without, other programs say as much, and find schedules too.
    var isWorthwhile: Bool {
        rows.contains { row in
            if case .first(let ops) = row { ops.count > 1 } else { false }
        }
    }

    /// No schedule of these steps costs less, in units of time; nil when nothing is known, because time is up or the
    /// solver fails.
    ///
    /// - Parameter columns: all steps that a schedule below some cutoff can have; the bound holds up to that cutoff.
    func bound(_ columns: [PricedColumn], budget: Budget) throws -> Double? {
        let columns = columns.map { MasterColumn($0, problem: problem) }
        var model = MIPModel(name: "aggregated")
        for (number, column) in columns.enumerated() {
            try model.addColumn(
                Column(
                    "x\(number)", Bounds(lower: 0, upper: .infinity), objective: column.lowerBound,
                    integrality: .integer))
        }
        for row in rows { try model.addRow(row.modelRow(columns)) }
        var options = MIPOptions()
        options.timeLimitSeconds = budget.solverSeconds()
        options.isCancelled = { budget.isCancelled }
        let result: MIPResult
        do {
            result = try solver.solve(model, options: options) { _ in }
        } catch is MIPSolverError {
            return nil
        }
        switch result.termination {
        case .optimal, .feasible, .noSolution: return result.dualBound.isFinite ? result.dualBound : nil
        case .infeasible, .unbounded: return nil
        }
    }
}
