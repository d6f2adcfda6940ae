import Foundation
import MIP
import Synchronization

/// What looking for cuts came to.
package struct CutSummary: Sendable, Hashable, CustomStringConvertible {
    /// Rows that the linear relaxation broke: a step that reads a tensor needs one that evicts it.
    package var supplyCuts: Int
    /// Rows C2' that it broke: an op first runs without a tensor, or an earlier step evicts it.
    package var reachRows = 0
    /// Rows that forbid steps which wait for each other.
    package var orderCuts: Int
    /// The optimum of the program with all such rows, which is that of the program as exported; nil when it was not
    /// proven, so that rows may be missing.
    package var optimum: Double?

    /// One sentence.
    package var description: String {
        let found = "order cuts: \(orderCuts), reach rows: \(reachRows), supply cuts: \(supplyCuts)"
        if let optimum { return found + String(format: "; with them the optimum is %.12g", optimum) }
        return found + "; the search for them did not end, there may be more"
    }
}

extension ProgramExport {
    /// Solves the program and adds the cuts that it took.
    ///
    /// Supply cuts and the rows C2' spare a solver work: the former hold for every integer point of the program, the
    /// latter for every schedule. Order cuts hold for every schedule, and those that branch and bound met suffice: each
    /// point that costs less than the optimum was cut off by them or by a bound that follows from the rows in the file.
    /// So the optimum of the file is that of the problem over the candidates, although another solver may reach it at a
    /// point that cannot be ordered. What is seen most in such points is forbidden beforehand: a step that takes over
    /// what only it leaves.
    ///
    /// - Throws: `MIPSolverError`.
    package mutating func addCuts(solver: any MIPSolver, control: SolveControl) throws {
        let budget = Budget(control)
        let supplyCuts = try formulation.tighten(solver, budget: budget).cuts
        let reachRows = formulation.reachRows.count
        let begins = formulation.beginRows()
        for row in begins { try formulation.add(row, .orderCut) }
        let decoder = ScheduleDecoder(formulation)
        let found = Mutex<[Row]>([])
        let allExact = Atomic(true)
        var options = MIPOptions()
        options.timeLimitSeconds = budget.solverSeconds()
        options.isCancelled = { control.isCancelled }
        options.initialPoint = start
        options.lazyRows = { point in
            guard let cut = decoder.cut(at: point) else { return [] }
            if cut.isExact {
                found.withLock { if !$0.contains(cut.row) { $0.append(cut.row) } }
            } else {
                allExact.store(false, ordering: .relaxed)
            }
            return [cut.row]
        }
        let solution = try solver.solve(formulation.model, options: options)
        let rows = found.withLock { $0 }
        for row in rows { try formulation.add(row, .orderCut) }
        if let incumbent = solution.incumbent { start = incumbent.point }
        let isProven = solution.termination == .optimal && allExact.load(ordering: .relaxed)
        cuts = CutSummary(
            supplyCuts: supplyCuts, reachRows: reachRows, orderCuts: begins.count + rows.count,
            optimum: isProven ? solution.incumbent?.objective : nil)
    }
}
