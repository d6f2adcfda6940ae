import CostModel
import TensorGraph

/// A schedule in the names of the model that its problem came from, for a compiler pass
/// (`models/schema/named-schedule.schema.json`).
///
/// Ids stay beside names: an op or a tensor that has no name is an id alone.
package struct NamedSchedule: Encodable, Sendable {
    /// An op or a tensor.
    struct Item: Encodable {
        let id: Int
        /// Absent if it has none.
        let name: String?

        init(_ op: OpID, _ problem: Problem) { (id, name) = (op.index, problem.name(of: op)) }

        init(_ tensor: TensorID, _ problem: Problem) { (id, name) = (tensor.index, problem.name(of: tensor)) }
    }

    /// A tensor of which a step moves something.
    struct Move: Encodable {
        let id: Int
        /// Absent if it has none.
        let name: String?
        let elements: Double

        init(_ move: ScheduleTraffic.Move, _ problem: Problem) {
            (id, name) = (move.tensor.index, problem.name(of: move.tensor))
            elements = move.elements
        }
    }

    /// One step. Rows come before columns in the grid, width before height in the granularity.
    struct Entry: Encodable {
        let step: Int
        let ops: [Item]
        let granularity: [Int]
        let grid: [Int]
        let reductionSteps: Int
        let order: String
        /// Tiles in visiting order; absent for an order that has a name.
        let tiles: [Int]?
        let resident: [Item]
        let retained: [Item]
        let loaded: [Move]
        let evicted: [Move]
        let latency: Double
    }

    /// What the problem is called.
    let problem: String
    /// `Problem.fingerprint`, which tells whether a file holds the same problem.
    let fingerprint: String
    /// Units of time.
    let totalLatency: Double
    /// One entry per step, in schedule order.
    let steps: [Entry]

    /// Describes a schedule that the evaluator found valid.
    ///
    /// - Parameters:
    ///   - schedule: the schedule.
    ///   - evaluation: what the evaluator found of it.
    ///   - traffic: what each of its steps moves.
    ///   - problem: the problem that it is for, whose names ops and tensors have.
    ///   - title: what the problem is called.
    package init(
        _ schedule: Schedule, _ evaluation: Evaluation, traffic: ScheduleTraffic, problem: Problem, title: String
    ) {
        self.problem = title
        fingerprint = problem.fingerprint
        totalLatency = evaluation.totalLatency
        let resident = [[]] + schedule.steps.map(\.retained)
        steps = schedule.steps.indices.map { index in
            let (step, cost, moves) = (schedule.steps[index], evaluation.steps[index], traffic.steps[index])
            let order = step.order.familiar(rows: cost.gridRows, columns: cost.gridColumns)
            let tiles: [Int]? = if case .permutation(let listed) = order { listed } else { nil }
            return Entry(
                step: index, ops: step.ops.map { Item($0, problem) },
                granularity: [step.granularity.width, step.granularity.height, step.granularity.depth],
                grid: [cost.gridRows, cost.gridColumns], reductionSteps: cost.reductionSteps, order: order.name,
                tiles: tiles, resident: Set(resident[index]).sorted().map { Item($0, problem) },
                retained: step.retained.map { Item($0, problem) }, loaded: moves.loaded.map { Move($0, problem) },
                evicted: moves.evicted.map { Move($0, problem) }, latency: cost.latency)
        }
    }
}
