/// Names that every file format and solver takes, and the way back to the model.
///
/// A safe name has only `[A-Za-z0-9_]`, at most ``longestName`` bytes, starts neither with a digit nor with `e` or `E`
/// (readers take `2e3x` for a number) and is no keyword of the LP format or of MathProg. Names of columns and rows
/// share one space, as MathProg demands, and stay unique where case is ignored. A name that is safe already is kept.
public struct NameTable: Sendable {
    /// The longest safe name, in bytes. Writers append up to six bytes more (`.upper`): 100 is what readers take.
    public static let longestName = 94
    /// What a writer appends to the name of a range row for its second half; no safe name holds a dot.
    static let upperSuffix = ".upper"

    /// The safe name of each column.
    public let columns: [String]
    /// The safe name of each row.
    public let rows: [String]
    /// The safe name of the model's objective.
    public let objective: String
    /// A column that stands for the number one, or for nothing; the model has no such column.
    public let spare: String
    /// A row that binds nothing; the model has no such row.
    public let spareRow: String

    private let columnOfName: [String: ColumnID]
    private let rowOfName: [String: RowID]

    /// Names everything in a model.
    ///
    /// - Complexity: O(*b*) expected in the bytes of all names.
    public init(_ model: MIPModel) {
        var taken = Taken()
        objective = taken.unique("objective_value", else: "")
        spare = taken.unique("constant_one", else: "")
        spareRow = taken.unique("no_rows", else: "")
        var columnOfName: [String: ColumnID] = [:]
        var rowOfName: [String: RowID] = [:]
        columns = model.columns.enumerated().map { index, column in
            let name = taken.unique(column.name, else: "x\(index)")
            columnOfName[name] = ColumnID(index)
            return name
        }
        rows = model.rows.enumerated().map { index, row in
            let name = taken.unique(row.name, else: "r\(index)")
            rowOfName[name] = RowID(index)
            return name
        }
        self.columnOfName = columnOfName
        self.rowOfName = rowOfName
    }

    /// The column with this safe name.
    public func column(named name: String) -> ColumnID? { columnOfName[name] }

    /// The row with this safe name.
    public func row(named name: String) -> RowID? { rowOfName[name] }

    /// The name with everything unsafe replaced; nil if nothing of it is left. Not yet unique.
    public static func safe(_ name: String) -> String? {
        var bytes: [UInt8] = []
        for byte in name.utf8 {
            let letter = (byte | 0x20) >= UInt8(ascii: "a") && (byte | 0x20) <= UInt8(ascii: "z")
            let digit = byte >= UInt8(ascii: "0") && byte <= UInt8(ascii: "9")
            bytes.append(letter || digit ? byte : UInt8(ascii: "_"))
            if bytes.count == longestName { break }
        }
        guard let first = bytes.first, bytes.contains(where: { $0 != UInt8(ascii: "_") }) else { return nil }
        let digit = first >= UInt8(ascii: "0") && first <= UInt8(ascii: "9")
        let text = String(decoding: bytes, as: UTF8.self)
        guard digit || first | 0x20 == UInt8(ascii: "e") || keywords.contains(text.lowercased()) else { return text }
        return String(("n_" + text).utf8.prefix(longestName)) ?? "n_"
    }

    private struct Taken {
        var names: Set<String> = []
        var nextSuffix: [String: Int] = [:]

        mutating func unique(_ wanted: String, else fallback: String) -> String {
            let base = NameTable.safe(wanted) ?? fallback
            if names.insert(base.lowercased()).inserted { return base }
            while true {
                let number = nextSuffix[base, default: 2]
                nextSuffix[base] = number + 1
                let suffix = "_\(number)"
                let head = String(base.utf8.prefix(NameTable.longestName - suffix.utf8.count)) ?? ""
                if names.insert((head + suffix).lowercased()).inserted { return head + suffix }
            }
        }
    }

    /// Words with a meaning of their own in the LP format (sections, `free`, infinity) or in MathProg.
    private static let keywords = Set(
        """
        abs and atan bin binaries binary bound bounds by card ceil check cos cross data default diff dimen
        display div else end exists exp floor for forall free gen general generals gmtime if in inf infinity int
        integer integers inter irand224 length less log log10 max maximise maximize maximum min minimise minimize
        minimum mod nan normal normal01 not option or param printf prod reals round s semi semis set setof sin
        solve sos sqrt st subject substr such sum symbolic symdiff table then time2str to trunc uniform union var
        within
        """.split(whereSeparator: \.isWhitespace).map(String.init))
}
