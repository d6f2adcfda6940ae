import TensorGraph

/// A problem that was made from a model, and how the two belong together.
public struct ImportedModel: Sendable {
    /// The problem; its ops and tensors carry the model's names.
    public let problem: Problem
    /// The chip, for physical units.
    public let chip: ChipDescription
    /// The model's nodes and what became of each.
    public let nodes: [ImportedNode]
    /// The node of each op, an index into ``nodes``; nil for ops of none.
    public let nodeOfOp: [Int?]
    /// What each tensor that no op writes is a part of; nil for the others.
    public let inputs: [ImportedTensor?]
    /// The pieces of the model's results, by value.
    public let outputs: [ImportedOutput]

    /// Multiply-adds of all nodes, by how they were imported.
    public var multiplyAdds: MultiplyAdds {
        var sum = MultiplyAdds()
        for node in nodes {
            switch node.fate {
            case .exact, .rearranged, .view, .constant, .unused: sum.exact += node.multiplyAdds
            case .approximated: sum.approximated += node.multiplyAdds
            case .boundary: sum.boundary += node.multiplyAdds
            }
        }
        return sum
    }
}

/// Multiply-adds of a model, by how they were imported.
public struct MultiplyAdds: Sendable, Hashable {
    /// Of nodes that the problem says exactly.
    public var exact = 0.0
    /// Of nodes that the problem says in an approximated way.
    public var approximated = 0.0
    /// Of nodes beyond a boundary.
    public var boundary = 0.0

    /// All of them.
    public var total: Double { exact + approximated + boundary }
}

/// A node of the model.
public struct ImportedNode: Sendable, Hashable {
    /// What became of it.
    public enum Fate: Sendable, Hashable {
        /// Ops that compute the same.
        case exact
        /// Ops that compute the same, from elements that are copied to another place in slow memory, and which;
        /// no op links the copy to what it is a copy of.
        case rearranged(String)
        /// A way to look at its input; no op.
        case view
        /// Computed before the model runs, from weights and shapes alone.
        case constant
        /// Nothing that the model writes depends on it.
        case unused
        /// Ops that compute about as much, and why not the same.
        case approximated(String)
        /// Left out, and why: what it reads becomes a graph output, what it writes a graph input.
        case boundary(String)
    }

    /// The node's name, or that of its first output.
    public let name: String
    /// The operator.
    public let type: String
    /// What became of it.
    public var fate: Fate
    /// Multiply-adds of its products.
    public var multiplyAdds: Double
    /// How many ops it became.
    public var opCount: Int
    /// Whether it may multiply and add more than ``multiplyAdds`` says: only running the model tells how much.
    public var isWorkUnknown = false
}

/// A part of a tensor that comes from outside the problem, as one matrix.
public struct ImportedTensor: Sendable, Hashable {
    /// What it is a part of.
    public let origin: TensorOrigin
    /// The shape of the whole.
    public let shape: [Int]
    /// The part, by dimension.
    public let ranges: [Range<Int>]
    /// The dimensions along the matrix's rows; the first one counts most.
    public let rowDimensions: [Int]
    /// The dimensions along the matrix's columns.
    public let columnDimensions: [Int]
}

/// A part of a value that the model writes, as one matrix.
public struct ImportedOutput: Sendable, Hashable {
    /// The name of the value.
    public let name: String
    /// The matrix.
    public let tensor: TensorID
    /// Which part of the value it is.
    public let part: ImportedTensor
}

/// What may become of operators that no einsum says exactly.
public struct ImportOptions: Sendable {
    /// Lengths of symbolic dimensions, such as `batch`.
    public var dimensions: [String: Int] = [:]
    /// Refuses approximations.
    public var isStrict = false

    /// Approximates where it has to, and knows no symbolic dimension.
    public init() {}
}
