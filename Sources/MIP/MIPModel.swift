/// Which values between its bounds a column may take.
public enum Integrality: Sendable, Hashable {
    /// Every value.
    case continuous
    /// Integers.
    case integer
    /// 0 and 1; the bounds are cut down to these.
    case binary

    /// Whether only integers are allowed.
    @inlinable public var isIntegral: Bool { self != .continuous }
}

/// Whether small or large objectives are wanted.
public enum ObjectiveSense: Sendable, Hashable {
    /// The smaller the better.
    case minimise
    /// The larger the better.
    case maximise

    /// +1 for ``minimise``, -1 for ``maximise``: multiplied by it, any objective is to be minimised.
    @inlinable public var sign: Double { self == .minimise ? 1 : -1 }
}

/// A variable: its name, bounds, objective coefficient and integrality.
public struct Column: Sendable, Hashable {
    /// Any text; need not be unique. Writers make safe names of it, see ``NameTable``.
    public let name: String
    /// The values allowed.
    public internal(set) var bounds: Bounds
    /// Coefficient in the objective.
    public internal(set) var objective: Double
    /// Which of the values between the bounds are allowed.
    public let integrality: Integrality

    /// Creates a column; ``MIPModel`` validates it.
    public init(
        _ name: String, _ bounds: Bounds = .nonnegative, objective: Double = 0, integrality: Integrality = .continuous
    ) {
        self.name = name
        self.bounds = bounds
        self.objective = objective
        self.integrality = integrality
    }
}

/// A linear constraint, in a model or, as a cut, on its way there: the activity, the sum of the terms, lies within the
/// bounds.
public struct Row: Sendable, Hashable {
    /// Any text; need not be unique.
    public let name: String
    /// The activities allowed.
    public internal(set) var bounds: Bounds
    /// The terms. In a model a column occurs at most once and no coefficient is zero.
    public internal(set) var terms: [Term]

    /// Creates a row; ``MIPModel`` validates it, sums the terms of a column that occurs more than once and drops zeros.
    public init(_ name: String, _ terms: [Term], _ bounds: Bounds) {
        self.name = name
        self.bounds = bounds
        self.terms = terms
    }

    /// Creates the row that keeps an expression within bounds; its constant moves to the bounds.
    public init(_ name: String, _ expression: LinearExpression, _ bounds: Bounds) {
        self.init(name, expression.terms, bounds.shifted(by: -expression.constant))
    }

    /// The row's value where `point[c]` is the value of the column with index c.
    public func activity(at point: [Double]) -> Double {
        var sum = 0.0
        for term in terms { sum += term.coefficient * point[term.column.index] }
        return sum
    }
}

/// A mixed-integer linear program that knows no solver.
///
/// Columns and rows are only ever appended; bounds and objective coefficients may change. Every number that enters is
/// validated, so that a model that exists can be handed to a solver without further ado: coefficients are finite and of
/// magnitude at most ``largestMagnitude``, bounds may be infinite on the proper side, every index exists.
public struct MIPModel: Sendable {
    /// The largest finite number accepted: beyond it solvers take numbers for infinity or overflow.
    public static let largestMagnitude = 1e30

    /// What the model is called in files.
    public var name: String
    /// Whether the objective is minimised or maximised.
    public let sense: ObjectiveSense
    /// What is added to the objective of every point.
    public private(set) var objectiveConstant = 0.0
    /// The columns.
    public private(set) var columns: [Column] = []
    /// The rows with their terms.
    public private(set) var rows: [Row] = []
    /// The number of coefficients that are not zero.
    public private(set) var nonzeroCount = 0

    /// Creates an empty model.
    public init(name: String = "model", sense: ObjectiveSense = .minimise) {
        self.name = name
        self.sense = sense
    }

    /// Reserves room.
    public mutating func reserveCapacity(columns columnCount: Int, rows rowCount: Int) {
        columns.reserveCapacity(columnCount)
        rows.reserveCapacity(rowCount)
    }

    /// Sets what is added to every objective.
    ///
    /// - Throws: ``MIPModelError`` if it is not finite or too large.
    public mutating func setObjectiveConstant(_ constant: Double) throws(MIPModelError) {
        try Self.check(constant, "objective constant")
        objectiveConstant = constant
    }

    /// Appends a column and its coefficients in rows that exist; those of a row that occurs more than once are summed.
    ///
    /// - Throws: ``MIPModelError``; the model is then unchanged.
    /// - Complexity: O(*e* log *e*) amortized in the number of entries, O(*e*) if they are in ascending order of rows.
    @discardableResult
    public mutating func addColumn(_ column: Column, entries: [Entry] = []) throws(MIPModelError) -> ColumnID {
        let valid = try Self.validated(column)
        let merged = try validated(entries, of: column.name)
        let id = ColumnID(columns.count)
        columns.append(valid)
        for entry in merged { rows[entry.row.index].terms.append(Term(entry.coefficient, id)) }
        nonzeroCount += merged.count
        return id
    }

    /// Appends a row; coefficients of a column that occurs more than once are summed.
    ///
    /// - Throws: ``MIPModelError``; the model is then unchanged.
    /// - Complexity: O(*t* log *t*) amortized in the number of terms, O(*t*) if they are in ascending order of columns.
    @discardableResult
    public mutating func addRow(_ row: Row) throws(MIPModelError) -> RowID {
        let valid = try validated(row)
        nonzeroCount += valid.terms.count
        rows.append(valid)
        return RowID(rows.count - 1)
    }

    /// Replaces a column's bounds.
    ///
    /// - Throws: ``MIPModelError`` if the column does not exist or the bounds are not valid.
    public mutating func setBounds(of column: ColumnID, to bounds: Bounds) throws(MIPModelError) {
        try check(column, "bounds")
        var changed = columns[column.index]
        changed.bounds = bounds
        columns[column.index] = try Self.validated(changed)
    }

    /// Replaces a row's bounds.
    ///
    /// - Throws: ``MIPModelError`` if the row does not exist or the bounds are not valid.
    public mutating func setBounds(of row: RowID, to bounds: Bounds) throws(MIPModelError) {
        guard rows.indices.contains(row.index) else {
            throw .unknownRow(index: row.index, count: rows.count, place: "bounds")
        }
        try Self.check(bounds, "row \(rows[row.index].name)")
        rows[row.index].bounds = bounds
    }

    /// Replaces a column's objective coefficient.
    ///
    /// - Throws: ``MIPModelError`` if the column does not exist or the coefficient is not valid.
    public mutating func setObjective(of column: ColumnID, to coefficient: Double) throws(MIPModelError) {
        try check(column, "objective")
        try Self.check(coefficient, "objective of column \(columns[column.index].name)")
        columns[column.index].objective = coefficient
    }

    /// The objective of a point with one value per column.
    public func objective(at point: [Double]) -> Double {
        var sum = objectiveConstant
        for (column, value) in zip(columns, point) { sum += column.objective * value }
        return sum
    }

    /// Whether any column is integral.
    public var hasIntegers: Bool { columns.contains { $0.integrality.isIntegral } }

    /// Whether every feasible point has an integral objective because each column that has a cost is integral or fixed
    /// at an integer, and each cost, as well as the constant, is an integer.
    public var hasIntegralObjective: Bool {
        objectiveConstant == objectiveConstant.rounded()
            && columns.allSatisfy { column in
                column.objective == 0
                    || (column.objective == column.objective.rounded()
                        && (column.integrality.isIntegral
                            || (column.bounds.isFixed && column.bounds.lower == column.bounds.lower.rounded())))
            }
    }
}
