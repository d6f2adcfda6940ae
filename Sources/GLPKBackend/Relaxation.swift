import CGLPK
import MIP

/// Solving a linear relaxation, once or again and again.
struct Relaxation: ~Copyable {
    private(set) var problem: GLPKProblem
    private let messageLevel: Int32
    private var isSolved = false

    init(_ model: MIPModel, messageLevel: Int32) throws(MIPSolverError) {
        problem = try GLPKProblem.load(model, keepsIntegrality: false)
        problem.scale()
        self.messageLevel = messageLevel
    }

    /// Takes over what the model has gained since the last call, then solves from the last basis.
    mutating func solve(
        _ model: MIPModel, changedBounds: [ColumnID], _ options: LPOptions
    ) throws(MIPSolverError) -> LPResult {
        if let limit = options.timeLimitSeconds, !(limit >= 0) { throw .invalidOption("time limit \(limit) s") }
        let deadline = Deadline(limitSeconds: options.timeLimitSeconds)
        let gainsColumns = model.columns.count > problem.columnCount
        try problem.append(model)
        for column in changedBounds { problem.setBounds(ofColumn: column.index, model.columns[column.index].bounds) }
        let iterationsBefore = problem.iterations
        var outcome = try problem.solveSimplex(
            isSolved && gainsColumns ? .primal : .dual, deadline: deadline, messageLevel: messageLevel,
            isCancelled: options.isCancelled)
        if case .stopped = outcome.termination {} else { isSolved = true }
        if options.certifies, outcome.termination == .optimal || outcome.termination == .infeasible {
            if let exact = try problem.solveExactly(deadline: deadline, messageLevel: messageLevel) {
                outcome = exact
            } else {
                // The basis is still there, the solution is not.
                outcome = try problem.solveSimplex(
                    .primal, deadline: Deadline(limitSeconds: nil), messageLevel: messageLevel, isCancelled: nil)
            }
        }
        return try result(
            of: outcome, model, iterations: problem.iterations - iterationsBefore, seconds: deadline.seconds)
    }

    private func result(
        of outcome: SimplexOutcome, _ model: MIPModel, iterations: Int, seconds: Double
    ) throws(MIPSolverError) -> LPResult {
        let sign = model.sense.sign
        switch outcome.termination {
        case .optimal, .stopped:
            let isOptimal = outcome.termination == .optimal
            let duals = problem.rowDuals
            let proof = try LagrangianBound(checked: duals, in: model)
            return LPResult(
                termination: outcome.termination, objective: isOptimal ? problem.objective : nil,
                point: isOptimal ? problem.columnValues : [], reducedCosts: isOptimal ? proof.reducedCosts : [],
                rowDuals: duals, dualBound: proof.value, isCertified: outcome.isCertified, iterations: iterations,
                seconds: seconds, rawStatus: outcome.raw)
        case .infeasible, .unbounded:
            let bound: Double = outcome.termination == .infeasible ? .infinity : -.infinity
            return LPResult(
                termination: outcome.termination, objective: nil, point: [], reducedCosts: [], rowDuals: [],
                dualBound: sign * bound, isCertified: outcome.isCertified, iterations: iterations, seconds: seconds,
                rawStatus: outcome.raw)
        }
    }
}

extension LagrangianBound {
    /// The bound of duals that a solver computed, one per row by construction.
    init(checked duals: [Double], in model: MIPModel) throws(MIPSolverError) {
        do throws(MIPModelError) {
            try self.init(rowDuals: duals, in: model)
        } catch {
            throw .invalidModel(error)
        }
    }
}
