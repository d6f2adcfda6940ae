import TensorGraph

/// One run of the granularity search over one step.
struct GranularitySearch {
    private(set) var best: GranularityChoice?
    /// A lower bound over the granularities that were passed over, because simulating them was beyond the budget;
    /// infinite if none was.
    private(set) var passedOver = Double.infinity
    private var simulationBudget: Int
    private var attemptsLeft: Int
    /// Bits of the patterns in which an iteration's cost is linear in its depth.
    private let linearPatterns: UInt8
    private let cost: StepCost
    private let structure: StepStructure
    private let resident: [TensorID]
    private let problem: Problem
    private let depthLimit: Int
    private let canBeSingleDepth: Bool
    private var limit: Double
    /// Compute time of one tile over all its k-steps, from below.
    private let tileCompute: Double

    private let widestTile: Int
    private let tallestTile: Int

    init(
        _ optimizer: GranularityOptimizer, _ cost: StepCost, _ resident: [TensorID], _ problem: Problem, limit: Double
    ) {
        self.cost = cost
        self.structure = cost.structure
        self.resident = resident
        self.problem = problem
        self.limit = Self.better(than: limit)
        simulationBudget = optimizer.effort.simulatedIterations
        // Where demands coincide most attempts end in a simulation that is not made.
        attemptsLeft = cost.hasOverlaps ? optimizer.effort.attempts / 16 : optimizer.effort.attempts
        var linear: UInt8 = 0
        for (index, pattern) in cost.surePatterns.enumerated() where pattern.isLinearInDepth { linear |= 1 << index }
        linearPatterns = linear
        depthLimit = optimizer.depthLimit(cost.structure)
        canBeSingleDepth = structure.sinkReduction <= depthLimit
        tileCompute = cost.tileComputeBound
        widestTile = min(structure.outputWidth, problem.hardware.nativeWidth)
        tallestTile = min(structure.outputHeight, problem.hardware.nativeHeight)
    }

    // MARK: Fast

    mutating func runFast() {
        // Simulation is slow; it is for steps that fit at no granularity with a closed form.
        let budget = simulationBudget
        simulationBudget = 0
        runEvenSizes()
        simulationBudget = budget
        if best == nil, passedOver < .infinity {
            passedOver = .infinity
            runEvenSizes()
        }
    }

    private mutating func runEvenSizes() {
        let heights = Self.evenSizes(structure.outputHeight, upTo: problem.hardware.nativeHeight)
        for width in Self.evenSizes(structure.outputWidth, upTo: problem.hardware.nativeWidth) {
            guard bound(width: width, height: tallestTile) < limit else { break }
            var fits = 0
            for height in heights {
                guard bound(width: width, height: height) < limit else { break }
                if tryDepths(width: width, height: height) { fits += 1 }
                // A lower tile of the same width moves more and computes more often; one more is tried because the
                // depth that fits beside it is larger.
                if fits == 2 { break }
            }
        }
    }

    /// Tries the deepest k-step that fits, the even split at as many k-steps, and the single k-step.
    ///
    /// - Returns: whether any depth fits.
    private mutating func tryDepths(width: Int, height: Int) -> Bool {
        var fits = false
        if canBeSingleDepth {
            fits = attempt(width: width, height: height, depth: structure.sinkReduction)
            if structure.sinkCount == 0 { return fits }
        }
        guard let (width, height) = tileForSeveralDepths(width, height) else { return fits }
        let deepest = closedFormDepth(
            width: width, height: height, from: deepestFitting(width: width, height: height, by: cost.workingSet))
        guard deepest > 0 else { return fits }
        attempt(width: width, height: height, depth: deepest)
        let even = ceilDivide(structure.sinkReduction, ceilDivide(structure.sinkReduction, deepest))
        if even != deepest { attempt(width: width, height: height, depth: even) }
        return true
    }

    /// The first depth from this one downwards that need not be simulated, a few steps at the most.
    private func closedFormDepth(width: Int, height: Int, from deepest: Int) -> Int {
        for depth in stride(from: deepest, to: max(0, deepest - 4), by: -1) {
            let granularity = Granularity(width: width, height: height, depth: depth)
            if !cost.needsSimulation(granularity) { return depth }
        }
        return deepest
    }

