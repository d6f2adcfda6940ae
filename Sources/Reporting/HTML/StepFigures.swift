import CostModel
import TensorGraph

/// One step of the schedule, as the report page tells of it.
public struct StepFigures: Encodable, Sendable {
    /// Ids of the step's ops, producers first.
    public let ops: [Int]
    /// Tile width, tile height and reduction depth.
    public let granularity: [Int]
    /// The name of the tile order.
    public let order: String
    /// Rows and columns of tiles.
    public let grid: [Int]
    /// Tiles times k-steps.
    public let iterations: Double
    /// Iterations whose compute takes at least as long as their traffic.
    public let computeBoundIterations: Double
    /// When the step starts, in units of time.
    public let start: Double
    /// Units of time.
    public let latency: Double
    /// Compute time of all iterations, in units of time.
    public let compute: Double
    /// Time that the step's traffic takes at full bandwidth, in units of time.
    public let transfer: Double
    /// Elements loaded from slow memory.
    public let loadedElements: Double
    /// Elements evicted to slow memory.
    public let evictedElements: Double
    /// Elements that the fullest iteration holds.
    public let peakWorkingSet: Double
    /// Elements of the tensors that the previous step retained; part of ``peakWorkingSet``.
    public let residentElements: Double
    /// Elements of the tensors that the step retains and that were not resident; part of ``peakWorkingSet``.
    public let retainedElements: Double
    /// Ids of the tensors that the previous step retained.
    public let resident: [Int]
    /// Ids of the tensors that stay in fast memory through the next step.
    public let retained: [Int]

    /// Compute per element moved, in units of time per element; infinite without traffic.
    public var intensity: Double {
        let moved = loadedElements + evictedElements
        return moved > 0 ? compute / moved : .infinity
    }

    /// The part of the latency in which something is computed, 0 to 1.
    public var computeShare: Double { latency > 0 ? min(1, compute / latency) : 0 }

    /// The part of the latency in which something is moved, 0 to 1.
    public var transferShare: Double { latency > 0 ? min(1, transfer / latency) : 0 }

    /// What binds in most of the iterations.
    public var binding: String {
        if computeBoundIterations >= iterations { return "compute" }
        if computeBoundIterations <= 0 { return "memory" }
        return computeBoundIterations * 2 >= iterations
            ? "compute \(percentage(computeBoundIterations, of: iterations))"
            : "memory \(percentage(iterations - computeBoundIterations, of: iterations))"
    }

    static func all(
        _ schedule: Schedule, _ evaluation: Evaluation, _ flow: ScheduleFlow, _ problem: Problem
    ) -> [StepFigures] {
        var figures: [StepFigures] = []
        var start = 0.0
        for (index, (step, cost)) in zip(schedule.steps, evaluation.steps).enumerated() {
            let resident = flow.resident[index]
            let size = { (tensors: [TensorID]) in tensors.reduce(0) { $0 + Double(problem[$1].size) } }
            figures.append(
                StepFigures(
                    ops: step.ops.map(\.index),
                    granularity: [step.granularity.width, step.granularity.height, step.granularity.depth],
                    order: step.order.familiar(rows: cost.gridRows, columns: cost.gridColumns).name,
                    grid: [cost.gridRows, cost.gridColumns], iterations: cost.iterations,
                    computeBoundIterations: cost.computeBoundIterations, start: start, latency: cost.latency,
                    compute: cost.compute, transfer: cost.trafficElements / problem.hardware.slowMemoryBandwidth,
                    loadedElements: cost.loadedElements, evictedElements: cost.evictedElements,
                    peakWorkingSet: cost.peakWorkingSet, residentElements: size(resident),
                    retainedElements: size(Set(step.retained).subtracting(resident).sorted()),
                    resident: resident.map(\.index), retained: step.retained.map(\.index)))
            start += cost.latency
        }
        return figures
    }
}
