import CGLPK
import GLPKShims
import MIP

/// An owned GLPK problem, filled from a ``MIPModel`` whose indices it keeps (GLPK counts from 1).
///
/// Lives and dies on one ``SolverThread``. The model has validated its numbers and indices; this type sees to what GLPK
/// demands besides: equal bounds are declared fixed, integral columns have integral bounds, there is at least one row
/// and one column. Names never reach GLPK.
struct GLPKProblem: ~Copyable {
    let handle: OpaquePointer
    /// Columns and rows of the model loaded so far.
    private(set) var columnCount = 0
    private(set) var rowCount = 0
    private let keepsIntegrality: Bool

    private init(owning handle: OpaquePointer, keepsIntegrality: Bool) {
        self.handle = handle
        self.keepsIntegrality = keepsIntegrality
    }

    /// A problem with the content of a model; without integrality it is the model's linear relaxation.
    ///
    /// - Throws: ``MIPSolverError/invalidModel(_:)`` if an integral column has no integer between its bounds (and
    ///   integrality is kept): such a model is infeasible, which the caller has to find first.
    static func load(_ model: MIPModel, keepsIntegrality: Bool) throws(MIPSolverError) -> GLPKProblem {
        guard let handle = glp_create_prob() else {
            throw .solverFailure(call: "glp_create_prob", code: 0, meaning: "no problem")
        }
        var problem = GLPKProblem(owning: handle, keepsIntegrality: keepsIntegrality)
        glp_set_obj_dir(handle, model.sense == .minimise ? GLP_MIN : GLP_MAX)
        glp_set_obj_coef(handle, 0, model.objectiveConstant)
        try problem.append(model)
        // GLPK treats problems without rows or columns as errors here and there: a free row and a column fixed at zero,
        // both empty, stand in until the model has some.
        if model.rows.isEmpty { setBounds(ofRow: glp_add_rows(handle, 1), .free, in: handle) }
        if model.columns.isEmpty { problem.setBounds(ofColumn: Int(glp_add_cols(handle, 1)) - 1, .equal(0)) }
        return problem
    }

    deinit {
        // After GLPK has given up, its environment is freed as a whole.
        if guard_environment_is_lost() == 0 { glp_delete_prob(handle) }
    }

    /// Loads the columns and rows that the model has more than last time.
    ///
    /// - Throws: ``MIPSolverError/invalidModel(_:)`` for an integral column without an integer between its bounds.
    mutating func append(_ model: MIPModel) throws(MIPSolverError) {
        for (index, column) in model.columns.enumerated().dropFirst(columnCount) { _ = try bounds(of: column, index) }
        let newColumns = model.columns.count - columnCount
        let newRows = model.rows.count - rowCount
        if newColumns > 0 {
            // A stand-in column would sit where the model's next one belongs.
            if columnCount == 0 && glp_get_num_cols(handle) > 0 { glp_del_cols(handle, 1, [0, 1]) }
            _ = glp_add_cols(handle, Int32(newColumns))
            for index in columnCount..<model.columns.count { try setColumn(index, model.columns[index]) }
            if rowCount > 0 { loadColumns(of: model) }
        }
        if newRows > 0 {
            if rowCount == 0 && glp_get_num_rows(handle) > 0 { glp_del_rows(handle, 1, [0, 1]) }
            _ = glp_add_rows(handle, Int32(newRows))
            var buffer = RowBuffer()
            for index in rowCount..<model.rows.count {
                let row = model.rows[index]
                Self.setBounds(ofRow: Int32(index + 1), row.bounds, in: handle)
                buffer.load(row.terms) { Int32($0.index + 1) }
                buffer.set(row: Int32(index + 1), in: handle)
            }
        }
        columnCount = model.columns.count
        rowCount = model.rows.count
    }

