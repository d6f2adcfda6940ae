/// What one side of a region follows from iteration to iteration.
///
/// A range that never moves is ``whole``, whatever its letter: with one row of tiles the tile's rows are all rows. So
/// two regions of a tensor are the same in every iteration exactly when their sides are equal.
public enum SideRange: String, Sendable, Hashable, CaseIterable {
    /// The whole side.
    case whole
    /// The rows of the tile.
    case tileRows = "tile_rows"
    /// The columns of the tile.
    case tileColumns = "tile_columns"
    /// The reduction range of the k-step.
    case reduction
}

/// A region of a tensor that moves with the loops of a step.
public struct PlanRegion: Sendable, Hashable {
    /// What its rows follow.
    public let rows: SideRange
    /// What its columns follow.
    public let columns: SideRange

    /// Creates a region.
    public init(rows: SideRange, columns: SideRange) {
        self.rows = rows
        self.columns = columns
    }

    /// True when the region is the whole tensor in every iteration.
    public var isWhole: Bool { rows == .whole && columns == .whole }

    /// True when the region moves from k-step to k-step.
    public var followsReduction: Bool { rows == .reduction || columns == .reduction }
}

/// Rows and columns of a tensor in one iteration, half-open.
public struct Block: Sendable, Hashable {
    /// Rows, in elements.
    public let rows: Range<Int>
    /// Columns, in elements.
    public let columns: Range<Int>

    /// Creates a block.
    public init(rows: Range<Int>, columns: Range<Int>) {
        self.rows = rows
        self.columns = columns
    }

    /// Elements in it.
    public var size: Int { rows.count * columns.count }
}
