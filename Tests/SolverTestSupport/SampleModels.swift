import MIP
import TensorGraph

/// Models to try solvers on.
public enum SampleModels {
    /// Set partitioning or covering over `items` rows: each column takes a few neighbouring items, single items always
    /// among them, so that a partition exists.
    public static func cover(
        items: Int, columns: Int, exactly: Bool, largestSet: Int = 5, seed: UInt64, costs: ClosedRange<Int> = 1...20
    ) throws -> MIPModel {
        var generator = RandomSource(seed: seed)
        var model = MIPModel(name: "cover \(items) x \(columns)")
        for item in 0..<items {
            try model.addRow(Row("item[\(item)]", [Term](), exactly ? .equal(1) : .atLeast(1)))
        }
        for column in 0..<max(items, columns) {
            var members: Set<Int> = [column % items]
            if column >= items {
                let first = Int.random(in: 0..<items, using: &generator)
                for _ in 0..<Int.random(in: 1...largestSet, using: &generator) {
                    members.insert((first + Int.random(in: 0..<2 * largestSet, using: &generator)) % items)
                }
            }
            // Cheaper per item than alone, now and then.
            let cost = members.reduce(0) { sum, _ in sum + Int.random(in: costs, using: &generator) }
            try model.addColumn(
                Column("take[\(column)]", objective: Double(cost), integrality: .binary),
                entries: members.sorted().map { Entry(1, in: RowID($0)) })
        }
        return model
    }

    /// A random pure integer model, bounded, perhaps infeasible: a few integer and binary columns and rows of any kind.
    public static func integers(seed: UInt64) throws -> MIPModel {
        var generator = RandomSource(seed: seed)
        var model = MIPModel(name: "random \(seed)", sense: Bool.random(using: &generator) ? .minimise : .maximise)
        try model.setObjectiveConstant(Double(Int.random(in: -3...3, using: &generator)))
        let columnCount = Int.random(in: 1...6, using: &generator)
        for index in 0..<columnCount {
            let cost = Double(Int.random(in: -20...20, using: &generator)) / 2
            let lower = Double(Int.random(in: -3...1, using: &generator))
            let isBinary = Bool.random(using: &generator)
            let bounds: Bounds =
                isBinary ? .unit : .range(lower, lower + Double(Int.random(in: 0...4, using: &generator)))
            try model.addColumn(
                Column("x\(index)", bounds, objective: cost, integrality: isBinary ? .binary : .integer))
        }
        for index in 0..<Int.random(in: 0...5, using: &generator) {
            var terms: [Term] = []
            for column in 0..<columnCount where Int.random(in: 0..<3, using: &generator) > 0 {
                terms.append(Term(Double(Int.random(in: -5...7, using: &generator)), ColumnID(column)))
            }
            let side = Double(Int.random(in: -6...14, using: &generator))
            let kinds: [Bounds] = [
                .atMost(side), .atLeast(side), .range(side - 3, side), .equal(side), .atMost(side + 0.5),
            ]
            try model.addRow(Row("r\(index)", terms, kinds[Int.random(in: 0..<kinds.count, using: &generator)]))
        }
        return model
    }
}
