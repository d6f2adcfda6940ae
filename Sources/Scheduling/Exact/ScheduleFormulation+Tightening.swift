import MIP

extension ScheduleFormulation {
    /// What tightening came to.
    struct Tightening {
        /// The relaxation's objective with all rows added; nil when it was not solved.
        var objective: Double?
        /// Supply cuts added.
        var supplyCuts = 0
    }

    /// Rows added at most between two solutions of the relaxation, of either kind.
    private static let rowsPerRound = 200
    /// Rounds at most.
    private static let rounds = 40

    /// Adds rows C2' and supply cuts to the program, for good, until its relaxation breaks none or gains nothing.
    ///
    /// - Throws: `MIPSolverError`.
    mutating func tighten(solver: any MIPSolver, control: SolveControl) throws -> Tightening {
        let linear = try solver.makeIncrementalLP(model)
        var result = Tightening()
        for _ in 0..<Self.rounds {
            let limit = control.timeLimitSeconds.map { _ in control.remainingSeconds * 0.2 }
            let solution = try linear.solve(LPOptions(timeLimitSeconds: limit, isCancelled: { control.isCancelled }))
            guard solution.termination == .optimal, let objective = solution.objective else { break }
            let last = result.objective
            result.objective = objective
            if let last, objective <= last + 1e-7 * abs(last) { break }
            let reach = reachRows(at: solution.point, limit: Self.rowsPerRound)
            let cuts = supplyCuts(at: solution.point, limit: Self.rowsPerRound)
            guard !reach.isEmpty || !cuts.isEmpty else { break }
            for row in try add(reach) { try linear.addRow(row) }
            for cut in cuts {
                try linear.addRow(cut)
                try add(cut)
            }
            result.supplyCuts += cuts.count
        }
        return result
    }
}
