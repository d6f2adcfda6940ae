import MIP

/// A solver that does what a test tells it to: what real ones rarely do, such as to fail, to lie or never to end.
///
/// Whatever the script leaves out is done by another solver.
public struct ScriptedMIPSolver: MIPSolver {
    /// Answers for a mixed-integer program; nil passes it on.
    public typealias Solve =
        @Sendable (MIPModel, MIPOptions, _ onEvent: @Sendable (MIPEvent) -> Void) throws -> MIPResult?
    /// Answers for a linear program, given the true answer.
    public typealias Relax = @Sendable (MIPModel, LPResult) throws -> LPResult

    /// What it is.
    public let name = "scripted"
    private let other: any MIPSolver
    private let script: Solve
    private let relaxationScript: Relax

    /// Creates a solver.
    ///
    /// - Parameters:
    ///   - other: solves what the script does not.
    ///   - solve: the script for mixed-integer programs.
    ///   - relax: the script for linear programs.
    public init(
        over other: any MIPSolver, solve: @escaping Solve = { _, _, _ in nil },
        relax: @escaping Relax = { _, result in result }
    ) {
        self.other = other
        script = solve
        relaxationScript = relax
    }

    /// Follows the script.
    public func solve(
        _ model: MIPModel, options: MIPOptions, onEvent: @escaping @Sendable (MIPEvent) -> Void
    ) throws -> MIPResult {
        try script(model, options, onEvent) ?? other.solve(model, options: options, onEvent: onEvent)
    }

    /// Follows the script.
    public func solveRelaxation(_ model: MIPModel, options: LPOptions) throws -> LPResult {
        try relaxationScript(model, other.solveRelaxation(model, options: options))
    }

    /// Follows the script at each solution.
    public func makeIncrementalLP(_ model: MIPModel) throws -> any IncrementalLP {
        ScriptedLP(try other.makeIncrementalLP(model), relaxationScript)
    }
}

/// A linear program whose answers a script changes.
private final class ScriptedLP: IncrementalLP {
    private let other: any IncrementalLP
    private let script: ScriptedMIPSolver.Relax

    init(_ other: any IncrementalLP, _ script: @escaping ScriptedMIPSolver.Relax) {
        self.other = other
        self.script = script
    }

    var model: MIPModel { other.model }

    func addColumn(_ column: Column, entries: [Entry]) throws(MIPModelError) -> ColumnID {
        try other.addColumn(column, entries: entries)
    }

    func addRow(_ row: Row) throws(MIPModelError) -> RowID { try other.addRow(row) }

    func setBounds(of column: ColumnID, to bounds: Bounds) throws(MIPModelError) {
        try other.setBounds(of: column, to: bounds)
    }

    func solve(_ options: LPOptions) throws -> LPResult { try script(other.model, other.solve(options)) }
}
