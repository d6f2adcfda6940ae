import CostModel
import TensorGraph

/// The first iterations of a step: what each loads, finds still there and evicts.
public struct IterationStrip: Encodable, Sendable {
    /// Iterations told of; the step may have more.
    public let iterations: Int
    /// k-steps per tile.
    public let reductionSteps: Int
    /// The tiles of these iterations in visiting order, counted row by row.
    public let tiles: [Int]
    /// Ids of the tensors that the step reads from slow memory.
    public let tensors: [Int]
    /// Ids of the tensors that the step evicts.
    public let evictedTensors: [Int]
    /// Elements loaded of each of ``tensors`` by each iteration.
    public let loaded: [[Double]]
    /// Elements that each iteration holds of each of ``tensors``, loaded or kept.
    public let held: [[Double]]
    /// Elements evicted by each iteration.
    public let evicted: [Double]
    /// Compute time of each iteration, in units of time.
    public let compute: [Double]
    /// Elements that each iteration holds in all.
    public let workingSet: [Double]
}

extension IterationStrip {
    /// Numbers that all strips of a page may have together, some ten bytes each.
    private static let maximumNumbers = 150_000
    /// Iterations of one step at most.
    private static let maximumIterations = 240
    /// Numbers of one step at most, so that large steps leave room for others.
    private static let maximumNumbersOfStep = 6_000

    /// The strips of a valid schedule's steps; nil where there is no room for even a few iterations.
    ///
    /// - Parameter resident: what each step finds in fast memory.
    static func all(_ schedule: Schedule, _ resident: [[TensorID]], _ problem: Problem) -> [IterationStrip?] {
        let share = min(maximumNumbersOfStep, maximumNumbers / max(1, schedule.steps.count))
        let analyzer = StepAnalyzer(problem)
        return zip(schedule.steps, resident).map { step, resident in
            guard let structure = try? analyzer.analyze(ops: step.ops, retained: step.retained) else { return nil }
            return IterationStrip(step, structure, resident: Set(resident), problem, maximumNumbers: share)
        }
    }

    private init?(
        _ step: Step, _ structure: StepStructure, resident: Set<TensorID>, _ problem: Problem, maximumNumbers: Int
    ) {
        let loads = structure.loadedTensors(resident: resident, problem: problem)
        let limit = min(Self.maximumIterations, maximumNumbers / (2 * loads.count + 3))
        let grid = structure.grid(step.granularity)
        let (tileCount, overflow) = grid.rows.multipliedReportingOverflow(by: grid.columns)
        // The order of more tiles is not listed either.
        guard limit >= 4, !overflow, tileCount <= TileOrder.maximumListedTiles else { return nil }
        var walk: [StepIteration] = []
        let simulator = StepSimulator(problem, structure, resident: resident)
        _ = try? simulator.simulate(step.granularity, order: step.order) { iteration in
            walk.append(iteration)
            return walk.count < limit
        }
        guard walk.first?.loaded.count == loads.count else { return nil }
        func differences(_ field: KeyPath<StepEvaluation, Double>) -> [Double] {
            zip(walk, [0] + walk.map { $0.soFar[keyPath: field] }).map { $0.soFar[keyPath: field] - $1 }
        }
        iterations = walk.count
        reductionSteps = structure.reductionSteps(depth: step.granularity.depth)
        tiles = stride(from: 0, to: walk.count, by: max(1, reductionSteps)).map { walk[$0].tile }
        tensors = loads.map(\.index)
        evictedTensors = structure.evicted.map(\.index)
        loaded = loads.indices.map { tensor in walk.map { $0.loaded[tensor] } }
        held = loads.indices.map { tensor in walk.map { $0.held[tensor] } }
        evicted = differences(\.evictedElements)
        compute = differences(\.compute)
        workingSet = walk.map(\.workingSet)
    }
}
