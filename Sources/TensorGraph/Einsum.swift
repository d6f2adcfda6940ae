/// What one side of an input follows (RULES 7, "File").
public enum Letter: Character, Sendable, Hashable, CaseIterable {
    /// The output's row.
    case row = "i"
    /// The output's column.
    case column = "j"
    /// The op's reduction.
    case reduction = "k"
    /// A side of length one, the same for the whole output.
    case one = "1"
}

/// How an op reads an input, or writes its outputs: what the rows and the columns of the tensor follow (RULES 7).
public struct Access: Sendable, Hashable, CustomStringConvertible {
    /// What the tensor's rows follow.
    public let rows: Letter
    /// What the tensor's columns follow.
    public let columns: Letter

    /// Creates an access.
    @inlinable public init(_ rows: Letter, _ columns: Letter) {
        self.rows = rows
        self.columns = columns
    }

    /// `ij`: element by element.
    public static let elementwise = Access(.row, .column)

    /// True when a side runs along the op's reduction.
    @inlinable public var isReduced: Bool { rows == .reduction || columns == .reduction }

    /// Two letters, row then column.
    public var description: String { String([rows.rawValue, columns.rawValue]) }
}

/// What an op does with rows and columns, in the notation of RULES 7: `ik,kj->ij`.
///
/// An op is *reducing* when its inputs carry the letter `k`, and a *map* otherwise.
public struct Einsum: Sendable, Hashable, CustomStringConvertible {
    /// How each input is read, in the order of the op's inputs.
    public let inputs: [Access]
    /// How the outputs are written: `ij`, `i1` or `1j`.
    public let output: Access
    /// True when the inputs carry a reduction letter.
    public let isReducing: Bool

    /// Creates an einsum; ``Problem`` validates it against the op and its tensors.
    public init(inputs: [Access], output: Access = .elementwise) {
        self.inputs = inputs
        self.output = output
        isReducing = inputs.contains(where: \.isReduced)
    }

    /// `ik,kj->ij`: `inputs[0]` (H x K) times `inputs[1]` (K x W).
    public static let matMul = Einsum(inputs: [Access(.row, .reduction), Access(.reduction, .column)])

    /// `ij,ij,...->ij`: every output element depends on the same element of every input.
    public static func pointwise(inputs count: Int) -> Einsum {
        Einsum(inputs: Array(repeating: .elementwise, count: count))
    }
}
