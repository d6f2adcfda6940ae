/// A file format for the integer program.
package enum ExportFormat: String, Sendable, Hashable, CaseIterable {
    /// CPLEX LP.
    case lp
    /// Free MPS.
    case mps
    /// A GNU MathProg model, one line per column and row.
    case mathprog
    /// The data section for `models/schedule.mod`, which states the program in sets and sums.
    case data

    /// What starts a comment line.
    var commentMark: String {
        switch self {
        case .lp: "\\"
        case .mps: "*"
        case .mathprog, .data: "#"
        }
    }

    /// Whether the file lists the program's rows, so that cuts have a place in it.
    package var listsRows: Bool { self != .data }
}
