/// What a solver's solution file says: values by column name.
///
/// Nothing in it is trusted: whoever uses the values checks them against the model.
public struct MIPSolutionFile: Sendable, Hashable {
    /// Which solver writes files of this form.
    public enum Format: String, Sendable, Hashable, CaseIterable {
        /// `glpsol -o`, a table for people.
        case glpsolTable
        /// `glpsol -w`: values by number, without names.
        case glpsolNumbers
        /// CBC's `-solu`.
        case cbc
        /// HiGHS, `--solution_file`, styles 0 and 1.
        case highs
        /// SCIP's `write solution`.
        case scip
        /// Gurobi's `.sol`, and `.mst`.
        case gurobi
    }

    /// How the solver's search ended.
    public enum Status: String, Sendable, Hashable {
        /// The solver says that the point is optimal.
        case optimal
        /// There is a point, and it may not be optimal.
        case feasible
        /// The solver says that there is no feasible point.
        case infeasible
        /// The solver says that the objective has no bound.
        case unbounded
        /// The file has no point.
        case noSolution
        /// The file does not tell.
        case unknown
    }

    /// The form of the file.
    public var format: Format
    /// How the search ended.
    public var status = Status.unknown
    /// The objective as the solver states it.
    public var objective: Double?
    /// The best bound as the solver states it; few do.
    public var bound: Double?
    /// Values by column name. Solvers may leave out zeros.
    public var values: [String: Double] = [:]
    /// Values by column number, for files without names.
    public var numbered: [Double] = []
    /// Reduced costs by column name, where the file has them.
    public var reducedCosts: [String: Double] = [:]
    /// Duals by row name, where the file has them.
    public var rowDuals: [String: Double] = [:]

    init(format: Format) { self.format = format }

    /// Reads a file of any of the formats.
    ///
    /// - Throws: ``MIPSolutionError`` that names the line.
    public init(_ text: String) throws(MIPSolutionError) {
        let lines = text.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline).enumerated().map {
            SolutionLine(number: $0 + 1, text: $1)
        }
        guard let first = lines.first(where: { !$0.words.isEmpty }) else {
            throw MIPSolutionError(line: nil, "is empty")
        }
        let start = first.text.drop { $0 == " " }
        if start.hasPrefix("Model status") {
            self = try Self.highs(lines)
        } else if start.hasPrefix("Columns") {
            self = try Self.highsTable(lines)
        } else if start.hasPrefix("Problem:") {
            self = try Self.glpsolTable(lines)
        } else if start.hasPrefix("c Problem:") || start.hasPrefix("s mip") || start.hasPrefix("s bas") {
            self = try Self.glpsolNumbers(lines)
        } else if start.hasPrefix("solution status:") || start.hasPrefix("objective value:") {
            self = try Self.scip(lines)
        } else if start.hasPrefix("#") {
            self = try Self.gurobi(lines)
        } else if first.text.contains("objective value") || start.hasPrefix("Infeasible") {
            self = try Self.cbc(lines)
        } else {
            throw MIPSolutionError(
                line: first.number, "is not how a solution file of glpsol, CBC, HiGHS, SCIP or Gurobi begins")
        }
    }

    /// - Throws: ``MIPSolutionError`` for a file that says that there is no point.
    public func checkHasPoint() throws(MIPSolutionError) {
        guard status != .infeasible, status != .noSolution, status != .unbounded else {
            throw MIPSolutionError(line: nil, "holds no point: the solver says \(status.rawValue)")
        }
    }

    /// The file's values as a point of the model: columns that it leaves out are zero.
    ///
    /// - Throws: ``MIPSolutionError`` for a name that the model does not have, or a file without a point.
    public func point(of model: MIPModel, names: NameTable? = nil) throws(MIPSolutionError) -> [Double] {
        try checkHasPoint()
        if format == .glpsolNumbers {
            guard numbered.count == model.columns.count else {
                throw MIPSolutionError(
                    line: nil, "has values for \(numbered.count) columns, the model has \(model.columns.count)")
            }
            return numbered
        }
        let names = names ?? NameTable(model)
        var point = [Double](repeating: 0, count: model.columns.count)
        for (name, value) in values where name != names.spare {
            guard let column = names.column(named: name) else {
                throw MIPSolutionError(line: nil, "names column \(name), which the model does not have")
            }
            point[column.index] = value
        }
        return point
    }
}

/// A fault of a solution file.
public struct MIPSolutionError: Error, Sendable, Hashable, CustomStringConvertible {
    /// The line, from 1; nil for the file as a whole.
    public let line: Int?
    /// What is wrong, without the line.
    public let message: String

    init(line: Int?, _ message: String) {
        self.line = line
        self.message = message
    }

    /// One line.
    public var description: String { line.map { "line \($0) \(message)" } ?? message }
}

/// A line of a solution file.
struct SolutionLine {
    let number: Int
    let text: Substring
    let words: [Substring]

    init(number: Int, text: Substring) {
        self.number = number
        self.text = text
        words = text.split { $0 == " " || $0 == "\t" || $0 == "\r" }
    }

    /// The number in this word.
    func value(_ word: Int) throws(MIPSolutionError) -> Double {
        guard words.indices.contains(word), let value = Double(words[word]), value.isFinite else {
            throw MIPSolutionError(line: number, "has no number as word \(word + 1): \(text.prefix(60))")
        }
        return value
    }
}
