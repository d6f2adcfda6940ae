/// Writes a model as plain text in MathProg, the modelling language of GLPK: `glpsol -m FILE`.
///
/// One `var` and one `s.t.` per column and row, no sets or parameters: for reading and for checking with another
/// reader. Numbers have as many digits as they need to read back exactly. Free rows, which bind nothing, are left out
/// and mentioned in a comment. Source: GLPK 5.0, "Modeling language GNU MathProg".
public struct MathProgWriter: Sendable {
    /// The names used in the file.
    public let names: NameTable
    private let model: MIPModel

    /// Prepares to write a model.
    public init(_ model: MIPModel) {
        self.model = model
        names = NameTable(model)
    }

    /// The whole file.
    public func text() -> String {
        var file = FileText()
        file.line("# \(FileText.comment(model.name))")
        for (column, name) in zip(model.columns, names.columns) {
            file.line("var \(name)\(attributes(of: column));")
        }
        if model.columns.isEmpty { file.line("var \(names.spare), = 1;") }
        file.line("\(model.sense == .minimise ? "minimize" : "maximize") \(names.objective):")
        file.word(FileText.number(model.objectiveConstant))
        for (column, name) in zip(model.columns, names.columns) where column.objective != 0 {
            file.word(Self.term(column.objective, name))
        }
        file.word(";")
        for (row, name) in zip(model.rows, names.rows) { append(row, named: name, to: &file) }
        file.line("solve;")
        file.line("end;")
        file.line()
        return file.text
    }

    private func append(_ row: Row, named name: String, to file: inout FileText) {
        if row.bounds.isFree {
            file.line("# row \(name) is free")
            return
        }
        file.line("s.t. \(name):")
        let (lower, upper) = (row.bounds.lower, row.bounds.upper)
        let isRange = !row.bounds.isFixed && lower != -.infinity && upper != .infinity
        if isRange { file.word("\(FileText.number(lower)) <=") }
        file.word("0")
        for term in row.terms { file.word(Self.term(term.coefficient, names.columns[term.column.index])) }
        if row.terms.isEmpty { file.word("+ 0 * \(names.columns.first ?? names.spare)") }
        if row.bounds.isFixed {
            file.word("= \(FileText.number(lower));")
        } else if upper != .infinity {
            file.word("<= \(FileText.number(upper));")
        } else {
            file.word(">= \(FileText.number(lower));")
        }
    }

    private static func term(_ coefficient: Double, _ name: String) -> String {
        "\(coefficient.sign == .minus ? "-" : "+") \(FileText.number(coefficient.magnitude)) * \(name)"
    }

    private func attributes(of column: Column) -> String {
        let bounds = column.bounds
        var result = ""
        if column.integrality == .binary && bounds == .unit { return ", binary" }
        if column.integrality.isIntegral { result += ", integer" }
        if bounds.isFixed { return result + ", = \(FileText.number(bounds.lower))" }
        if bounds.lower != -.infinity { result += ", >= \(FileText.number(bounds.lower))" }
        if bounds.upper != .infinity { result += ", <= \(FileText.number(bounds.upper))" }
        return result
    }
}
