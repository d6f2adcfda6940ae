/// The position of a column (a variable) in a ``MIPModel``.
public struct ColumnID: Hashable, Comparable, Sendable, CustomStringConvertible {
    /// Zero-based index into ``MIPModel/columns``.
    public let index: Int

    /// Creates an id from its zero-based index.
    @inlinable public init(_ index: Int) { self.index = index }

    /// Orders ids by index.
    @inlinable public static func < (left: ColumnID, right: ColumnID) -> Bool { left.index < right.index }

    /// The bare index.
    public var description: String { String(index) }
}

/// The position of a row (a constraint) in a ``MIPModel``.
public struct RowID: Hashable, Comparable, Sendable, CustomStringConvertible {
    /// Zero-based index into ``MIPModel/rows``.
    public let index: Int

    /// Creates an id from its zero-based index.
    @inlinable public init(_ index: Int) { self.index = index }

    /// Orders ids by index.
    @inlinable public static func < (left: RowID, right: RowID) -> Bool { left.index < right.index }

    /// The bare index.
    public var description: String { String(index) }
}
