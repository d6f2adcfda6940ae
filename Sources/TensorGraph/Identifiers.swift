/// The position of an op in the problem file's op lists.
public struct OpID: Hashable, Comparable, Sendable, CustomStringConvertible {
    /// Zero-based index into ``Problem/ops``. Ids read from a schedule file may lie outside the problem.
    public let index: Int

    /// Creates an id from its zero-based index.
    @inlinable public init(_ index: Int) { self.index = index }

    /// Orders ids by index.
    @inlinable public static func < (left: OpID, right: OpID) -> Bool { left.index < right.index }

    /// The bare index, as in the problem file.
    public var description: String { String(index) }
}

/// The position of a tensor in the problem file's shape lists.
public struct TensorID: Hashable, Comparable, Sendable, CustomStringConvertible {
    /// Zero-based index into ``Problem/tensors``. Ids read from a schedule file may lie outside the problem.
    public let index: Int

    /// Creates an id from its zero-based index.
    @inlinable public init(_ index: Int) { self.index = index }

    /// Orders ids by index.
    @inlinable public static func < (left: TensorID, right: TensorID) -> Bool { left.index < right.index }

    /// The bare index, as in the problem file.
    public var description: String { String(index) }
}
