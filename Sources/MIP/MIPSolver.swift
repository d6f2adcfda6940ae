/// A solver for mixed-integer and linear programs.
///
/// Every call blocks until it is done; what a solver needs of threads is its own affair.
public protocol MIPSolver: Sendable {
    /// Name and version, for logs and reports.
    var name: String { get }

    /// Searches for the best feasible point of a model.
    ///
    /// Running out of a limit is not an error; see ``MIPResult/termination``.
    ///
    /// - Parameters:
    ///   - model: columns, rows and an objective to minimize or maximize.
    ///   - options: limits, the point to start from, rows that are checked lazily.
    ///   - onEvent: called on the solver's thread; must be quick.
    /// - Throws: ``MIPSolverError``, and whatever ``MIPOptions/lazyRows`` throws.
    func solve(
        _ model: MIPModel, options: MIPOptions, onEvent: @escaping @Sendable (MIPEvent) -> Void
    ) throws -> MIPResult

    /// Solves the model's linear relaxation: integral columns may take any value within their bounds.
    ///
    /// - Throws: ``MIPSolverError``.
    func solveRelaxation(_ model: MIPModel, options: LPOptions) throws -> LPResult

    /// Opens the model's linear relaxation for solving, extending and solving again.
    ///
    /// - Throws: ``MIPSolverError``.
    func makeIncrementalLP(_ model: MIPModel) throws -> any IncrementalLP
}

extension MIPSolver {
    /// Searches for the best feasible point of a model without telling of its progress.
    ///
    /// - Throws: ``MIPSolverError``, and whatever ``MIPOptions/lazyRows`` throws.
    public func solve(_ model: MIPModel, options: MIPOptions = MIPOptions()) throws -> MIPResult {
        try solve(model, options: options) { _ in }
    }

    /// Solves the model's linear relaxation without limits.
    ///
    /// - Throws: ``MIPSolverError``.
    public func solveRelaxation(_ model: MIPModel) throws -> LPResult {
        try solveRelaxation(model, options: LPOptions())
    }
}

/// A linear program that grows between solutions, each starting from the last one's basis: column and row generation.
///
/// Not safe to share between threads.
public protocol IncrementalLP: AnyObject {
    /// The model with everything added so far.
    var model: MIPModel { get }

    /// Appends a column with its coefficients in existing rows.
    ///
    /// - Throws: ``MIPModelError``; nothing is added then.
    @discardableResult
    func addColumn(_ column: Column, entries: [Entry]) throws(MIPModelError) -> ColumnID

    /// Appends a row.
    ///
    /// - Throws: ``MIPModelError``; nothing is added then.
    @discardableResult
    func addRow(_ row: Row) throws(MIPModelError) -> RowID

    /// Replaces a column's bounds.
    ///
    /// - Throws: ``MIPModelError``; nothing changes then.
    func setBounds(of column: ColumnID, to bounds: Bounds) throws(MIPModelError)

    /// Solves what there is now.
    ///
    /// - Throws: ``MIPSolverError``.
    func solve(_ options: LPOptions) throws -> LPResult
}

extension IncrementalLP {
    /// Solves what there is now without limits.
    ///
    /// - Throws: ``MIPSolverError``.
    public func solve() throws -> LPResult { try solve(LPOptions()) }
}
