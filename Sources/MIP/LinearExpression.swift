/// A coefficient times a column.
public struct Term: Sendable, Hashable {
    /// The column.
    public let column: ColumnID
    /// Its coefficient.
    public let coefficient: Double

    /// Creates a term.
    @inlinable public init(_ coefficient: Double, _ column: ColumnID) {
        self.column = column
        self.coefficient = coefficient
    }
}

/// A coefficient of a column in a row, seen from the column.
public struct Entry: Sendable, Hashable {
    /// The row.
    public let row: RowID
    /// The column's coefficient there.
    public let coefficient: Double

    /// Creates an entry.
    @inlinable public init(_ coefficient: Double, in row: RowID) {
        self.row = row
        self.coefficient = coefficient
    }
}

/// A sum of terms and a constant, for writing rows as formulas; a column may occur more than once.
public struct LinearExpression: Sendable, Hashable {
    /// The terms as they were added.
    public var terms: [Term]
    /// The constant.
    public var constant: Double

    /// Creates an expression.
    public init(_ terms: [Term] = [], constant: Double = 0) {
        self.terms = terms
        self.constant = constant
    }

    /// The sum of `columns`.
    public init(sum columns: some Sequence<ColumnID>) {
        self.init(columns.map { Term(1, $0) })
    }

    /// The expression's value where `point[c]` is the value of the column with index c.
    public func value(at point: [Double]) -> Double {
        terms.reduce(constant) { $0 + $1.coefficient * point[$1.column.index] }
    }

    /// Adds a term.
    public static func += (expression: inout LinearExpression, term: Term) { expression.terms.append(term) }

    /// Adds another expression.
    public static func += (expression: inout LinearExpression, other: LinearExpression) {
        expression.terms += other.terms
        expression.constant += other.constant
    }

    /// The sum of two expressions.
    public static func + (left: LinearExpression, right: LinearExpression) -> LinearExpression {
        LinearExpression(left.terms + right.terms, constant: left.constant + right.constant)
    }

    /// The difference of two expressions.
    public static func - (left: LinearExpression, right: LinearExpression) -> LinearExpression { left + -1 * right }

    /// A multiple of an expression.
    public static func * (factor: Double, expression: LinearExpression) -> LinearExpression {
        LinearExpression(
            expression.terms.map { Term(factor * $0.coefficient, $0.column) }, constant: factor * expression.constant)
    }
}

extension ColumnID {
    /// A multiple of a column.
    public static func * (factor: Double, column: ColumnID) -> LinearExpression {
        LinearExpression([Term(factor, column)])
    }
}
