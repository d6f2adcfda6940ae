import TensorGraph

extension StepCost {
    /// A lower bound of the latency at a granularity at which demands coincide now and then, over all named orders.
    ///
    /// *Proof.* In any iteration, demands that may coincide make no more of the difference between the class form and
    /// ``surePatterns`` disappear than all of it. With several k-steps the first one of each tile is bounded by
    /// ``surePatterns``. Let another iteration be the k-step j of the tile in row r and column c. If the range of j
    /// names what r or c name on some side, or r names what c names, the iteration is *affected*. Else it costs what
    /// the class form says: a slice that is new there has the range of j on one side; an equal slice of this iteration
    /// or of the one before, which is of the same tile, has the range of r or c there, as another k-step's range
    /// differs; and the same holds for a region that is computed there. So affected are at most one iteration a tile
    /// for each of the two sides, or one for each tile of the last row (column) where only the last ranges are equal,
    /// and all iterations of the tiles whose row names what their column names.
    ///
    /// With one k-step, a slice is new because the tile moved. It equals one of this or the last iteration only if row
    /// and column name the same in this tile, or one of this tile's names one of the last tile's where the order turns.
    func coincidenceBound(_ granularity: Granularity) -> Double {
        let grid = grid(granularity)
        let count = affectedIterations(granularity, grid)
        let bound = TileOrder.named.reduce(.infinity) { least, order in
            var (whole, sure) = (LatencySum(), LatencySum())
            if grid.depths > 1 {
                accumulateCautiously(granularity, order: order, into: &whole)
            } else {
                accumulate(granularity, order: order, into: &whole)
                accumulateCautiously(granularity, order: order, into: &sure)
            }
            return min(least, max(sure.latency, whole.latency - count * mostSaved(grid)))
        }
        return max(0, bound) * (1 - 1e-9)
    }

    /// By how much coincidences can shorten an iteration that is affected: with several k-steps one that is not the
    /// first of its tile.
    private func mostSaved(_ grid: Grid) -> Double {
        let (pattern, sure) = (patterns[grid.patternIndex], surePatterns[grid.patternIndex])
        let across =
            pattern.isCrossed
            ? Crossing.lengths(
                rows: grid.height, columns: grid.width, nativeWidth: nativeWidth, nativeHeight: nativeHeight) : nil
        func figures(_ pattern: CostPattern) -> (compute: Double, elements: Double) {
            var compute = pattern.compute(
                depth: grid.depth, nativeWidth: nativeWidth, nativeHeight: nativeHeight, across: across)
            guard grid.depths == 1 else {
                return (compute, pattern.depthElements(rows: grid.height, columns: grid.width, depth: grid.depth))
            }
            compute += pattern.charges.first + pattern.crossedCharges.first * (across ?? 0)
            return (compute, pattern.sliceElements(rows: grid.height, columns: grid.width, depth: grid.depth))
        }
        let (all, least) = (figures(pattern), figures(sure))
        return max(0, all.compute - least.compute, (all.elements - least.elements) / bandwidth)
    }

    /// Iterations that coincidences can shorten, but for the first ones of tiles with several k-steps; see
    /// ``coincidenceBound(_:)``.
    private func affectedIterations(_ granularity: Granularity, _ grid: Grid) -> Double {
        let pairs = coincidingPairs(granularity, grid)
        let (rows, columns, depths) = (Double(grid.rows), Double(grid.columns), Double(grid.depths))
        var count = grid.depths > 1 ? 0 : max(rows, columns)
        if grid.depths > 1, pairs.contains(.rowsAndDepth) {
            count += granularity.height == granularity.depth ? rows * columns : columns
        }
        if grid.depths > 1, pairs.contains(.columnsAndDepth) {
            count += granularity.width == granularity.depth ? rows * columns : rows
        }
        if pairs.contains(.rowsAndColumns) {
            count += (granularity.height == granularity.width ? min(rows, columns) : 1) * depths
        }
        return count
    }
}