    /// Sizes ceil(side / n), the largest first: all of the first few, then fewer and fewer.
    private static func evenSizes(_ side: Int, upTo native: Int) -> [Int] {
        var sizes: [Int] = []
        var parts = ceilDivide(side, native)
        while true {
            let size = ceilDivide(side, parts)
            if sizes.last != size { sizes.append(size) }
            guard size > 1 else { return sizes }
            parts += max(1, parts / 5)
        }
    }

    // MARK: Exhaustive

    mutating func runExhaustive() {
        // The deepest fitting tile of each size gives a good limit first; then everything below it is looked at.
        runFast()
        passedOver = .infinity
        let widths = (1...widestTile).reversed()
        for width in widths {
            guard bound(width: width, height: tallestTile) < limit, attemptsLeft > 0 else { break }
            if fitsAtSomeDepth(width: width, height: tallestTile) {
                exhaustSingleDepth(width: width, height: tallestTile)
                exhaustSeveralDepths(width: width, height: tallestTile)
            }
            exhaustLowerTiles(width: width)
        }
    }

    /// All heights below the tallest tile. Most pairs of a wide and a tall tile fit at no depth, and what fits with
    /// several k-steps may be far too tall for one, so each has its own heights.
    private mutating func exhaustLowerTiles(width: Int) {
        let (single, several) = tallestBelowWhole(width: width)
        var height = max(single, several)
        while height > 0, attemptsLeft > 0 {
            let isSingleOpen = single > 0 && bound(width: width, height: min(height, single), .single) < limit
            let areSeveralOpen = several > 0 && bound(width: width, height: min(height, several), .several) < limit
            if isSingleOpen, height <= single { exhaustSingleDepth(width: width, height: height) }
            if areSeveralOpen, height <= several { exhaustSeveralDepths(width: width, height: height) }
            switch (isSingleOpen, areSeveralOpen) {
            case (false, false): return
            case (true, false): height = min(height - 1, single)
            case (false, true): height = min(height - 1, several)
            case (true, true): height -= 1
            }
        }
    }

    private mutating func exhaustSingleDepth(width: Int, height: Int) {
        if canBeSingleDepth { attempt(width: width, height: height, depth: structure.sinkReduction) }
    }

    private mutating func exhaustSeveralDepths(width: Int, height: Int) {
        guard structure.sinkCount > 0, let (width, height) = tileForSeveralDepths(width, height) else { return }
        let deepest = deepestFitting(width: width, height: height, by: cost.sureWorkingSet)
        for depth in stride(from: deepest, to: 0, by: -1) {
            guard depthBound(Granularity(width: width, height: height, depth: depth)) < limit, attemptsLeft > 0 else {
                return
            }
            attempt(width: width, height: height, depth: depth)
        }
    }

    /// A lower bound of the latency at this tile size over this and all smaller depths and all named orders.
    private func depthBound(_ granularity: Granularity) -> Double {
        guard linearPatterns & (1 << cost.grid(granularity).patternIndex) != 0 else { return 0 }
        return orders(granularity).reduce(.infinity) { min($0, cost.evenDepthBound(granularity, order: $1)) }
    }

    // MARK: Bound

    /// A lower bound of the latency over everything that the exhaustive search would try; infinite when nothing fits.
    ///
    /// Widths that cut a row into equally many tiles are one group: no tile of it is wider than the widest, and none
    /// taller than the tallest that fits beside the narrowest.
    func bound() -> Double {
        var least = Double.infinity
        var widest = widestTile
        while widest >= 1, bound(width: widest, height: tallestTile) < least {
            let narrowest = ceilDivide(structure.outputWidth, ceilDivide(structure.outputWidth, widest))
            var height = tallestFitting(width: min(narrowest, widest))
            if structure.prologueWidth > narrowest {
                // Where several k-steps need a certain width, narrower tiles of the group have a single one.
                let other = tallestFitting(width: min(widest, structure.prologueWidth))
                height = [height, other].compactMap { $0 }.max()
            }
            if let height { least = min(least, bound(width: widest, height: height)) }
            widest = min(narrowest, widest) - 1
        }
        return least
    }

