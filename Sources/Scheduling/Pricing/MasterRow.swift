import BitCollections
import MIP
import TensorGraph

/// A row of the restricted master; ``DualPrices`` states and proves them.
enum MasterRow: Hashable, Sendable {
    /// C1' of an op, or the sum of the rows of interchangeable ops.
    case first([OpID])
    /// C2' of an op and a tensor.
    case reach(OpID, TensorID)
    /// C4 of a graph output, or the sum of the rows of the outputs of interchangeable ops.
    case output([TensorID])
    /// C3 of the up-set that these sets generate.
    case handOff([[TensorID]])

    /// What the sum of the coefficients times the columns is at least.
    var rightHandSide: Double {
        switch self {
        case .first(let ops): Double(ops.count)
        case .output(let tensors): Double(tensors.count)
        case .reach: 1
        case .handOff: 0
        }
    }

    /// The column's coefficient.
    func coefficient(_ column: MasterColumn) -> Double {
        switch self {
        case .first(let ops):
            return ops.reduce(0) { $0 + (column.first.contains($1.index) ? 1 : column.part(of: $1)) }
        case .output(let tensors):
            return tensors.reduce(0) { $0 + (column.evicted.contains($1.index) ? 1 : 0) }
        case .reach(let op, let tensor):
            let counts =
                column.first.contains(op.index)
                ? !column.slowReads.contains(tensor.index)
                : column.evicted.contains(tensor.index) && !column.known.contains(op.index)
            return counts ? 1 : column.part(of: op)
        case .handOff(let generators):
            func contains(_ set: [TensorID]) -> Bool {
                !set.isEmpty && generators.contains { $0.allSatisfy(set.contains) }
            }
            return (contains(column.retained) ? 1 : 0) - (contains(column.resident) ? 1 : 0)
        }
    }

    /// The row over these columns.
    func modelRow(_ columns: [MasterColumn]) -> Row {
        let terms = columns.enumerated().compactMap { index, column in
            let value = coefficient(column)
            return value == 0 ? nil : Term(value, ColumnID(index))
        }
        return Row(name, terms, .atLeast(rightHandSide))
    }

    /// A name for models that people look at.
    var name: String {
        switch self {
        case .first(let ops): "first_o\(ops[0])" + (ops.count > 1 ? "_and\(ops.count - 1)" : "")
        case .output(let tensors): "output_t\(tensors[0])" + (tensors.count > 1 ? "_and\(tensors.count - 1)" : "")
        case .reach(let op, let tensor): "reach_o\(op)_t\(tensor)"
        case .handOff(let sets):
            String(
                ("handoff_" + sets.map { $0.map { "t\($0)" }.joined(separator: "_") }.joined(separator: "_or_"))
                    .prefix(100))
        }
    }
}
