import CGLPK
import MIP

/// Which columns of a model are in the search, and where: columns fixed at zero are deleted from GLPK's problem.
struct ReducedModel {
    /// The model's column of each of the search's columns.
    private(set) var columns: [Int]
    /// The search's position (from 1) of each of the model's columns, 0 if it has none.
    private(set) var positions: [Int32]
    private(set) var fixedCount = 0

    init(columnCount: Int) {
        columns = Array(0..<columnCount)
        positions = (0..<columnCount).map { Int32($0 + 1) }
    }

    /// Deletes columns fixed at zero and fixes the others; basic columns stay as they are.
    mutating func apply(_ fixing: ReducedCostFixing, to problem: borrowing GLPKProblem) {
        let fixed = fixing.fixed.filter { !problem.isBasic(column: $0.column.index) }
        var deleted = fixed.filter { $0.value == 0 }.map(\.column.index)
        // GLPK wants a column.
        if deleted.count == columns.count { deleted.removeLast() }
        let isDeleted = Set(deleted)
        for (column, value) in fixed where !isDeleted.contains(column.index) {
            problem.setBounds(ofColumn: column.index, .equal(value))
        }
        problem.deleteColumns(deleted)
        fixedCount = fixed.count
        columns.removeAll { isDeleted.contains($0) }
        positions = positions.map { _ in 0 }
        for (index, column) in columns.enumerated() { positions[column] = Int32(index + 1) }
    }

    /// The search's position of a column.
    func position(of column: ColumnID) -> Int32? {
        let position = positions[column.index]
        return position == 0 ? nil : position
    }

    /// A point of the model from values of the search's columns by their position.
    func point(_ value: (Int32) -> Double) -> [Double] {
        positions.map { $0 == 0 ? 0 : value($0) }
    }
}
