/// Writes a model in the free MPS format as GLPK, CBC, HiGHS and others read it.
///
/// Numbers have as many digits as they need to read back exactly. Readers disagree on the sense of maximisation and on
/// the sign of an objective constant, so a maximum is written as the minimum of the negated objective, which a comment
/// says, and the constant as the coefficient of a column fixed at one (``NameTable/spare``). A range row whose width is
/// not exact in doubles becomes two rows. Every column's bounds are written out, since readers disagree on the defaults
/// of integers. Source: GLPK 5.0 reference manual, appendix B.
public struct MPSWriter: Sendable {
    /// The names used in the file.
    public let names: NameTable
    private let model: MIPModel

    /// Prepares to write a model.
    public init(_ model: MIPModel) {
        self.model = model
        names = NameTable(model)
    }

    /// A row as the format knows it.
    private struct Line {
        let name: String
        let kind: String
        let side: Double
        let range: Double?
    }

    /// The whole file.
    public func text() -> String {
        var file = FileText()
        file.line("* \(FileText.comment(model.name))")
        if model.sense == .maximise { file.line("* a maximum: the objective is negated") }
        file.line("NAME \(NameTable.safe(model.name) ?? "model")")
        file.line("ROWS")
        file.line(" N \(names.objective)")
        let lines = zip(model.rows, names.rows).map { Self.lines(of: $0.bounds, named: $1) }
        for line in lines.joined() { file.line(" \(line.kind) \(line.name)") }
        file.line("COLUMNS")
        appendColumns(lines, to: &file)
        file.line("RHS")
        for line in lines.joined() where line.side != 0 {
            file.line(" RHS \(line.name) \(FileText.number(line.side))")
        }
        if lines.joined().contains(where: { $0.range != nil }) {
            file.line("RANGES")
            for line in lines.joined() {
                if let range = line.range { file.line(" RNG \(line.name) \(FileText.number(range))") }
            }
        }
        file.line("BOUNDS")
        file.line(" FX BND \(names.spare) 1")
        for (column, name) in zip(model.columns, names.columns) { appendBounds(column.bounds, name, to: &file) }
        file.line("ENDATA")
        file.line()
        return file.text
    }

    private static func lines(of bounds: Bounds, named name: String) -> [Line] {
        let (lower, upper) = (bounds.lower, bounds.upper)
        if bounds.isFree { return [Line(name: name, kind: "N", side: 0, range: nil)] }
        if bounds.isFixed { return [Line(name: name, kind: "E", side: lower, range: nil)] }
        if upper == .infinity { return [Line(name: name, kind: "G", side: lower, range: nil)] }
        if lower == -.infinity { return [Line(name: name, kind: "L", side: upper, range: nil)] }
        let width = upper - lower
        if lower + width == upper { return [Line(name: name, kind: "G", side: lower, range: width)] }
        if upper - width == lower { return [Line(name: name, kind: "L", side: upper, range: width)] }
        return [
            Line(name: name, kind: "G", side: lower, range: nil),
            Line(name: name + NameTable.upperSuffix, kind: "L", side: upper, range: nil),
        ]
    }

    private func appendColumns(_ lines: [[Line]], to file: inout FileText) {
        // The spare column goes first, so that the file has a column even if the model has none.
        file.line(" \(names.spare) \(names.objective) \(FileText.number(model.sense.sign * model.objectiveConstant))")
        let matrix = ColumnMajorMatrix(model)
        var inIntegers = false
        for (index, column) in model.columns.enumerated() {
            if column.integrality.isIntegral != inIntegers {
                inIntegers.toggle()
                file.line(" M\(index) 'MARKER' '\(inIntegers ? "INTORG" : "INTEND")'")
            }
            let name = names.columns[index]
            let cost = model.sense.sign * column.objective
            let range = matrix.starts[index]..<matrix.starts[index + 1]
            // A column without coefficients has to be mentioned nevertheless.
            if cost != 0 || range.isEmpty { file.line(" \(name) \(names.objective) \(FileText.number(cost))") }
            for entry in range {
                for line in lines[Int(matrix.rows[entry])] {
                    file.line(" \(name) \(line.name) \(FileText.number(matrix.coefficients[entry]))")
                }
            }
        }
        if inIntegers { file.line(" MEND 'MARKER' 'INTEND'") }
    }

    private func appendBounds(_ bounds: Bounds, _ name: String, to file: inout FileText) {
        if bounds.isFixed {
            file.line(" FX BND \(name) \(FileText.number(bounds.lower))")
        } else if bounds.isFree {
            file.line(" FR BND \(name)")
        } else {
            let lower =
                bounds.lower == -.infinity ? " MI BND \(name)" : " LO BND \(name) \(FileText.number(bounds.lower))"
            let upper =
                bounds.upper == .infinity ? " PL BND \(name)" : " UP BND \(name) \(FileText.number(bounds.upper))"
            file.line(lower)
            file.line(upper)
        }
    }
}
