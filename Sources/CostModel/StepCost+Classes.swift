import TensorGraph

/// Receives the iteration classes of a step.
protocol IterationAccumulator {
    /// `count` iterations, each with this compute time and these elements loaded and evicted.
    mutating func add(count: Double, compute: Double, loaded: Double, evicted: Double, bandwidth: Double)
}

/// Adds up latency alone.
struct LatencySum: IterationAccumulator {
    var latency = 0.0

    @inline(__always)
    mutating func add(count: Double, compute: Double, loaded: Double, evicted: Double, bandwidth: Double) {
        latency += count * max(compute, (loaded + evicted) / bandwidth)
    }
}

/// Tiles that are of one size and were reached by the same kind of move.
struct TileClass {
    var count: Int
    var lastRow: Bool
    var lastColumn: Bool
    var rowChanged: Bool
    var columnChanged: Bool
    var first = false
}

extension StepCost {
    /// Feeds every iteration class to the accumulator, its iterations counted once.
    @inline(__always)
    func accumulate<A: IterationAccumulator>(_ granularity: Granularity, order: TileOrder, into accumulator: inout A) {
        let grid = grid(granularity)
        guard !patterns[grid.patternIndex].isCrossed else {
            return accumulateCrossed(
                grid, patterns[grid.patternIndex], middleCount: nil, order: order, into: &accumulator)
        }
        accumulate(
            grid, KSteps(self, grid, patterns[grid.patternIndex], across: nil), order: order, into: &accumulator)
    }

    /// Feeds the iteration classes that there would be if the depth divided the reduction; the number of middle k-steps
    /// is then a fraction, and negative when two k-steps of this depth exceed the reduction. By ``surePatterns``.
    @inline(__always)
    func accumulateEven<A: IterationAccumulator>(
        _ granularity: Granularity, order: TileOrder, into accumulator: inout A
    ) {
        var grid = grid(granularity)
        grid.lastDepth = grid.depth
        let middleCount = Double(structure.sinkReduction) / grid.depth - 2
        let pattern = surePatterns[grid.patternIndex]
        guard !pattern.isCrossed else {
            return accumulateCrossed(grid, pattern, middleCount: middleCount, order: order, into: &accumulator)
        }
        var iterations = KSteps(self, grid, pattern, across: nil)
        iterations.middleCount = middleCount
        accumulate(grid, iterations, order: order, into: &accumulator)
    }

    /// Feeds the iteration classes, the first k-step of each tile by ``surePatterns``.
    func accumulateCautiously<A: IterationAccumulator>(
        _ granularity: Granularity, order: TileOrder, into accumulator: inout A
    ) {
        let grid = grid(granularity)
        let (pattern, sure) = (patterns[grid.patternIndex], surePatterns[grid.patternIndex])
        if pattern.isCrossed {
            let iterations = SplitKSteps(
                first: CrossedKSteps(self, grid, sure), later: CrossedKSteps(self, grid, pattern))
            accumulate(grid, iterations, order: order, into: &accumulator)
        } else {
            let iterations = SplitKSteps(
                first: KSteps(self, grid, sure, across: nil), later: KSteps(self, grid, pattern, across: nil))
            accumulate(grid, iterations, order: order, into: &accumulator)
        }
    }

    /// The same where some compute depends on the tile's size. Rare, and out of the way of what is common.
    @inline(never)
    private func accumulateCrossed<A: IterationAccumulator>(
        _ grid: Grid, _ pattern: CostPattern, middleCount: Double?, order: TileOrder, into accumulator: inout A
    ) {
        var iterations = CrossedKSteps(self, grid, pattern)
        if let middleCount { (iterations.full.middleCount, iterations.edge.middleCount) = (middleCount, middleCount) }
        accumulate(grid, iterations, order: order, into: &accumulator)
    }

    @inline(__always)
    private func accumulate<A: IterationAccumulator, Iterations: TileIterations>(
        _ grid: Grid, _ iterations: Iterations, order: TileOrder, into accumulator: inout A
    ) {
        switch order {
        case .raster:
            Self.rowWise(grid.rows, grid.columns, snake: false) { iterations.add($0, to: &accumulator) }
        case .rowSnake:
            Self.rowWise(grid.rows, grid.columns, snake: true) { iterations.add($0, to: &accumulator) }
        case .columnMajor, .columnSnake:
            Self.rowWise(grid.columns, grid.rows, snake: order == .columnSnake) {
                iterations.add(
                    TileClass(
                        count: $0.count, lastRow: $0.lastColumn, lastColumn: $0.lastRow,
                        rowChanged: $0.columnChanged, columnChanged: $0.rowChanged, first: $0.first),
                    to: &accumulator)
            }
        case .permutation(let tiles):
            walk(tiles, grid, iterations, &accumulator)
        }
    }

