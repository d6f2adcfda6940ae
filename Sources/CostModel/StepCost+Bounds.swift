import TensorGraph

extension StepCost {
    /// Compute time of one tile over all its k-steps, from below, whatever tile size and depth.
    ///
    /// Sinks and epilogue ops are charged in full once per tile (RULES 4). Every other op is charged at least once per
    /// tile for some region; a region along a reduction adds up to whole native tiles over the k-steps, of which there
    /// is at least one. With a single k-step all charges fall into one iteration and add up to no less. Of regions that
    /// may coincide one counts (``surePatterns``). What is charged for each native length that lies across is charged
    /// for one at least.
    var tileComputeBound: Double {
        var total = sinkCompute + epilogueCompute
        var least = Double.infinity
        for pattern in surePatterns {
            // Linear rates add up over the k-steps to the whole reduction; ceilings are at least one.
            guard pattern.isInUse else { continue }
            var charged = 0.0
            for charges in [pattern.charges, pattern.crossedCharges] {
                charged += charges.first + charges.each.linear * Double(structure.sinkReduction)
                charged += charges.each.nativeRows + charges.each.nativeColumns
            }
            least = min(least, charged)
        }
        if least.isFinite { total += least }
        return total
    }

    /// How many k-steps a tile has.
    enum Depths {
        case single
        case several
        case any
    }

    /// Elements moved in all, from below, by any step with tiles of this size in a named order, whatever the depth.
    ///
    /// Evicted tiles, and slices that do not depend on the tile or have its shape, add up to the same for every grid.
    /// Over the k-steps of a tile its streamed slices add up to the whole reduction. Of slices of whole rows and whole
    /// columns, an order by rows loads the rows once and the columns again in every row, but for the one at which a
    /// snake turns; an order by columns the other way round. The bound grows as tiles get narrower or lower, also from
    /// a grid of one row or column to one of several: whole sides become ranges, and a slice that served several
    /// demands becomes several slices. Tensors of which demands may coincide at some size, in some iterations, are sure
    /// to be loaded once and no more: where demands coincide, small tiles can move less than large ones.
    @inline(__always)
    func trafficBound(width: Int, height: Int, _ depths: Depths) -> Double {
        let (rows, columns) = structure.grid(Granularity(width: width, height: height, depth: 1))
        let shape = (rows == 1 ? 1 : 0) | (columns == 1 ? 2 : 0)
        var least = Double.infinity
        if depths != .single, surePatterns[shape].isInUse {
            least = trafficBound(
                surePatterns[shape], Double(rows), Double(columns), Double(width), Double(height), depths: true)
        }
        if depths != .several, surePatterns[shape | 4].isInUse {
            let single = trafficBound(
                surePatterns[shape | 4], Double(rows), Double(columns), Double(width), Double(height), depths: false)
            least = min(least, single)
        }
        return least.isFinite ? least + unsureElements : 0
    }

    @inline(__always)
    private func trafficBound(
        _ pattern: CostPattern, _ rows: Double, _ columns: Double, _ width: Double, _ height: Double, depths: Bool
    ) -> Double {
        let (wide, high) = (Double(structure.outputWidth), Double(structure.outputHeight))
        let byRows =
            pattern.perTileRow * high + pattern.perTileColumn * (rows * wide - (rows - 1) * width)
        let byColumns =
            pattern.perTileColumn * wide + pattern.perTileRow * (columns * high - (columns - 1) * height)
        var total =
            pattern.constantElements + min(byRows, byColumns)
            + (pattern.tileSlices + Double(structure.evicted.count)) * wide * high
        if depths {
            total +=
                Double(structure.sinkReduction)
                * (rows * columns * pattern.perDepth
                    + columns * high * pattern.rowDepthSlices + rows * wide * pattern.columnDepthSlices)
        }
        return total
    }

    /// True when compute and streamed elements of a k-step are proportional to its depth at this tile size: no charge
    /// is rounded up. Demands that may coincide are left out.
    func isLinearInDepth(_ granularity: Granularity) -> Bool {
        surePatterns[grid(granularity).patternIndex].isLinearInDepth
    }

    /// A lower bound of the latency at this tile size and order for this depth and all smaller ones with several
    /// k-steps. Only where ``isLinearInDepth(_:)``.
    ///
    /// *Proof.* Let a k-step of depth x compute for c x and stream for l x, and m = max(c, l). The k-steps of a tile
    /// take m K + f(x) + g(y), where x is the depth, y <= x that of the last k-step, f(x) = max(c x + a, l x + b) - m x
    /// what the first k-step takes beyond m x, and g(y) the same for the last. Both fall with growing depth, since c -
    /// m and l - m are at most 0. So m K + f(x) + g(x), an even division, is a bound, and it grows as x falls. Where
    /// demands may coincide, ``surePatterns`` bound every iteration.
    func evenDepthBound(_ granularity: Granularity, order: TileOrder) -> Double {
        var sum = LatencySum()
        accumulateEven(granularity, order: order, into: &sum)
        return sum.latency * (1 - 1e-12)
    }
}

extension CostPattern {
    /// See ``StepCost/isLinearInDepth(_:)``.
    var isLinearInDepth: Bool {
        mixed.isEmpty
            && [charges, crossedCharges].allSatisfy { $0.each.nativeRows == 0 && $0.each.nativeColumns == 0 }
    }
}
