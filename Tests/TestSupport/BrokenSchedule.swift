import CostModel
import TensorGraph

/// A schedule that breaks one rule, and the nearest one that does not.
public struct BrokenSchedule: Sendable, CustomStringConvertible {
    /// The rule that is broken.
    public let rule: RuleViolation.Rule
    /// The problem.
    public let problem: Problem
    /// Breaks the rule.
    public let broken: Schedule
    /// Breaks no rule.
    public let repaired: Schedule
    /// Where the violation has to point: the step, counted from 0, or nil for the schedule as a whole.
    public let step: Int?

    /// The rule.
    public var description: String { rule.rawValue }

    /// One fixture per rule that a schedule can break, in the order of the rules.
    public static func all() throws(ProblemError) -> [BrokenSchedule] {
        try ops() + sets() + memories() + iterations()
    }

    private init(
        _ rule: RuleViolation.Rule, _ problem: Problem, step: Int?, broken: [Step], repaired: [Step]
    ) {
        self.rule = rule
        self.problem = problem
        self.step = step
        self.broken = Schedule(steps: broken)
        self.repaired = Schedule(steps: repaired)
    }

    private static func ops() throws(ProblemError) -> [BrokenSchedule] {
        let pair = try Fixtures.pointwisePair(side: 8, capacity: 100, native: 4)
        let valid = [Step([0, 1], (4, 4, 1))]
        return [
            BrokenSchedule(.emptyStep, pair, step: 1, broken: valid + [Step([], (4, 4, 1))], repaired: valid),
            BrokenSchedule(.unknownOp, pair, step: 0, broken: [Step([0, 2], (4, 4, 1))], repaired: valid),
            BrokenSchedule(.repeatedOp, pair, step: 0, broken: [Step([0, 1, 1], (4, 4, 1))], repaired: valid),
            BrokenSchedule(
                .consumerBeforeProducer, pair, step: 0, broken: [Step([1, 0], (4, 4, 1))], repaired: valid),
            BrokenSchedule(.uncoveredOp, pair, step: nil, broken: [Step([0], (4, 4, 1))], repaired: valid),
        ]
    }

    private static func sets() throws(ProblemError) -> [BrokenSchedule] {
        let pair = try Fixtures.pointwisePair(side: 8, capacity: 100, native: 4)
        var islands = GraphBuilder()
        _ = islands.pointwise([islands.tensor(4, 4)], cost: 1)
        _ = islands.pointwise([islands.tensor(4, 4)], cost: 1)
        var siblings = GraphBuilder()
        let shared = siblings.tensor(4, 4)
        _ = siblings.matMul(shared, siblings.tensor(3, 4), cost: 1)
        _ = siblings.matMul(shared, siblings.tensor(2, 4), cost: 1)
        var prologue = GraphBuilder()
        let left = prologue.pointwise([prologue.tensor(4, 4)], cost: 1)
        _ = prologue.matMul(left, prologue.tensor(4, 4), cost: 1)
        let apart = [Step([0], (4, 4, 1)), Step([1], (4, 4, 1))]
        return [
            BrokenSchedule(
                .disconnectedStep, try islands.problem(capacity: 100), step: 0, broken: [Step([0, 1], (4, 4, 1))],
                repaired: apart),
            BrokenSchedule(
                .granularityOutOfRange, pair, step: 0, broken: [Step([0, 1], (5, 4, 1))],
                repaired: [Step([0, 1], (4, 4, 1))]),
            BrokenSchedule(
                .depthAboveReduction,
                try Fixtures.matMul(width: 4, height: 4, reduction: 3, capacity: 100, native: 4), step: 0,
                broken: [Step([0], (4, 4, 4))], repaired: [Step([0], (4, 4, 3))]),
            BrokenSchedule(
                .retainedNotElementwise, try prologue.problem(capacity: 100), step: 0,
                broken: [Step([0, 1], (4, 4, 4), keeping: [1])], repaired: [Step([0, 1], (4, 4, 4))]),
            BrokenSchedule(
                .outputShapesDiffer, try siblings.problem(capacity: 100), step: 0,
                broken: [Step([0, 1], (4, 4, 1))], repaired: apart),
        ]
    }

    private static func memories() throws(ProblemError) -> [BrokenSchedule] {
        let pair = try Fixtures.pointwisePair(side: 8, capacity: 100, native: 4)
        let diamond = try Fixtures.diamond()
        let apart = [Step([0], (4, 4, 1)), Step([1], (4, 4, 1))]
        return [
            BrokenSchedule(
                .retainsUnwrittenTensor, pair, step: 0,
                broken: [Step([0], (4, 4, 1), keeping: [0]), Step([1], (4, 4, 1))],
                repaired: [Step([0], (4, 4, 1), keeping: [1]), Step([1], (4, 4, 1))]),
            BrokenSchedule(
                .unavailableTensor, diamond, step: 1,
                broken: [Step([0, 1], (128, 128, 1)), Step([2], (64, 64, 1))],
                repaired: [Step([0], (128, 128, 1)), Step([1, 2], (64, 64, 1))]),
            BrokenSchedule(
                .outputNotEvicted, pair, step: nil, broken: [apart[0], Step([1], (4, 4, 1), keeping: [2])],
                repaired: apart),
        ]
    }

    private static func iterations() throws(ProblemError) -> [BrokenSchedule] {
        var sinks = GraphBuilder()
        let four = sinks.matMul(sinks.tensor(4, 6), sinks.tensor(6, 4), cost: 1)
        let three = sinks.matMul(sinks.tensor(3, 6), sinks.tensor(6, 3), cost: 1)
        _ = sinks.pointwise([four, three], cost: 1)
        var prologue = GraphBuilder()
        let left = prologue.pointwise([prologue.tensor(6, 6)], cost: 1)
        _ = prologue.matMul(left, prologue.tensor(6, 6), cost: 1)
        let pair = try Fixtures.pointwisePair(side: 8, capacity: 31, native: 4)
        let snake = Step([0, 1], (4, 3, 1), order: .permutation([0, 1, 3, 2, 4, 5]))
        var lying = snake
        lying.reportedLatency = 1e6
        var honest = snake
        // Six tiles: op0 costs 1000 and op1 100, more than any traffic at bandwidth 10.
        honest.reportedLatency = 6600
        return [
            BrokenSchedule(
                .sinkReductionsDiffer, try sinks.problem(capacity: 1000), step: 0,
                broken: [Step([0, 1, 2], (6, 6, 2))],
                repaired: [Step([0], (6, 6, 2)), Step([1], (6, 6, 2)), Step([2], (6, 6, 1))]),
            BrokenSchedule(
                .prologueBelowReduction, try prologue.problem(capacity: 1000), step: 0,
                broken: [Step([0, 1], (5, 6, 2))], repaired: [Step([0, 1], (6, 5, 2))]),
            BrokenSchedule(
                .capacityExceeded, pair, step: 0, broken: [Step([0, 1], (4, 4, 1))],
                repaired: [Step([0, 1], (4, 3, 1))]),
            BrokenSchedule(
                .notAPermutation, pair, step: 0,
                broken: [Step([0, 1], (4, 3, 1), order: .permutation([0, 1, 3, 3, 4, 5]))], repaired: [snake]),
            BrokenSchedule(.latencyMisreported, pair, step: 0, broken: [lying], repaired: [honest]),
        ]
    }
}
