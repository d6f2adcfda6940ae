import TensorGraph

/// What an evaluated step costs and why.
public struct StepEvaluation: Sendable, Hashable {
    /// Units of time.
    public var latency = 0.0
    /// Compute time of all iterations, in units of time.
    public var compute = 0.0
    /// Time in which nothing is computed because elements are still on their way in, in units of time.
    ///
    /// An iteration waits for its traffic longer than it computes, or not at all: (loads + evictions) / bandwidth -
    /// compute (RULES 4, "Latency"). Its wait is divided between loads and evictions in proportion to their elements,
    /// so that compute and the two waits add up to the latency.
    public var waitForLoads = 0.0
    /// The same for elements on their way out.
    public var waitForEvictions = 0.0
    /// Elements loaded from slow memory.
    public var loadedElements = 0.0
    /// Elements evicted to slow memory.
    public var evictedElements = 0.0
    /// Iterations: tiles times k-steps.
    public var iterations = 0.0
    /// Iterations whose compute takes at least as long as their traffic.
    public var computeBoundIterations = 0.0
    /// Elements that the fullest iteration holds.
    public var peakWorkingSet = 0.0
    /// Rows of tiles.
    public var gridRows = 1
    /// Columns of tiles.
    public var gridColumns = 1
    /// k-steps per tile.
    public var reductionSteps = 1

    /// Elements moved in either direction.
    public var trafficElements: Double { loadedElements + evictedElements }

    /// Creates an evaluation with nothing in it.
    public init() {}
}

extension StepEvaluation: IterationAccumulator {
    mutating func add(count: Double, compute: Double, loaded: Double, evicted: Double, bandwidth: Double) {
        let transfer = (loaded + evicted) / bandwidth
        latency += count * max(compute, transfer)
        self.compute += count * compute
        loadedElements += count * loaded
        evictedElements += count * evicted
        iterations += count
        if compute >= transfer {
            computeBoundIterations += count
        } else {
            let perElement = count * (transfer - compute) / (loaded + evicted)
            waitForLoads += perElement * loaded
            waitForEvictions += perElement * evicted
        }
    }
}

/// What a valid schedule costs.
public struct Evaluation: Sendable, Hashable {
    /// One entry per step, in schedule order.
    public var steps: [StepEvaluation]
    /// Sum of the steps' latencies, in units of time.
    public var totalLatency: Double { steps.reduce(0) { $0 + $1.latency } }
    /// Latency of each step, in units of time.
    public var latencies: [Double] { steps.map(\.latency) }
}
