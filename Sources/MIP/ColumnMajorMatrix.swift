/// A model's coefficients grouped by column, a snapshot.
public struct ColumnMajorMatrix: Sendable {
    /// Where each column's entries start, and one past the last entry: column c has `starts[c] ..< starts[c + 1]`.
    public let starts: [Int]
    /// The row index of each entry, ascending within a column.
    public let rows: [Int32]
    /// The coefficient of each entry.
    public let coefficients: [Double]

    /// Regroups the rows of `model` from column `firstColumn` on; earlier columns are left out and get no place.
    ///
    /// - Complexity: O(*n* + *z*) in the columns and nonzeros of the model.
    public init(_ model: MIPModel, from firstColumn: Int = 0) {
        let count = max(0, model.columns.count - firstColumn)
        var starts = [Int](repeating: 0, count: count + 1)
        for row in model.rows {
            for term in row.terms where term.column.index >= firstColumn {
                starts[term.column.index - firstColumn + 1] += 1
            }
        }
        for column in 0..<count { starts[column + 1] += starts[column] }
        var next = starts
        var rows = [Int32](repeating: 0, count: starts[count])
        var coefficients = [Double](repeating: 0, count: starts[count])
        for (rowIndex, row) in model.rows.enumerated() {
            for term in row.terms where term.column.index >= firstColumn {
                let column = term.column.index - firstColumn
                rows[next[column]] = Int32(rowIndex)
                coefficients[next[column]] = term.coefficient
                next[column] += 1
            }
        }
        self.starts = starts
        self.rows = rows
        self.coefficients = coefficients
    }
}
