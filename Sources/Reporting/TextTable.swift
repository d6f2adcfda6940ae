/// A cell of a table and the head of its column.
package struct Column {
    let title: String
    let value: String
    let align: Alignment

    /// The side on which the texts of a column end.
    package enum Alignment {
        case left, right
    }

    package init(title: String, value: some CustomStringConvertible, align: Alignment = .left) {
        self.title = title
        self.value = value.description
        self.align = align
    }
}

/// A table for people: a head, a line below it, and a line for each row.
package enum TextTable {
    /// The table; every line ends in a newline and none in a space. Empty without rows.
    ///
    /// - Parameters:
    ///   - rows: what the lines are about.
    ///   - columns: the cells of a row, always as many.
    package static func text<Row>(_ rows: [Row], _ columns: (Row) -> [Column]) -> String {
        text(rows, fitting: nil, columns) ?? ""
    }

    /// The first of some ways to write rows that fits into a width, else the last.
    ///
    /// - Parameters:
    ///   - width: characters of a line; nil for any number.
    ///   - ways: the widest first.
    static func text<Row>(_ rows: [Row], fitting width: Int?, ways: [(Row) -> [Column]]) -> String {
        for columns in ways.dropLast() {
            if let text = text(rows, fitting: width, columns) { return text }
        }
        return ways.last.map { text(rows, $0) } ?? ""
    }

    /// The table, or nil if it is wider than that: of a long one mostly a few rows tell.
    static func text<Row>(_ rows: [Row], fitting width: Int?, _ columns: (Row) -> [Column]) -> String? {
        guard let first = rows.first.map(columns) else { return "" }
        var widths = first.map { self.width(of: $0.title) }
        var cells: [String] = []
        cells.reserveCapacity(rows.count * widths.count)
        for row in rows {
            for (index, column) in columns(row).enumerated() {
                widths[index] = max(widths[index], self.width(of: column.value))
                cells.append(column.value)
            }
            if let width, widths.reduce(widths.count - 1, +) > width { return nil }
        }
        let layout = zip(widths, first.map(\.align)).map { (width: $0, align: $1) }
        // By bytes: a table of 50,000 steps has ten million characters.
        var bytes: [UInt8] = []
        bytes.reserveCapacity((rows.count + 2) * (widths.reduce(widths.count, +)))
        append(first.map(\.title)[...], layout, to: &bytes)
        append(widths.map { String(repeating: "-", count: $0) }[...], layout, to: &bytes)
        for start in stride(from: 0, to: cells.count, by: widths.count) {
            append(cells[start..<(start + widths.count)], layout, to: &bytes)
        }
        return String(decoding: bytes, as: UTF8.self)
    }

    private static func append(
        _ cells: ArraySlice<String>, _ layout: [(width: Int, align: Column.Alignment)], to bytes: inout [UInt8]
    ) {
        let space = UInt8(ascii: " ")
        for (index, cell) in cells.enumerated() {
            let gap = repeatElement(space, count: layout[index].width - width(of: cell))
            if layout[index].align == .right { bytes.append(contentsOf: gap) }
            bytes.append(contentsOf: cell.utf8)
            if layout[index].align == .left { bytes.append(contentsOf: gap) }
            bytes.append(space)
        }
        // Spaces behind the last column only make lines wrap in a narrow window.
        while bytes.last == space { bytes.removeLast() }
        bytes.append(UInt8(ascii: "\n"))
    }

    /// Characters of a text.
    private static func width(of text: String) -> Int {
        text.utf8.allSatisfy { $0 < 0x80 } ? text.utf8.count : text.count
    }
}
