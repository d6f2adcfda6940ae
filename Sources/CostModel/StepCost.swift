import TensorGraph

/// The latency and working set of a step from classes of iterations, without walking them.
///
/// Iterations fall into few classes: first, middle or last k-step; full or partial tile; and which of tile row and
/// tile column changed since the previous tile (<doc:IterationClasses>). All iterations of a class cost the same,
/// so a query costs O(classes), a few dozen terms, and allocates nothing.
public struct StepCost: Sendable {
    /// What does not depend on granularity and order.
    public let structure: StepStructure
    /// Elements of all tensors resident when the step starts.
    public let residentElements: Double
    /// Elements of all tensors that the step retains.
    public let retainedElements: Double

    /// Elements moved if every tensor that is read from outside were loaded just once; no granularity moves fewer.
    let onceElements: Double
    let patterns: [CostPattern]
    /// The same without what coincidences can make cheaper, at any tile size: lower bounds of each iteration.
    let surePatterns: [CostPattern]
    /// True when, at some granularity, the step may have to be simulated.
    let hasOverlaps: Bool
    /// Elements of the tensors that ``surePatterns`` leave out; each of them is loaded once at least.
    let unsureElements: Double
    let bandwidth: Double
    let capacity: Double
    let nativeWidth: Double
    let nativeHeight: Double
    let sinkCompute: Double
    let epilogueCompute: Double

    /// Prepares cost queries for a step.
    ///
    /// - Parameters:
    ///   - structure: the analysis of the step's ops and retained tensors.
    ///   - problem: the problem that the step is of.
    ///   - resident: the tensors that the previous step retains.
    /// - Complexity: O(*d* ^ 2) in the demands on one tensor, O(*s*) in the number of demands.
    public init(_ structure: StepStructure, problem: Problem, resident: [TensorID] = []) {
        self.structure = structure
        let hardware = problem.hardware
        bandwidth = hardware.slowMemoryBandwidth
        capacity = Double(hardware.fastMemoryCapacity)
        nativeWidth = Double(hardware.nativeWidth)
        nativeHeight = Double(hardware.nativeHeight)
        residentElements = resident.reduce(0) { $0 + Double(problem[$1].size) }
        // A tensor that is resident and written again, and retained again, is one tensor in fast memory.
        retainedElements = structure.retained.reduce(0) {
            $0 + (resident.contains($1) ? 0 : Double(problem[$1].size))
        }
        onceElements =
            structure.reads.reduce(0) { $0 + (resident.contains($1) ? 0 : Double(problem[$1].size)) }
            + Double(structure.evicted.count) * Double(structure.outputWidth) * Double(structure.outputHeight)
        var sinkCompute = 0.0
        var epilogueCompute = 0.0
        for (op, part) in zip(structure.ops, structure.parts) {
            switch part {
            case .sink: sinkCompute += problem[op].baseCost
            case .epilogue: epilogueCompute += problem[op].baseCost
            case .inner: break
            }
        }
        self.sinkCompute = sinkCompute
        self.epilogueCompute = epilogueCompute
        let canBeSingleRow = structure.outputHeight <= hardware.nativeHeight
        let canBeSingleColumn = structure.outputWidth <= hardware.nativeWidth
        let isSingleDepth = structure.sinkCount == 0
        func occurs(_ shape: GridShape) -> Bool {
            (!shape.singleRow || canBeSingleRow) && (!shape.singleColumn || canBeSingleColumn)
                && (shape.singleDepth || !isSingleDepth)
                && (shape.singleRow || structure.outputHeight > 1)
                && (shape.singleColumn || structure.outputWidth > 1)
        }
        let shapes = (0..<8).map { GridShape(index: $0) }
        let isResident = { resident.contains($0) }
        var overlapping = OverlappingDemands()
        let patterns = shapes.map { shape in
            occurs(shape)
                ? CostPattern(
                    structure, problem: problem, isResident: isResident, shape: shape, overlapping: &overlapping)
                : CostPattern()
        }
        self.patterns = patterns
        hasOverlaps = patterns.contains { $0.overlaps }
        let left = overlapping
        surePatterns =
            hasOverlaps
            ? shapes.map { shape in
                occurs(shape)
                    ? CostPattern(structure, problem: problem, isResident: isResident, shape: shape, without: left)
                    : CostPattern()
            } : patterns
        unsureElements = left.tensors.reduce(0) { $0 + Double(problem[$1].size) }
    }

