/// Writes a model in the CPLEX LP format as GLPK, CBC, HiGHS and others read it.
///
/// Numbers have as many digits as they need to read back exactly. A range row becomes two rows, the second named after
/// the first with `.upper`. A constant in the objective becomes the coefficient of a column fixed at one
/// (``NameTable/spare``). Free rows, which bind nothing, are left out and mentioned in a comment. Source: IBM ILOG
/// CPLEX file formats, "LP file format"; GLPK 5.0 reference manual, appendix C.
public struct LPWriter: Sendable {
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
        file.line("\\ \(FileText.comment(model.name))")
        let needsSpare =
            model.columns.isEmpty || model.objectiveConstant != 0 || model.columns.allSatisfy { $0.objective == 0 }
        file.line(model.sense == .minimise ? "Minimize" : "Maximize")
        file.line(" \(names.objective):")
        let costs = model.columns.enumerated().filter { $0.element.objective != 0 }
        append(costs.map { ($0.element.objective, names.columns[$0.offset]) }, to: &file)
        if needsSpare { append([(model.objectiveConstant, names.spare)], to: &file) }
        file.line("Subject To")
        for (index, row) in model.rows.enumerated() { append(row, named: names.rows[index], to: &file) }
        // Readers want at least one row.
        if model.rows.allSatisfy(\.bounds.isFree) {
            file.line(" \(names.spareRow): 0 \(names.columns.first ?? names.spare) >= -1")
        }
        file.line("Bounds")
        if needsSpare { file.line(" \(names.spare) = 1") }
        for (column, name) in zip(model.columns, names.columns) where !isPlainBinary(column) {
            if let bounds = boundsLine(column.bounds, name) { file.line(" " + bounds) }
        }
        section("Generals", .integer, in: &file)
        section("Binaries", .binary, in: &file)
        file.line("End")
        file.line()
        return file.text
    }

    private func append(_ terms: [(Double, String)], to file: inout FileText) {
        for (coefficient, name) in terms {
            let sign = coefficient.sign == .minus ? "-" : "+"
            file.word("\(sign) \(FileText.number(coefficient.magnitude)) \(name)")
        }
    }

    private func append(_ row: Row, named name: String, to file: inout FileText) {
        if row.bounds.isFree {
            file.line("\\ row \(name) is free")
            return
        }
        var relations: [(String, String, Double)] = []
        if row.bounds.isFixed {
            relations = [(name, "=", row.bounds.lower)]
        } else {
            if row.bounds.lower != -.infinity { relations.append((name, ">=", row.bounds.lower)) }
            if row.bounds.upper != .infinity {
                relations.append((relations.isEmpty ? name : name + NameTable.upperSuffix, "<=", row.bounds.upper))
            }
        }
        for (name, relation, side) in relations {
            file.line(" \(name):")
            append(row.terms.map { ($0.coefficient, names.columns[$0.column.index]) }, to: &file)
            if row.terms.isEmpty { file.word("0 \(names.columns.first ?? names.spare)") }
            file.word("\(relation) \(FileText.number(side))")
        }
    }

    private func boundsLine(_ bounds: Bounds, _ name: String) -> String? {
        if bounds.isFixed { return "\(name) = \(FileText.number(bounds.lower))" }
        switch (bounds.lower, bounds.upper) {
        case (-.infinity, .infinity): return "\(name) free"
        case (0, .infinity): return nil
        case (let lower, .infinity): return "\(name) >= \(FileText.number(lower))"
        case (-.infinity, let upper): return "-inf <= \(name) <= \(FileText.number(upper))"
        case (let lower, let upper): return "\(FileText.number(lower)) <= \(name) <= \(FileText.number(upper))"
        }
    }

    private func isPlainBinary(_ column: Column) -> Bool { column.integrality == .binary && column.bounds == .unit }

    /// Binary columns with bounds other than 0 and 1 are written as integers: the word would reset their bounds.
    private func section(_ title: String, _ integrality: Integrality, in file: inout FileText) {
        let members = zip(model.columns, names.columns).filter { column, _ in
            let written: Integrality =
                column.integrality == .binary && !isPlainBinary(column) ? .integer : column.integrality
            return written == integrality
        }
        guard !members.isEmpty else { return }
        file.line(title)
        file.line()
        for (_, name) in members { file.word(name) }
    }
}
