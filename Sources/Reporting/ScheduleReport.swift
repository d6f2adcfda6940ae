import CostModel
import TensorGraph

/// What an evaluated schedule costs, for tables and for JSON output.
public struct ScheduleReport: Encodable, Sendable {
    /// Always true; the counterpart of ``ViolationReport/valid``.
    public let valid = true
    /// Units of time.
    public let totalLatency: Double
    /// Elements that fast memory holds.
    public let fastMemoryCapacity: Int
    /// One entry per step, in schedule order.
    public let steps: [StepReport]
    /// Seconds and bytes; nil if the problem does not say what its units are.
    public let physical: PhysicalReport?

    /// Describes a schedule that the evaluator found valid.
    public init(_ schedule: Schedule, _ evaluation: Evaluation, problem: Problem) {
        totalLatency = evaluation.totalLatency
        fastMemoryCapacity = problem.hardware.fastMemoryCapacity
        physical = PhysicalReport(schedule, evaluation, problem: problem)
        let total = evaluation.totalLatency
        let resident = [[]] + schedule.steps.map(\.retained)
        steps = zip(zip(schedule.steps, evaluation.steps), resident).map {
            StepReport($0.0, $0.1, resident: $1, problem: problem, totalLatency: total)
        }
    }
}

/// All that `mlsys evaluate --json` prints of a valid schedule (`models/schema/evaluate.schema.json`).
public struct EvaluationReport: Encodable, Sendable {
    private let schedule: ScheduleReport
    private let traffic: TrafficReport

    /// Puts both parts together.
    public init(_ schedule: ScheduleReport, traffic: TrafficReport) {
        self.schedule = schedule
        self.traffic = traffic
    }

    /// Encodes the fields of both parts as one object.
    public func encode(to encoder: any Encoder) throws {
        try schedule.encode(to: encoder)
        try traffic.encode(to: encoder)
    }
}

/// Why a schedule is invalid, for JSON output.
public struct ViolationReport: Encodable, Sendable {
    /// Always false; the counterpart of ``ScheduleReport/valid``.
    public let valid = false
    /// The schedule's file.
    public let schedule: String
    /// The section of RULES that states the broken rule.
    public let rule: String
    /// The name of the broken rule.
    public let ruleName: String
    /// The step, counted from 0; nil when the rule is about the schedule as a whole.
    public let step: Int?
    /// The op that breaks the rule, if one does.
    public let op: Int?
    /// The tensor that breaks the rule, if one does.
    public let tensor: Int?
    /// What is wrong, in one sentence.
    public let message: String

    /// Describes the first rule that the schedule of a file breaks.
    public init(_ violation: RuleViolation, schedule: String) {
        self.schedule = schedule
        rule = violation.rule.section
        ruleName = violation.rule.rawValue
        step = violation.step
        op = violation.op?.index
        tensor = violation.tensor?.index
        message = violation.message
    }

    private enum CodingKeys: CodingKey {
        case valid, schedule, rule, ruleName, step, op, tensor, message
    }

    /// Encodes every field; those that are nil as null, so that readers always find them.
    public func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(valid, forKey: .valid)
        try container.encode(schedule, forKey: .schedule)
        try container.encode(rule, forKey: .rule)
        try container.encode(ruleName, forKey: .ruleName)
        try container.encode(step, forKey: .step)
        try container.encode(op, forKey: .op)
        try container.encode(tensor, forKey: .tensor)
        try container.encode(message, forKey: .message)
    }
}
