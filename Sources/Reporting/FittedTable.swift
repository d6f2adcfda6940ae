/// A table in the width of a terminal: the first of some ways to write its rows that fits, else the last.
struct FittedTable<Row> {
    /// A way to write the rows: one table, or several of some columns each, one below the other.
    typealias Way = [(Row) -> [Column]]

    private let rows: [Row]
    private let width: Int?

    /// - Parameter width: characters of a line, as far as that is possible; nil for any number.
    init(_ rows: [Row], width: Int?) {
        self.rows = rows
        self.width = width
    }

    /// The tables, an empty line between them; every line ends in a newline.
    ///
    /// - Parameter ways: the widest first.
    func text(_ ways: [Way]) -> String {
        TextWidth.first(
            of: ways.map { way in
                {
                    way.map { columns in TextTable.text(rows, columns) }.joined(separator: "\n")
                }
            }, fitting: width)
    }
}

/// A text of at most so many characters; of a longer one the end tells more.
func shortened(_ text: String, to length: Int) -> String {
    text.count > length ? "…" + text.suffix(max(1, length - 1)) : text
}

/// What a status says, without the word that all of its kind begin with: `time limit` of `feasible (time limit)`.
func shortStatus(_ status: String) -> String {
    guard status.hasPrefix("feasible ("), status.hasSuffix(")") else { return status }
    return String(status.dropFirst("feasible (".count).dropLast())
}
