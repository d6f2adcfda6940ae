import CostModel
import TensorGraph

/// One step of a valid schedule, for tables and for JSON output.
public struct StepReport: Encodable, Sendable {
    /// Ids of the step's ops, producers first.
    public let ops: [Int]
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
    /// Elements loaded from slow memory.
    public let loadedElements: Double
    /// Elements evicted to slow memory.
    public let evictedElements: Double
    /// Elements that the fullest iteration holds.
    public let peakWorkingSet: Double
    /// Ids of the tensors that stay in fast memory through the next step.
    public let retained: [Int]

    /// Describes an evaluated step.
    public init(_ step: Step, _ evaluation: StepEvaluation) {
        ops = step.ops.map(\.index)
        granularity = [step.granularity.width, step.granularity.height, step.granularity.depth]
        order = step.order.familiarName(rows: evaluation.gridRows, columns: evaluation.gridColumns)
        grid = [evaluation.gridRows, evaluation.gridColumns]
        reductionSteps = evaluation.reductionSteps
        iterations = evaluation.iterations
        computeBoundIterations = evaluation.computeBoundIterations
        latency = evaluation.latency
        compute = evaluation.compute
        loadedElements = evaluation.loadedElements
        evictedElements = evaluation.evictedElements
        peakWorkingSet = evaluation.peakWorkingSet
        retained = step.retained.map(\.index)
    }

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
    /// The name of the order on this grid: a permutation read from a file may be one of the named orders.
    func familiarName(rows: Int, columns: Int) -> String {
        guard case .permutation(let tiles) = self else { return name }
        return (TileOrder.named.first { $0.tiles(rows: rows, columns: columns) == tiles } ?? self).name
    }
}