    /// The tallest tile of this width that fits at any depth; nil if none does.
    private func tallestFitting(width: Int) -> Int? {
        if fitsAtSomeDepth(width: width, height: tallestTile) { return tallestTile }
        let (single, several) = tallestBelowWhole(width: width)
        return max(single, several) > 0 ? max(single, several) : nil
    }

    /// The tallest tiles of this width, lower than the tallest of all, that fit by memory with one k-step and with
    /// several; 0 if none does.
    private func tallestBelowWhole(width: Int) -> (single: Int, several: Int) {
        // Slices merge only when one tile covers a side, so below the tallest tile the working set grows with the
        // height.
        func tallest(_ depth: Int) -> Int {
            guard tallestTile > 1, fits(width, 1, depth: depth) else { return 0 }
            var (low, high) = (1, tallestTile)
            while high - low > 1 {
                let middle = (low + high) / 2
                if fits(width, middle, depth: depth) { low = middle } else { high = middle }
            }
            return low
        }
        return (
            canBeSingleDepth ? tallest(structure.sinkReduction) : 0, structure.sinkReduction > 1 ? tallest(1) : 0
        )
    }

    private func fitsAtSomeDepth(width: Int, height: Int) -> Bool {
        if canBeSingleDepth, fits(width, height, depth: structure.sinkReduction) { return true }
        return structure.sinkReduction > 1 && tileForSeveralDepths(width, height) != nil
            && fits(width, height, depth: 1)
    }

    private func fits(_ width: Int, _ height: Int, depth: Int) -> Bool {
        cost.sureWorkingSet(Granularity(width: width, height: height, depth: depth)) <= cost.capacity
    }

    /// The named orders of which one is best at this granularity.
    ///
    /// Slices that depend on the tile's row alone, or column alone, are what an order can keep or lose. Without slices
    /// by column an order by columns loads a row's slice at every tile at which one by rows does, and at others; only
    /// where in its row the one load falls differs between raster and row snake. By rows the same.
    private func orders(_ granularity: Granularity) -> [TileOrder] {
        let grid = cost.grid(granularity)
        guard grid.rows > 1, grid.columns > 1, grid.rows * grid.columns <= TileOrder.maximumListedTiles else {
            return Self.anyOrder
        }
        let pattern = cost.patterns[grid.patternIndex]
        switch (pattern.perTileRow > 0, pattern.perTileColumn > 0) {
        case (false, false): return Self.anyOrder
        case (true, false): return Self.ordersByRows
        case (false, true): return Self.ordersByColumns
        case (true, true): return TileOrder.named
        }
    }

    /// True when another order than raster could be better, but there are too many tiles to list one.
    private func hasUntriedOrders(_ granularity: Granularity) -> Bool {
        let grid = cost.grid(granularity)
        guard grid.rows > 1, grid.columns > 1, grid.rows * grid.columns > TileOrder.maximumListedTiles else {
            return false
        }
        return cost.patterns[grid.patternIndex].perTileRow > 0 || cost.patterns[grid.patternIndex].perTileColumn > 0
    }

    private static let anyOrder: [TileOrder] = [.raster]
    private static let ordersByRows: [TileOrder] = [.raster, .rowSnake]
    private static let ordersByColumns: [TileOrder] = [.columnMajor, .columnSnake]

    // MARK: Shared

    /// A lower bound of the latency at this tile size and at all narrower and lower ones.
    private func bound(width: Int, height: Int) -> Double {
        bound(width: width, height: height, canBeSingleDepth ? .any : .several)
    }

    private func bound(width: Int, height: Int, _ depths: StepCost.Depths) -> Double {
        let (rows, columns) = structure.grid(Granularity(width: width, height: height, depth: 1))
        let compute = tileCompute * Double(rows) * Double(columns)
        let traffic = cost.trafficBound(width: width, height: height, depths)
        // A hair below, so that rounding never prunes an equal.
        return max(compute, traffic / cost.bandwidth) * (1 - 1e-12)
    }

