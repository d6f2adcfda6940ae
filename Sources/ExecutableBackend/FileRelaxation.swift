import MIP

/// A linear relaxation solved by an executable.
struct FileRelaxation {
    let run: SolverRun
    let model: MIPModel

    /// Solves; the duals come from the file, reduced costs and bound from the duals.
    func solve(_ options: LPOptions) throws -> LPResult {
        let started = ContinuousClock.now
        var seconds: Double {
            let (seconds, attoseconds) = (ContinuousClock.now - started).components
            return Double(seconds) + Double(attoseconds) * 1e-18
        }
        let sign = model.sense.sign
        func ended(_ termination: LPTermination, _ words: String) -> LPResult {
            LPResult(
                termination: termination, objective: nil, point: [], reducedCosts: [], rowDuals: [],
                dualBound: termination == .infeasible ? sign * .infinity : -sign * .infinity, seconds: seconds,
                rawStatus: words)
        }
        if options.isCancelled?() ?? false { return ended(.stopped(.interrupted), "") }
        if let limit = options.timeLimitSeconds, limit <= 0 { return ended(.stopped(.time), "") }
        let relaxed = try relaxedModel()
        let request = SolverRequest(seconds: options.timeLimitSeconds, wantsDuals: true)
        let outcome = try run.run(relaxed, start: nil, request, isCancelled: options.isCancelled)
        guard let file = outcome.file else {
            if outcome.stopped == nil, outcome.words.contains("infeasible") { return ended(.infeasible, outcome.words) }
            return ended(.stopped(outcome.stopped ?? .time), outcome.words)
        }
        switch file.status {
        case .infeasible: return ended(.infeasible, outcome.words)
        case .unbounded: return ended(.unbounded, outcome.words)
        case .optimal: break
        default: return ended(.stopped(outcome.stopped ?? .time), outcome.words)
        }
        let point: [Double]
        do throws(MIPSolutionError) {
            point = try file.point(of: relaxed)
        } catch {
            throw MIPSolverError.solverFailure(call: run.command.program, code: 0, meaning: "\(error)")
        }
        let names = NameTable(relaxed)
        let duals = names.rows.map { (file.rowDuals[$0] ?? 0) + (file.rowDuals[$0 + ".upper"] ?? 0) }
        let bound = try LagrangianBound(rowDuals: duals, in: model)
        return LPResult(
            termination: .optimal, objective: model.objective(at: point), point: point,
            reducedCosts: bound.reducedCosts, rowDuals: duals, dualBound: bound.value, seconds: seconds,
            rawStatus: outcome.words)
    }

    private func relaxedModel() throws -> MIPModel {
        var relaxed = MIPModel(name: model.name, sense: model.sense)
        try relaxed.setObjectiveConstant(model.objectiveConstant)
        for column in model.columns {
            try relaxed.addColumn(Column(column.name, column.bounds, objective: column.objective))
        }
        for row in model.rows { try relaxed.addRow(row) }
        return relaxed
    }
}

/// An `IncrementalLP` that starts from nothing each time.
final class FileIncrementalLP: IncrementalLP {
    private(set) var model: MIPModel
    private let run: SolverRun

    init(run: SolverRun, model: MIPModel) {
        self.run = run
        self.model = model
    }

    func addColumn(_ column: Column, entries: [Entry]) throws(MIPModelError) -> ColumnID {
        try model.addColumn(column, entries: entries)
    }

    func addRow(_ row: Row) throws(MIPModelError) -> RowID { try model.addRow(row) }

    func setBounds(of column: ColumnID, to bounds: Bounds) throws(MIPModelError) {
        try model.setBounds(of: column, to: bounds)
    }

    func solve(_ options: LPOptions) throws -> LPResult {
        try FileRelaxation(run: run, model: model).solve(options)
    }
}