    private func walk<A: IterationAccumulator, Iterations: TileIterations>(
        _ tiles: [Int], _ grid: Grid, _ iterations: Iterations, _ accumulator: inout A
    ) {
        var previous = (row: -1, column: -1)
        for tile in tiles {
            let (row, column) = tile.quotientAndRemainder(dividingBy: grid.columns)
            iterations.add(
                TileClass(
                    count: 1, lastRow: row == grid.rows - 1, lastColumn: column == grid.columns - 1,
                    rowChanged: row != previous.row, columnChanged: column != previous.column,
                    first: previous.row < 0),
                to: &accumulator)
            previous = (row, column)
        }
    }

    /// Tile classes of raster order or of the row snake; with rows and columns exchanged, of the column orders.
    @inline(__always)
    private static func rowWise(_ rows: Int, _ columns: Int, snake: Bool, _ body: (TileClass) -> Void) {
        let single = columns == 1
        body(
            TileClass(
                count: 1, lastRow: rows == 1, lastColumn: single, rowChanged: true, columnChanged: true, first: true))
        if !single {
            // Moves within a row. The last row stands apart, and in a snake so does every second one.
            let lastRowIsReversed = snake && rows.isMultiple(of: 2)
            let reversed = snake ? (rows - 1) / 2 : 0
            moves(rows - 1 - reversed, columns, reversed: false, lastRow: false, body)
            if reversed > 0 { moves(reversed, columns, reversed: true, lastRow: false, body) }
            moves(1, columns, reversed: lastRowIsReversed, lastRow: true, body)
        }
        guard rows > 1 else { return }
        // Moves to the next row: to its start, or in a snake to the end where the previous row stopped.
        let inner = rows - 2
        if snake {
            body(turn((rows - 1) / 2, lastRow: false, lastColumn: true))
            body(turn(inner / 2, lastRow: false, lastColumn: single))
            body(turn(1, lastRow: true, lastColumn: single || rows.isMultiple(of: 2)))
        } else {
            body(carriageReturn(inner, lastRow: false, single: single))
            body(carriageReturn(1, lastRow: true, single: single))
        }
    }

    @inline(__always)
    private static func moves(_ rows: Int, _ columns: Int, reversed: Bool, lastRow: Bool, _ body: (TileClass) -> Void) {
        // Left to right the last move reaches the last column; right to left no move does.
        let full = reversed ? columns - 1 : columns - 2
        body(TileClass(count: rows * full, lastRow: lastRow, lastColumn: false, rowChanged: false, columnChanged: true))
        if !reversed {
            body(TileClass(count: rows, lastRow: lastRow, lastColumn: true, rowChanged: false, columnChanged: true))
        }
    }

    @inline(__always)
    private static func carriageReturn(_ count: Int, lastRow: Bool, single: Bool) -> TileClass {
        TileClass(count: count, lastRow: lastRow, lastColumn: single, rowChanged: true, columnChanged: !single)
    }

    @inline(__always)
    private static func turn(_ count: Int, lastRow: Bool, lastColumn: Bool) -> TileClass {
        TileClass(count: count, lastRow: lastRow, lastColumn: lastColumn, rowChanged: true, columnChanged: false)
    }
}

/// Feeds the iterations of a class of tiles to an accumulator.
private protocol TileIterations {
    /// The first k-step of each tile.
    func addFirst<A: IterationAccumulator>(_ tiles: TileClass, to accumulator: inout A)
    /// All other k-steps.
    func addLater<A: IterationAccumulator>(_ tiles: TileClass, to accumulator: inout A)
}

extension TileIterations {
    @inline(__always)
    func add<A: IterationAccumulator>(_ tiles: TileClass, to accumulator: inout A) {
        guard tiles.count > 0 else { return }
        addFirst(tiles, to: &accumulator)
        addLater(tiles, to: &accumulator)
    }
}

/// The first k-step of each tile as one bounds it, the others as another does.
private struct SplitKSteps<Iterations: TileIterations>: TileIterations {
    var first: Iterations
    var later: Iterations

    func addFirst<A: IterationAccumulator>(_ tiles: TileClass, to accumulator: inout A) {
        first.addFirst(tiles, to: &accumulator)
    }

    func addLater<A: IterationAccumulator>(_ tiles: TileClass, to accumulator: inout A) {
        later.addLater(tiles, to: &accumulator)
    }
}

/// The k-steps of tiles of which some differ in compute: those whose side that lies across is the last, see
/// ``Crossing``.
private struct CrossedKSteps: TileIterations {
    var full: KSteps
    var edge: KSteps
    let isWidthAcross: Bool