    private func setColumn(_ index: Int, _ column: Column) throws(MIPSolverError) {
        let position = Int32(index + 1)
        if keepsIntegrality && column.integrality.isIntegral { glp_set_col_kind(handle, position, GLP_IV) }
        setBounds(ofColumn: index, try bounds(of: column, index))
        glp_set_obj_coef(handle, position, column.objective)
    }

    private func bounds(of column: Column, _ index: Int) throws(MIPSolverError) -> Bounds {
        guard keepsIntegrality && column.integrality.isIntegral else { return column.bounds }
        guard let bounds = column.integralBounds else {
            throw .invalidModel(
                .crossedBounds(
                    place: "integers of column \(column.name)", lower: column.bounds.lower, upper: column.bounds.upper))
        }
        return bounds
    }

    /// The new columns' coefficients in old rows; those in new rows come with the rows.
    private func loadColumns(of model: MIPModel) {
        let matrix = ColumnMajorMatrix(model, from: columnCount)
        var buffer = RowBuffer()
        for index in columnCount..<model.columns.count {
            let range = matrix.starts[index - columnCount]..<matrix.starts[index - columnCount + 1]
            buffer.removeAll()
            for entry in range where Int(matrix.rows[entry]) < rowCount {
                buffer.append(matrix.rows[entry] + 1, matrix.coefficients[entry])
            }
            glp_set_mat_col(handle, Int32(index + 1), buffer.count, buffer.indices, buffer.values)
        }
    }

    /// Replaces the bounds of a column by its zero-based index.
    func setBounds(ofColumn index: Int, _ bounds: Bounds) {
        let (type, lower, upper) = Self.type(of: bounds)
        glp_set_col_bnds(handle, Int32(index + 1), type, lower, upper)
    }

    static func setBounds(ofRow position: Int32, _ bounds: Bounds, in handle: OpaquePointer?) {
        let (type, lower, upper) = type(of: bounds)
        glp_set_row_bnds(handle, position, type, lower, upper)
    }

    private static func type(of bounds: Bounds) -> (Int32, Double, Double) {
        switch (bounds.lower, bounds.upper) {
        case (-.infinity, .infinity): (GLP_FR, 0, 0)
        case (let lower, .infinity): (GLP_LO, lower, 0)
        case (-.infinity, let upper): (GLP_UP, 0, upper)
        case (let lower, let upper): (lower == upper ? GLP_FX : GLP_DB, lower, upper)
        }
    }

    /// Deletes columns by their ascending zero-based indices; the others close ranks and the model is no longer in
    /// step.
    func deleteColumns(_ indices: [Int]) {
        guard !indices.isEmpty && indices.count < Int(glp_get_num_cols(handle)) else { return }
        glp_del_cols(handle, Int32(indices.count), [0] + indices.map { Int32($0 + 1) })
    }
}

extension Column {
    /// The bounds rounded to integers; nil if no integer lies between them.
    var integralBounds: Bounds? {
        let lower = bounds.lower.rounded(.up)
        let upper = bounds.upper.rounded(.down)
        return lower <= upper ? Bounds(lower: lower, upper: upper) : nil
    }
}

/// Index and value arrays as GLPK takes them, with a place 0 that it skips.
struct RowBuffer {
    private(set) var indices: [Int32] = [0]
    private(set) var values: [Double] = [0]
    var count: Int32 { Int32(indices.count - 1) }

    mutating func removeAll() {
        indices.removeLast(indices.count - 1)
        values.removeLast(values.count - 1)
    }

    mutating func append(_ index: Int32, _ value: Double) {
        indices.append(index)
        values.append(value)
    }

    /// Replaces the content by terms; those whose column has no position are left out.
    mutating func load(_ terms: [Term], position: (ColumnID) -> Int32?) {
        removeAll()
        for term in terms { if let index = position(term.column) { append(index, term.coefficient) } }
    }

    func set(row: Int32, in handle: OpaquePointer?) { glp_set_mat_row(handle, row, count, indices, values) }
}
