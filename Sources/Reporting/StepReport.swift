import CostModel
import TensorGraph

/// One step of a valid schedule, for tables and for JSON output.
public struct StepReport: Encodable, Sendable {
    /// Ids of the step's ops, producers first.
    public let ops: [Int]
    /// Names of the step's ops, ids where one has none; nil if none has a name.
    public let opNames: [String]?
    /// Tile width, tile height and reduction depth.
    public let granularity: [Int]
    /// The name of the tile order; "permutation" for one that has no name.
    public let order: String
    /// Rows and columns of tiles.
    public let grid: [Int]
    /// k-steps per tile.
    public let reductionSteps: Int
    /// Tiles times k-steps.
    public let iterations: Double
    /// Iterations whose compute takes at least as long as their traffic.
    public let computeBoundIterations: Double
    /// Units of time.
    public let latency: Double
    /// Compute time of all iterations, in units of time.
    public let compute: Double
    /// Time that loads and evictions take, in units of time: elements moved by bandwidth.
    public let transfer: Double
    /// The step's part of the schedule's latency, a fraction.
    public let share: Double
    /// Elements loaded from slow memory.
    public let loadedElements: Double
    /// Elements evicted to slow memory.
    public let evictedElements: Double
    /// Elements that the fullest iteration holds.
    public let peakWorkingSet: Double
    /// Ids of the tensors that the previous step left in fast memory, ascending.
    public let resident: [Int]
    /// Ids of the tensors that stay in fast memory through the next step.
    public let retained: [Int]

    /// Describes an evaluated step.
    ///
    /// - Parameters:
    ///   - step: the step.
    ///   - evaluation: what the evaluator found of it.
    ///   - resident: what the previous step retains.
    ///   - problem: whose bandwidth traffic meets, and whose names ops have.
    ///   - totalLatency: the latency of the schedule, in units of time.
    public init(
        _ step: Step, _ evaluation: StepEvaluation, resident: [TensorID], problem: Problem, totalLatency: Double
    ) {
        ops = step.ops.map(\.index)
        let isNamed = problem.names.hasOpNames
        opNames = isNamed ? step.ops.map { problem.name(of: $0) ?? problem.describe($0) } : nil
        granularity = [step.granularity.width, step.granularity.height, step.granularity.depth]
        order = step.order.familiar(rows: evaluation.gridRows, columns: evaluation.gridColumns).name
        grid = [evaluation.gridRows, evaluation.gridColumns]
        reductionSteps = evaluation.reductionSteps
        iterations = evaluation.iterations
        computeBoundIterations = evaluation.computeBoundIterations
        latency = evaluation.latency
        compute = evaluation.compute
        transfer = evaluation.trafficElements / problem.hardware.slowMemoryBandwidth
        share = totalLatency > 0 ? evaluation.latency / totalLatency : 0
        loadedElements = evaluation.loadedElements
        evictedElements = evaluation.evictedElements
        peakWorkingSet = evaluation.peakWorkingSet
        self.resident = Set(resident.map(\.index)).sorted()
        retained = step.retained.map(\.index)
    }

    /// Time in which nothing is computed because data is on its way, in units of time.
    public var waiting: Double { max(0, latency - compute) }

    /// What binds, compute or memory, and in how many of the iterations.
    public var binding: String {
        let memoryBound = iterations - computeBoundIterations
        if memoryBound <= 0 { return "compute" }
        if computeBoundIterations <= 0 { return "memory" }
        return computeBoundIterations >= memoryBound
            ? "compute \(percentage(computeBoundIterations, of: iterations))"
            : "memory \(percentage(memoryBound, of: iterations))"
    }
}

extension TileOrder {
    /// The named order that visits this grid alike, if there is one: a file lists the tiles of all orders but raster.
    func familiar(rows: Int, columns: Int) -> TileOrder {
        guard self != .raster else { return self }
        // Which of several named orders are one on a small grid, a comparison of their tiles tells.
        let (count, overflow) = rows.multipliedReportingOverflow(by: columns)
        guard !overflow, count <= TileOrder.maximumListedTiles || isPermutation else { return self }
        let tiles = tiles(rows: rows, columns: columns)
        return TileOrder.named.first { $0.tiles(rows: rows, columns: columns) == tiles } ?? self
    }

    private var isPermutation: Bool { if case .permutation = self { true } else { false } }
}
