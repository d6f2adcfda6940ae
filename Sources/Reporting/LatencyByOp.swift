import CostModel
import TensorGraph

/// The latency of a schedule divided among its ops.
///
/// What a step computes is divided in proportion to the native tiles of its ops, what it waits for loads and evictions
/// in proportion to the elements that are moved for each op. All ops together have the latency of the schedule.
struct LatencyByOp {
    /// Units of time in which the op computes.
    private(set) var compute: [Double]
    /// Units of time in which nothing is computed because data of the op is on its way.
    private(set) var waiting: [Double]

    /// - Throws: `RuleViolation` for a schedule that is not valid.
    init(_ schedule: Schedule, _ evaluation: Evaluation, problem: Problem) throws(RuleViolation) {
        compute = Array(repeating: 0, count: problem.ops.count)
        waiting = compute
        let traffic = try ScheduleTraffic(schedule, problem: problem)
        for ((step, cost), moves) in zip(zip(schedule.steps, evaluation.steps), traffic.steps) {
            Self.divide(cost.compute, step.ops.map { ($0, problem.nativeCost(of: $0)) }, into: &compute)
            let loads = moves.loaded.flatMap { move in
                let readers = step.ops.filter { problem[$0].inputs.contains(move.tensor) }
                return readers.map { ($0, move.elements / Double(readers.count)) }
            }
            let evictions = moves.evicted.compactMap { move in
                problem.graph.producers[move.tensor.index].map { ($0, move.elements) }
            }
            Self.divide(cost.waitForLoads, loads, into: &waiting)
            Self.divide(cost.waitForEvictions, evictions, into: &waiting)
        }
    }

    /// Divides an amount in proportion to weights, evenly if they are all 0.
    private static func divide(_ amount: Double, _ weights: [(op: OpID, weight: Double)], into sums: inout [Double]) {
        let whole = weights.reduce(0) { $0 + $1.weight }
        for (op, weight) in weights {
            sums[op.index] += whole > 0 ? amount * (weight / whole) : amount / Double(weights.count)
        }
    }
}

extension Problem {
    /// Compute time of an op in native tiles, its share of the compute bound, in units of time.
    func nativeCost(of op: OpID) -> Double {
        guard let output = self[op].outputs.first else { return 0 }
        let shape = self[output]
        let columns = (shape.width - 1) / hardware.nativeWidth + 1
        let rows = (shape.height - 1) / hardware.nativeHeight + 1
        return self[op].baseCost * Double(columns) * Double(rows)
    }
}
