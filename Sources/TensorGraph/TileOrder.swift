/// The order in which a step visits the tiles of its grid (RULES 4).
public enum TileOrder: Hashable, Sendable {
    /// Row by row, left to right: a schedule file's `null`.
    case raster
    /// Row by row, every second row right to left.
    case rowSnake
    /// Column by column, top to bottom.
    case columnMajor
    /// Column by column, every second column bottom to top.
    case columnSnake
    /// Any permutation of the tile indices, which count row by row.
    case permutation([Int])

    /// The orders that a closed form describes and that the searches try.
    public static let named: [TileOrder] = [.raster, .rowSnake, .columnMajor, .columnSnake]

    /// Larger grids are visited in raster order only, so that a schedule file stays readable.
    public static let maximumListedTiles = 1 << 18

    /// A short name for tables and JSON output.
    public var name: String {
        switch self {
        case .raster: "raster"
        case .rowSnake: "row snake"
        case .columnMajor: "column-major"
        case .columnSnake: "column snake"
        case .permutation: "permutation"
        }
    }

    /// Tile indices in visiting order.
    ///
    /// - Complexity: O(*rows* x *columns*).
    public func tiles(rows: Int, columns: Int) -> [Int] {
        var tiles: [Int] = []
        switch self {
        case .permutation(let explicit):
            return explicit
        case .raster:
            return Array(0..<(rows * columns))
        case .rowSnake:
            tiles.reserveCapacity(rows * columns)
            for row in 0..<rows {
                for position in 0..<columns {
                    tiles.append(row * columns + (row.isMultiple(of: 2) ? position : columns - 1 - position))
                }
            }
        case .columnMajor, .columnSnake:
            tiles.reserveCapacity(rows * columns)
            for column in 0..<columns {
                let reversed = self == .columnSnake && !column.isMultiple(of: 2)
                for position in 0..<rows {
                    tiles.append((reversed ? rows - 1 - position : position) * columns + column)
                }
            }
        }
        return tiles
    }
}