    init(_ cost: StepCost, _ grid: StepCost.Grid, _ pattern: CostPattern) {
        let (width, height) = (cost.nativeWidth, cost.nativeHeight)
        isWidthAcross = width > height
        let across = Crossing.lengths(
            rows: grid.height, columns: grid.width, nativeWidth: width, nativeHeight: height)
        let lastAcross = Crossing.lengths(
            rows: grid.lastHeight, columns: grid.lastWidth, nativeWidth: width, nativeHeight: height)
        full = KSteps(cost, grid, pattern, across: across)
        edge = KSteps(cost, grid, pattern, across: lastAcross)
    }

    func addFirst<A: IterationAccumulator>(_ tiles: TileClass, to accumulator: inout A) {
        kSteps(tiles).addFirst(tiles, to: &accumulator)
    }

    func addLater<A: IterationAccumulator>(_ tiles: TileClass, to accumulator: inout A) {
        kSteps(tiles).addLater(tiles, to: &accumulator)
    }

    private func kSteps(_ tiles: TileClass) -> KSteps {
        (isWidthAcross ? tiles.lastColumn : tiles.lastRow) ? edge : full
    }
}

/// The k-steps of a tile, with everything that is the same for all tiles worked out.
private struct KSteps: TileIterations {
    let grid: StepCost.Grid
    let pattern: CostPattern
    let bandwidth: Double
    let evictedTiles: Double
    let computeFirst: Double
    let computeMiddle: Double
    let computeLast: Double
    var middleCount: Double

    /// - Parameter across: native lengths in the side that lies across; nil where no compute depends on them.
    @inline(__always)
    init(_ cost: StepCost, _ grid: StepCost.Grid, _ pattern: CostPattern, across: Double?) {
        self.grid = grid
        middleCount = Double(grid.depths - 2)
        self.pattern = pattern
        bandwidth = cost.bandwidth
        evictedTiles = Double(cost.structure.evicted.count)
        let sinkRate = cost.sinkCompute / Double(cost.structure.sinkReduction)
        var initial = pattern.charges.first
        if let across { initial += pattern.crossedCharges.first * across }
        computeMiddle =
            pattern.compute(
                depth: grid.depth, nativeWidth: cost.nativeWidth, nativeHeight: cost.nativeHeight, across: across)
            + sinkRate * grid.depth
        if grid.depths == 1 {
            computeFirst = computeMiddle + initial + cost.epilogueCompute
            computeLast = computeFirst
        } else {
            computeFirst = computeMiddle + initial
            computeLast =
                pattern.compute(
                    depth: grid.lastDepth, nativeWidth: cost.nativeWidth, nativeHeight: cost.nativeHeight,
                    across: across)
                + sinkRate * grid.lastDepth + cost.epilogueCompute
        }
    }

    @inline(__always)
    func addFirst<A: IterationAccumulator>(_ tiles: TileClass, to accumulator: inout A) {
        let rows = tiles.lastRow ? grid.lastHeight : grid.height
        let columns = tiles.lastColumn ? grid.lastWidth : grid.width
        var loaded = 0.0
        if tiles.first { loaded += pattern.constantElements }
        if tiles.rowChanged { loaded += pattern.perTileRow * rows }
        if tiles.columnChanged { loaded += pattern.perTileColumn * columns }
        if tiles.rowChanged || tiles.columnChanged { loaded += pattern.tileSlices * rows * columns }
        var evicted = 0.0
        if grid.depths > 1 {
            loaded += pattern.depthElements(rows: rows, columns: columns, depth: grid.depth)
        } else {
            evicted = evictedTiles * rows * columns
        }
        accumulator.add(
            count: Double(tiles.count), compute: computeFirst, loaded: loaded, evicted: evicted, bandwidth: bandwidth)
    }

    @inline(__always)
    func addLater<A: IterationAccumulator>(_ tiles: TileClass, to accumulator: inout A) {
        guard grid.depths > 1 else { return }
        let count = Double(tiles.count)
        let rows = tiles.lastRow ? grid.lastHeight : grid.height
        let columns = tiles.lastColumn ? grid.lastWidth : grid.width
        if middleCount != 0 {
            let streamed = pattern.depthElements(rows: rows, columns: columns, depth: grid.depth)
            accumulator.add(
                count: count * middleCount, compute: computeMiddle, loaded: streamed, evicted: 0,
                bandwidth: bandwidth)
        }
        let last = pattern.depthElements(rows: rows, columns: columns, depth: grid.lastDepth)
        accumulator.add(
            count: count, compute: computeLast, loaded: last, evicted: evictedTiles * rows * columns,
            bandwidth: bandwidth)
    }
}
