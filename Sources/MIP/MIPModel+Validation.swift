extension MIPModel {
    /// The row as it would enter the model: terms of one column summed, zeros dropped.
    ///
    /// - Throws: ``MIPModelError`` if a number is not valid or a column does not exist.
    public func validated(_ row: Row) throws(MIPModelError) -> Row {
        try Self.check(row.bounds, "row \(row.name)")
        var ascending = true
        var hasZero = false
        var previous = -1
        for term in row.terms {
            let index = term.column.index
            if index < 0 || index >= columns.count {
                throw .unknownColumn(index: index, count: columns.count, place: "row \(row.name)")
            }
            // Written so that NaN fails; the message is built only then.
            if !(term.coefficient.magnitude <= Self.largestMagnitude) {
                throw .badNumber(
                    value: "\(term.coefficient)", place: "row \(row.name), column \(columns[index].name)")
            }
            ascending = ascending && index > previous
            hasZero = hasZero || term.coefficient == 0
            previous = index
        }
        if ascending && !hasZero { return row }
        var result = row
        result.terms = Self.merged(row.terms.sorted { $0.column < $1.column })
        for term in result.terms where term.coefficient.magnitude > Self.largestMagnitude {
            throw .badNumber(
                value: "\(term.coefficient)",
                place: "row \(row.name), column \(columns[term.column.index].name), summed")
        }
        return result
    }

    func validated(_ entries: [Entry], of name: String) throws(MIPModelError) -> [Entry] {
        for entry in entries {
            guard rows.indices.contains(entry.row.index) else {
                throw .unknownRow(index: entry.row.index, count: rows.count, place: "column \(name)")
            }
            if !(entry.coefficient.magnitude <= Self.largestMagnitude) {
                throw .badNumber(
                    value: "\(entry.coefficient)", place: "column \(name), row \(rows[entry.row.index].name)")
            }
        }
        let ascending = zip(entries, entries.dropFirst()).allSatisfy { $0.row < $1.row }
        if ascending && !entries.contains(where: { $0.coefficient == 0 }) { return entries }
        // A row seen as a column: the same merging serves both.
        let terms = entries.map { Term($0.coefficient, ColumnID($0.row.index)) }.sorted { $0.column < $1.column }
        let merged = Self.merged(terms).map { Entry($0.coefficient, in: RowID($0.column.index)) }
        for entry in merged where entry.coefficient.magnitude > Self.largestMagnitude {
            throw .badNumber(
                value: "\(entry.coefficient)", place: "column \(name), row \(rows[entry.row.index].name), summed")
        }
        return merged
    }

    /// Sums neighbours of one column and drops zeros.
    private static func merged(_ sorted: [Term]) -> [Term] {
        var result: [Term] = []
        for term in sorted {
            if let last = result.last, last.column == term.column {
                result[result.count - 1] = Term(last.coefficient + term.coefficient, term.column)
            } else {
                result.append(term)
            }
        }
        return result.filter { $0.coefficient != 0 }
    }

    static func validated(_ column: Column) throws(MIPModelError) -> Column {
        try check(column.objective, "objective of column \(column.name)")
        try check(column.bounds, "column \(column.name)")
        guard column.integrality == .binary else { return column }
        var result = column
        let lower = max(0, column.bounds.lower)
        let upper = min(1, column.bounds.upper)
        if lower > upper { throw .crossedBounds(place: "column \(column.name)", lower: lower, upper: upper) }
        result.bounds = Bounds(lower: lower, upper: upper)
        return result
    }

    func check(_ column: ColumnID, _ place: String) throws(MIPModelError) {
        guard columns.indices.contains(column.index) else {
            throw .unknownColumn(index: column.index, count: columns.count, place: place)
        }
    }

    static func check(_ number: Double, _ place: @autoclosure () -> String) throws(MIPModelError) {
        // Written so that NaN fails.
        guard number.magnitude <= largestMagnitude else { throw .badNumber(value: "\(number)", place: place()) }
    }

    static func check(_ bounds: Bounds, _ place: @autoclosure () -> String) throws(MIPModelError) {
        if bounds.lower != -.infinity && !(bounds.lower.magnitude <= largestMagnitude) {
            throw .badNumber(value: "\(bounds.lower)", place: place() + ", lower bound")
        }
        if bounds.upper != .infinity && !(bounds.upper.magnitude <= largestMagnitude) {
            throw .badNumber(value: "\(bounds.upper)", place: place() + ", upper bound")
        }
        guard bounds.lower <= bounds.upper else {
            throw .crossedBounds(place: place(), lower: bounds.lower, upper: bounds.upper)
        }
    }
}