    /// Rows, columns and k-steps, and what is needed of them in a query.
    struct Grid {
        var rows: Int
        var columns: Int
        var depths: Int
        /// Sides of a full tile and of the last one; depths of a full k-step and of the last one.
        var height: Double
        var lastHeight: Double
        var width: Double
        var lastWidth: Double
        var depth: Double
        var lastDepth: Double
        var patternIndex: Int
    }

    @inline(__always)
    func grid(_ granularity: Granularity) -> Grid {
        let (rows, columns) = structure.grid(granularity)
        let depths = structure.reductionSteps(depth: granularity.depth)
        let height = min(granularity.height, structure.outputHeight)
        let width = min(granularity.width, structure.outputWidth)
        let depth = depths == 1 ? structure.sinkReduction : granularity.depth
        return Grid(
            rows: rows, columns: columns, depths: depths,
            height: Double(height), lastHeight: Double(structure.outputHeight - (rows - 1) * height),
            width: Double(width), lastWidth: Double(structure.outputWidth - (columns - 1) * width),
            depth: Double(depth), lastDepth: Double(structure.sinkReduction - (depths - 1) * depth),
            patternIndex: (rows == 1 ? 1 : 0) | (columns == 1 ? 2 : 0) | (depths == 1 ? 4 : 0))
    }

    /// Elements that the fullest iteration holds in fast memory (RULES 4, "Working set").
    ///
    /// - Complexity: O(1).
    @inlinable
    public func workingSet(_ granularity: Granularity) -> Double { peakWorkingSet(granularity) }

    @usableFromInline
    func peakWorkingSet(_ granularity: Granularity) -> Double {
        let grid = grid(granularity)
        return workingSet(grid, patterns[grid.patternIndex])
    }

    @inline(__always)
    func workingSet(_ grid: Grid, _ pattern: CostPattern) -> Double {
        // The first tile is full, and so is its first k-step unless it is the only one.
        let spareSinks = grid.depths > 1 ? max(0, structure.sinkCount - structure.outputCount) : 0
        return residentElements + retainedElements
            + pattern.sliceElements(rows: grid.height, columns: grid.width, depth: grid.depth)
            + Double(structure.evicted.count + spareSinks) * grid.height * grid.width
    }

    /// No more than any iteration of full size holds, whatever coincides; the working set where nothing can.
    func sureWorkingSet(_ granularity: Granularity) -> Double {
        let grid = grid(granularity)
        return workingSet(grid, surePatterns[grid.patternIndex])
    }

    /// True when two demands on one tensor coincide in some iterations but not in all, so that no class tells the
    /// cost and the step has to be simulated.
    public func needsSimulation(_ granularity: Granularity) -> Bool {
        let grid = grid(granularity)
        return needsSimulation(granularity, grid, patterns[grid.patternIndex])
    }

    @inline(__always)
    func needsSimulation(_ granularity: Granularity, _ grid: Grid, _ pattern: CostPattern) -> Bool {
        pattern.overlaps && pattern.coincidences.occur(if: coincidingPairs(granularity, grid))
    }

    /// Pairs of ranges that name the same elements in some iterations at this granularity, where they cut the same
    /// side.
    func coincidingPairs(_ granularity: Granularity, _ grid: Grid) -> RangePairs {
        // Ranges of two partitions of one side coincide when the steps are equal, or when the last ones start together.
        let lastStart = (grid.depths - 1) * granularity.depth
        let lastRow = (grid.rows - 1) * granularity.height
        let lastColumn = (grid.columns - 1) * granularity.width
        var pairs = RangePairs.none
        if granularity.height == granularity.depth || lastRow == lastStart { pairs.insert(.rowsAndDepth) }
        if granularity.width == granularity.depth || lastColumn == lastStart { pairs.insert(.columnsAndDepth) }
        if granularity.height == granularity.width || lastRow == lastColumn { pairs.insert(.rowsAndColumns) }
        return pairs
    }

    /// Latency of the step, in units of time; the memory limit and ``needsSimulation(_:)`` are the caller's to check.
    ///
    /// - Parameters:
    ///   - granularity: tile width, tile height and reduction depth, in elements.
    ///   - order: a permutation is walked tile by tile; the named orders have closed forms.
    /// - Complexity: O(1) for a named order, O(*tiles*) for a permutation.
    public func latency(_ granularity: Granularity, order: TileOrder = .raster) -> Double {
        var sum = LatencySum()
        accumulate(granularity, order: order, into: &sum)
        return sum.latency
    }
}
