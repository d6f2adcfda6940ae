/// Writes a point as a start for a solver. Names are those that the model's writers use.
public struct MIPStartWriter: Sendable {
    /// What a start looks like.
    public enum Format: String, Sendable, Hashable, CaseIterable {
        /// `cbc model.lp -mips FILE -solve`. The first line is `Stopped on iterations - objective value X`; each
        /// further line has a column's index, name, value and objective coefficient, in the order of the model. Columns
        /// at zero are left out, as CBC does. Source: CBC 2.10, `CbcMipStartIO.cpp`.
        case cbc
        /// `gurobi_cl InputFile=FILE.mst`: a name and a value on each line. Source: Gurobi reference manual, "MST
        /// format".
        case gurobi
        /// `highs --read_solution_file FILE`: the head of a solution file, then all columns by name. Source: HiGHS
        /// 1.16, `HighsModelUtils.cpp`.
        case highs
        /// SCIP's `read FILE.sol`: the objective, then names and values without zeros.
        case scip
    }

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
    public func text(_ format: Format = .cbc) -> String {
        let objective = FileText.number(model.objective(at: point))
        let values = zip(names.columns, point)
        switch format {
        case .cbc: return cbcText()
        case .gurobi:
            return
                (["# MIP start", "# Objective value = \(objective)"]
                + values.map { "\($0) \(FileText.number($1))" }).joined(separator: "\n") + "\n"
        case .highs:
            return
                ([
                    "Model status", "Unknown", "", "# Primal solution values", "Feasible", "Objective \(objective)",
                    "# Columns \(point.count)",
                ] + values.map { "\($0) \(FileText.number($1))" }).joined(separator: "\n") + "\n"
        case .scip:
            return
                (["objective value: \(objective)"]
                + values.filter { $1 != 0 }.map { "\($0) \(FileText.number($1))" }).joined(separator: "\n") + "\n"
        }
    }

    private func cbcText() -> String {
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
