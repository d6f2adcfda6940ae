import CostModel
import TensorGraph

/// What one tile of a step costs, all its k-steps together.
struct TileTiming {
    /// The tile, counted row by row.
    let index: Int
    /// Units of time.
    let latency: Double
    /// Compute time, in units of time.
    let compute: Double
    /// Elements loaded from slow memory.
    let loadedElements: Double
    /// Elements evicted to slow memory.
    let evictedElements: Double
    /// Elements that the tile's fullest iteration holds.
    let peakWorkingSet: Double

    /// Iterations walked at most for the tiles of one step.
    private static let maximumIterations = 1.0e7

    /// The tiles of a step of a valid schedule in visiting order; nil when there are more than `limit`.
    ///
    /// What a tile loads depends on what the last iteration of the tile before it held, and on no other. So a walk of
    /// these two alone, less a walk of the former alone, tells what the latter costs.
    ///
    /// - Complexity: O(*iterations* x *s*) in the number of slices and regions of an iteration.
    static func tiles(of step: Step, resident: [TensorID], problem: Problem, atMost limit: Int) -> [TileTiming]? {
        guard let structure = try? StepAnalyzer(problem).analyze(ops: step.ops, retained: step.retained) else {
            return nil
        }
        let grid = structure.grid(step.granularity)
        let (count, overflow) = grid.rows.multipliedReportingOverflow(by: grid.columns)
        let iterations = Double(count) * Double(structure.reductionSteps(depth: step.granularity.depth))
        guard !overflow, count <= limit, iterations <= maximumIterations else { return nil }
        let simulator = StepSimulator(problem, structure, resident: Set(resident))
        func walk(_ tiles: [Int]) -> StepEvaluation? {
            try? simulator.simulate(step.granularity, order: .permutation(tiles))
        }
        var timings: [TileTiming] = []
        var previous: (tile: Int, alone: StepEvaluation)?
        for tile in step.order.tiles(rows: grid.rows, columns: grid.columns) {
            guard let alone = walk([tile]), let both = previous.map({ walk([$0.tile, tile]) }) ?? alone else {
                return nil
            }
            timings.append(
                TileTiming(
                    tile, both, after: previous?.alone ?? StepEvaluation(), peakWorkingSet: alone.peakWorkingSet))
            previous = (tile, alone)
        }
        return timings
    }

    private init(_ index: Int, _ both: StepEvaluation, after before: StepEvaluation, peakWorkingSet: Double) {
        self.index = index
        latency = both.latency - before.latency
        compute = both.compute - before.compute
        loadedElements = both.loadedElements - before.loadedElements
        evictedElements = both.evictedElements - before.evictedElements
        self.peakWorkingSet = peakWorkingSet
    }
}
