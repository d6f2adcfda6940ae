import CostModel
import TensorGraph

/// Two schedules of one problem side by side: where they decide differently, and what each difference costs.
///
/// Differences are those of B to A: negative where B is faster. The blocks' differences add up to that of the totals,
/// and within a block those of its decisions add up to the block's, both up to rounding.
public struct ScheduleComparison: Encodable, Sendable {
    /// One of the two schedules.
    public struct Side: Encodable, Sendable {
        /// The file it came from.
        public let path: String
        /// Units of time.
        public let totalLatency: Double
        /// One entry per step, in schedule order.
        public let steps: [StepReport]
    }

    /// What a schedule decides of its steps.
    public enum Decision: String, Encodable, Sendable, CaseIterable {
        /// Which ops run together.
        case grouping
        /// Tile width, tile height and reduction depth.
        case granularity
        /// The order in which tiles are visited.
        case order
        /// Which tensors stay in fast memory for the next step.
        case retention
        /// What the previous step left in fast memory: a consequence of what that step retains, or of the sequence.
        case resident
    }

    /// What decisions that differ cost.
    public struct Cost: Encodable, Sendable {
        /// The decisions; several when no valid step has only one of them changed.
        public let decisions: [Decision]
        /// Latency in B less latency in A, in units of time.
        public let difference: Double
        /// How many blocks it is about.
        public let blocks: Int
    }

    /// Steps of A and of B that cover the same ops, as few as can be.
    public struct Block: Encodable, Sendable {
        /// Ids of the ops, ascending.
        public let ops: [Int]
        /// Positions of the steps in A.
        public let stepsA: [Int]
        /// Positions of the steps in B; that with the ops of a step of A stands where that step does.
        public let stepsB: [Int]
        /// Latency of the steps in A, in units of time.
        public let latencyA: Double
        /// Latency of the steps in B, in units of time.
        public let latencyB: Double
        /// `latencyB - latencyA`.
        public let difference: Double
        /// What differs and costs that; empty when the steps are the same.
        public let costs: [Cost]
    }

    /// The schedule that the other one is compared to.
    public let a: Side
    /// The other one.
    public let b: Side
    /// Latency of B less that of A, in units of time.
    public let difference: Double
    /// Whether B runs the blocks in the sequence in which A runs them.
    public let hasSameSequence: Bool
    /// All blocks, in the order of their first step in A.
    public let blocks: [Block]
    /// The costs of all blocks, those of the same decisions added up.
    public let costs: [Cost]

    /// Compares two schedules that the evaluator found valid.
    ///
    /// - Parameters:
    ///   - a: a schedule, and what it costs.
    ///   - b: another one of the same problem.
    ///   - paths: the files that they came from.
    ///   - evaluator: what costed them; it also costs the steps between a step of A and its counterpart in B.
    public init(
        _ a: (schedule: Schedule, evaluation: Evaluation), _ b: (schedule: Schedule, evaluation: Evaluation),
        paths: (a: String, b: String), evaluator: Evaluator
    ) {
        let problem = evaluator.problem
        func side(_ path: String, _ side: (schedule: Schedule, evaluation: Evaluation)) -> Side {
            Side(
                path: path, totalLatency: side.evaluation.totalLatency,
                steps: ScheduleReport(side.schedule, side.evaluation, problem: problem).steps)
        }
        self.a = side(paths.a, a)
        self.b = side(paths.b, b)
        difference = b.evaluation.totalLatency - a.evaluation.totalLatency

        let attribution = CostAttribution(a, b, evaluator: evaluator)
        let alignment = StepAlignment(a.schedule.steps, b.schedule.steps, opCount: problem.ops.count)
        blocks = alignment.blocks.map { block in
            let pairs = block.pairs(a.schedule.steps, b.schedule.steps)
            let latencyA = block.stepsA.reduce(0) { $0 + a.evaluation.steps[$1].latency }
            let latencyB = block.stepsB.reduce(0) { $0 + b.evaluation.steps[$1].latency }
            return Block(
                ops: block.ops.map(\.index), stepsA: block.stepsA, stepsB: pairs?.map(\.b) ?? block.stepsB,
                latencyA: latencyA, latencyB: latencyB, difference: latencyB - latencyA,
                costs: pairs.map { Self.sum($0.flatMap { attribution.costs($0.a, $0.b) }, blocks: 1) }
                    ?? [Cost(decisions: [.grouping], difference: latencyB - latencyA, blocks: 1)])
        }
        let firstSteps = alignment.blocks.compactMap(\.stepsB.first)
        hasSameSequence = zip(firstSteps, firstSteps.dropFirst()).allSatisfy { $0 < $1 }
        costs = Self.sum(blocks.flatMap(\.costs), blocks: nil)
    }

    /// Adds up the costs of the same decisions; `blocks` is how many blocks all of them are about, if that is known.
    private static func sum(_ costs: [Cost], blocks: Int?) -> [Cost] {
        Dictionary(grouping: costs, by: \.decisions)
            .map { decisions, costs in
                Cost(
                    decisions: decisions, difference: costs.reduce(0) { $0 + $1.difference },
                    blocks: blocks ?? costs.reduce(0) { $0 + $1.blocks })
            }
            .sorted { $0.rank.lexicographicallyPrecedes($1.rank) }
    }
}

extension ScheduleComparison.Cost {
    /// The decisions as numbers, to sort by.
    fileprivate var rank: [Int] {
        decisions.compactMap { ScheduleComparison.Decision.allCases.firstIndex(of: $0) }
    }

    /// The decisions in words.
    var name: String { decisions.map(\.rawValue).joined(separator: " and ") }
}
