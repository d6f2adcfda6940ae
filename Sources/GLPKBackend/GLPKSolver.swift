import CGLPK
import Logging
import MIP

/// GLPK (GNU Linear Programming Kit) as a `MIPSolver`: simplex, branch and cut.
///
/// Every solution runs on a thread of its own, with its own GLPK environment; several at once are fine. Standard output
/// stays clean: what GLPK prints goes to the logger. An assertion that fails inside GLPK ends the solution with
/// `MIPSolverError.solverFailure`, not the process.
public struct GLPKSolver: MIPSolver {
    /// Name and version of the library.
    public let name: String
    private let logger: Logger?

    /// Creates a solver; at level `debug` the logger gets everything that GLPK prints, else errors only.
    public init(logger: Logger? = nil) {
        self.logger = logger
        name = "GLPK \(glp_version().map { String(cString: $0) } ?? "")"
    }

    /// Searches for the best feasible point with branch and cut; see `MIPSolver`.
    public func solve(
        _ model: MIPModel, options: MIPOptions, onEvent: @escaping @Sendable (MIPEvent) -> Void
    ) throws -> MIPResult {
        try options.validate(for: model)
        let level = TerminalLog.messageLevel(for: logger)
        return try SolverThread.runOnce(name: "GLPK", logger: logger) {
            var search = try MIPSearch(model, options, messageLevel: level, onEvent: onEvent)
            return try search.run()
        }
    }

    /// Solves the linear relaxation with the dual simplex; see `MIPSolver`.
    public func solveRelaxation(_ model: MIPModel, options: LPOptions) throws -> LPResult {
        let level = TerminalLog.messageLevel(for: logger)
        return try SolverThread.runOnce(name: "GLPK", logger: logger) {
            var relaxation = try Relaxation(model, messageLevel: level)
            return try relaxation.solve(model, changedBounds: [], options)
        }
    }

    /// Opens the linear relaxation: after new columns the primal simplex goes on from the old basis, after new rows the
    /// dual.
    public func makeIncrementalLP(_ model: MIPModel) throws -> any IncrementalLP {
        try GLPKIncrementalLP(model, logger: logger)
    }
}
