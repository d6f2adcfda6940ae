import TensorGraph

/// The loops of a step: tiles in traversal order, and the k-steps of each tile inside (RULES 4).
public struct LoopNest: Sendable, Hashable {
    /// Rows of every output of the step, in elements.
    public let height: Int
    /// Columns of every output, in elements.
    public let width: Int
    /// The reduction K of the sinks; 1 without one.
    public let reduction: Int
    /// Tile width, tile height and depth of a k-step, in elements.
    public let granularity: Granularity
    /// The order of the tiles.
    public let order: TileOrder
    /// Rows of tiles.
    public let tileRows: Int
    /// Columns of tiles.
    public let tileColumns: Int
    /// k-steps of each tile.
    public let reductionSteps: Int

    /// One pass through the inner loop.
    public struct Iteration: Sendable, Hashable {
        /// Its number in the order of execution, from 0.
        public var index = 0
        /// The tile, counted row by row.
        public var tile = 0
        /// The k-step.
        public var depth = 0
    }

    init(output: Tensor, reduction: Int?, granularity: Granularity, order: TileOrder) {
        height = output.height
        width = output.width
        self.reduction = reduction ?? 1
        self.granularity = granularity
        self.order = order
        tileRows = (output.height - 1) / granularity.height + 1
        tileColumns = (output.width - 1) / granularity.width + 1
        reductionSteps = reduction.map { ($0 - 1) / granularity.depth + 1 } ?? 1
    }

    /// Iterations in all; nil when there are too many to count.
    public var iterations: Int? {
        let (tiles, overflow) = tileRows.multipliedReportingOverflow(by: tileColumns)
        let (count, countOverflow) = tiles.multipliedReportingOverflow(by: reductionSteps)
        return overflow || countOverflow ? nil : count
    }

    /// Number of pieces that the loops cut such a side into.
    func pieces(_ side: SideRange) -> Int {
        switch side {
        case .whole: 1
        case .tileRows: tileRows
        case .tileColumns: tileColumns
        case .reduction: reductionSteps
        }
    }

    /// Elements of the pieces but the last, which may be smaller; nil for a whole side.
    func pieceLength(_ side: SideRange) -> Int? {
        switch side {
        case .whole: nil
        case .tileRows: granularity.height
        case .tileColumns: granularity.width
        case .reduction: granularity.depth
        }
    }

    /// The side as it is in every iteration: whole if there is one piece.
    func canonical(_ side: SideRange) -> SideRange { pieces(side) == 1 ? .whole : side }

    /// The region that is the tile.
    var tile: PlanRegion { PlanRegion(rows: canonical(.tileRows), columns: canonical(.tileColumns)) }

    /// The elements of a side of `length` elements that an iteration deals with.
    public func range(_ side: SideRange, length: Int, at iteration: Iteration) -> Range<Int> {
        let piece: Int
        switch side {
        case .whole: return 0..<length
        case .tileRows: piece = iteration.tile / tileColumns
        case .tileColumns: piece = iteration.tile % tileColumns
        case .reduction: piece = iteration.depth
        }
        let step = pieceLength(side) ?? length
        let start = piece * step
        return start..<(step < length - start ? start + step : length)
    }

    /// The block of a tensor that an iteration deals with.
    public func block(_ region: PlanRegion, of tensor: Tensor, at iteration: Iteration) -> Block {
        Block(
            rows: range(region.rows, length: tensor.height, at: iteration),
            columns: range(region.columns, length: tensor.width, at: iteration))
    }

    /// Elements of a region when all its sides are longest, as in the first k-step of the tile with number 0.
    func largest(_ region: PlanRegion, of tensor: Tensor) -> Int {
        block(region, of: tensor, at: Iteration()).size
    }

    /// Goes through all iterations in order.
    ///
    /// - Complexity: O(*iterations*).
    public func forEach(_ body: (Iteration) throws -> Void) rethrows {
        var iteration = Iteration()
        for tile in order.tiles(rows: tileRows, columns: tileColumns) {
            iteration.tile = tile
            for depth in 0..<reductionSteps {
                iteration.depth = depth
                try body(iteration)
                iteration.index += 1
            }
        }
    }
}
