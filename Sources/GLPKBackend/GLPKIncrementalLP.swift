import Logging
import MIP

/// An ``IncrementalLP`` whose problem lives on a thread of its own until the object is released.
final class GLPKIncrementalLP: IncrementalLP {
    private(set) var model: MIPModel
    private var changedBounds: [ColumnID] = []
    private let thread: SolverThread
    private let session: Session

    /// Touched on the solver's thread only.
    private final class Session: @unchecked Sendable {
        private var relaxation: Relaxation?

        func open(_ model: MIPModel, messageLevel: Int32) throws(MIPSolverError) {
            relaxation = try Relaxation(model, messageLevel: messageLevel)
        }

        func close() { relaxation = nil }

        func solve(_ model: MIPModel, _ changedBounds: [ColumnID], _ options: LPOptions) throws -> LPResult {
            guard let result = try relaxation?.solve(model, changedBounds: changedBounds, options) else {
                throw MIPSolverError.solverFailure(call: "solve", code: 0, meaning: "the problem is closed")
            }
            return result
        }
    }

    init(_ model: MIPModel, logger: Logger?) throws {
        self.model = model
        let session = Session()
        self.session = session
        thread = SolverThread(name: "GLPK", logger: logger)
        try thread.run { try session.open(model, messageLevel: TerminalLog.messageLevel(for: logger)) }
    }

    deinit { thread.finish { [session] in session.close() } }

    func addColumn(_ column: Column, entries: [Entry]) throws(MIPModelError) -> ColumnID {
        try model.addColumn(column, entries: entries)
    }

    func addRow(_ row: Row) throws(MIPModelError) -> RowID { try model.addRow(row) }

    func setBounds(of column: ColumnID, to bounds: Bounds) throws(MIPModelError) {
        try model.setBounds(of: column, to: bounds)
        changedBounds.append(column)
    }

    func solve(_ options: LPOptions) throws -> LPResult {
        let (model, changed, session) = (model, changedBounds, session)
        let result = try thread.run { try session.solve(model, changed, options) }
        changedBounds = []
        return result
    }
}