    /// The tile grown to what maps that feed a reducing op need when there are several k-steps (RULES 3.9).
    ///
    /// A tile may be wider than the output; only one that covers a whole side can grow without changing the grid.
    private func tileForSeveralDepths(_ width: Int, _ height: Int) -> (width: Int, height: Int)? {
        guard structure.sinkReduction > 1 else { return nil }
        let wide = width == structure.outputWidth ? max(width, structure.prologueWidth) : width
        let high = height == structure.outputHeight ? max(height, structure.prologueHeight) : height
        guard wide >= structure.prologueWidth, high >= structure.prologueHeight,
            wide <= problem.hardware.nativeWidth, high <= problem.hardware.nativeHeight
        else { return nil }
        return (wide, high)
    }

    /// The largest depth with several k-steps whose working set fits; 0 if none does.
    ///
    /// The working set grows with the depth, so bisection finds it.
    private func deepestFitting(width: Int, height: Int, by workingSet: (Granularity) -> Double) -> Int {
        let deepest = min(depthLimit, structure.sinkReduction - 1)
        func fits(_ depth: Int) -> Bool {
            workingSet(Granularity(width: width, height: height, depth: depth)) <= cost.capacity
        }
        guard deepest >= 1, fits(1) else { return 0 }
        if fits(deepest) { return deepest }
        var (low, high) = (1, deepest)
        while high - low > 1 {
            let middle = (low + high) / 2
            if fits(middle) { low = middle } else { high = middle }
        }
        return low
    }

    /// Costs one granularity in every order that can matter and keeps it if it is the best so far.
    ///
    /// - Returns: whether it fits.
    @discardableResult
    private mutating func attempt(width: Int, height: Int, depth: Int) -> Bool {
        attemptsLeft -= 1
        if attemptsLeft <= 0 { passOver(bound(width: widestTile, height: tallestTile)) }
        let granularity = Granularity(width: width, height: height, depth: depth)
        // Only then is the working set that of the class form.
        guard !cost.needsSimulation(granularity) else { return attemptSimulated(granularity) }
        guard cost.workingSet(granularity) <= cost.capacity else { return false }
        let orders = orders(granularity)
        if orders.count == 1, hasUntriedOrders(granularity) { passOver(bound(width: width, height: height)) }
        for order in orders { consider(granularity, order, cost.latency(granularity, order: order)) }
        return true
    }

    private mutating func passOver(_ bound: Double) { passedOver = min(passedOver, bound) }

    private mutating func attemptSimulated(_ granularity: Granularity) -> Bool {
        let bound = cost.coincidenceBound(granularity)
        guard bound < limit else { return false }
        let (rows, columns) = structure.grid(granularity)
        let tiles = rows.multipliedReportingOverflow(by: columns)
        let iterations = tiles.partialValue.multipliedReportingOverflow(
            by: structure.reductionSteps(depth: granularity.depth))
        guard !tiles.overflow, !iterations.overflow,
            iterations.partialValue <= simulationBudget
        else {
            passOver(bound)
            return false
        }
        simulationBudget -= iterations.partialValue
        let simulator = StepSimulator(problem, structure, resident: Set(resident))
        for order in TileOrder.named {
            // The working set is the same in any order.
            guard let evaluation = try? simulator.simulate(granularity, order: order) else { return false }
            consider(granularity, order, evaluation.latency)
        }
        return true
    }

    /// Bounds are a hair low: with this limit what is as good as a latency, but for rounding, is no better.
    private static func better(than latency: Double) -> Double { latency * (1 - 2e-12) }

    @inline(__always)
    private mutating func consider(_ granularity: Granularity, _ order: TileOrder, _ latency: Double) {
        guard latency < limit else { return }
        limit = Self.better(than: latency)
        best = GranularityChoice(granularity: granularity, order: order, latency: latency)
    }
}
