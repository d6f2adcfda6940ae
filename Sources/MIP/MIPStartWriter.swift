/// Writes a point in CBC's solution format, which `cbc model.lp -mips FILE -solve` takes as a start.
///
/// The first line is `Stopped on iterations - objective value X`; each further line has a column's index, name, value and
/// objective coefficient, in the order of the model. Names are those that the model's writers use. Columns at zero are
/// left out, as CBC does. Source: CBC 2.10, `CbcMipStartIO.cpp`.
public struct MIPStartWriter: Sendable {
    private let model: MIPModel
    private let names: NameTable
    private let point: [Double]

    /// Prepares to write a point with one value per column.
    ///
    /// - Throws: ``MIPModelError/pointLength(found:expected:)``.
    public init(_ point: [Double], of model: MIPModel) throws(MIPModelError) {
        guard point.count == model.columns.count else {
            throw .pointLength(found: point.count, expected: model.columns.count)
        }
        self.model = model
        self.point = point
        names = NameTable(model)
    }

    /// The whole file.
    public func text() -> String {
        var file = FileText()
        file.line("Stopped on iterations - objective value \(FileText.number(model.objective(at: point)))")
        for (index, column) in model.columns.enumerated() where point[index] != 0 {
            let value = FileText.number(point[index])
            file.line("\(index) \(names.columns[index]) \(value) \(FileText.number(column.objective))")
        }
        file.line()
        return file.text
    }
}
