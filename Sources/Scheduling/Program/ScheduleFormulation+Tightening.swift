import MIP

extension ScheduleFormulation {
    /// Rows added at most between two solutions of the relaxation, of either kind: more slow every later solution.
    private static let rowsPerRound = 200
    /// Rounds at most.
    private static let rounds = 40
    /// Share of the time left that one round may take.
    private static let roundShare = 0.2

    /// Adds rows C2' and supply cuts to the program, for good, until its relaxation breaks none or gains nothing.
    ///
    /// - Returns: the relaxation's objective with all rows added, in units of time, nil when it was not solved; and the
    ///   number of supply cuts.
    /// - Throws: `MIPSolverError`.
    mutating func tighten(_ solver: any MIPSolver, budget: Budget) throws -> (objective: Double?, cuts: Int) {
        let linear = try solver.makeIncrementalLP(model)
        var reached: Double?
        var count = 0
        for _ in 0..<Self.rounds {
            let solution = try linear.solve(
                LPOptions(
                    timeLimitSeconds: budget.solverSeconds(share: Self.roundShare),
                    isCancelled: { budget.isCancelled }))
            guard solution.termination == .optimal, let objective = solution.objective else { break }
            let last = reached
            reached = objective
            if let last, objective <= last + Tolerance.progress * abs(last) { break }
            let reach = reachRows(at: solution.point, limit: Self.rowsPerRound)
            let cuts = supplyCuts(at: solution.point, limit: Self.rowsPerRound)
            guard !reach.isEmpty || !cuts.isEmpty else { break }
            for row in try add(reach) { try linear.addRow(row) }
            for cut in cuts {
                try linear.addRow(cut)
                try add(cut, .supplyCut)
            }
            count += cuts.count
        }
        return (reached, count)
    }
}
