import CostModel
import TensorGraph

/// Turns a step of one schedule into its counterpart in another, one decision after the other, and costs each change.
///
/// What a decision costs depends on what was decided before it. Here the order is that of
/// ``ScheduleComparison/Decision``, and each change is costed with the earlier ones made and the later ones not, so
/// that the changes add up to the difference of the two steps.
struct CostAttribution {
    private typealias Decision = ScheduleComparison.Decision

    /// Everything that a step's latency depends on beside its ops.
    private struct Choices {
        var step: Step
        var resident: [TensorID]
        var latency: Double
    }

    private let evaluator: Evaluator
    private let a: [Choices]
    private let b: [Choices]

    init(
        _ a: (schedule: Schedule, evaluation: Evaluation), _ b: (schedule: Schedule, evaluation: Evaluation),
        evaluator: Evaluator
    ) {
        self.evaluator = evaluator
        self.a = Self.choices(a.schedule, a.evaluation)
        self.b = Self.choices(b.schedule, b.evaluation)
    }

    /// Steps in one form: orders by their names, sets sorted, so that equal decisions are equal.
    private static func choices(_ schedule: Schedule, _ evaluation: Evaluation) -> [Choices] {
        var resident: [TensorID] = []
        return zip(schedule.steps, evaluation.steps).map { step, evaluation in
            let retained = Set(step.retained).sorted()
            defer { resident = retained }
            let plain = Step(
                ops: step.ops, granularity: step.granularity, retained: retained,
                order: step.order.familiar(rows: evaluation.gridRows, columns: evaluation.gridColumns))
            return Choices(step: plain, resident: resident, latency: evaluation.latency)
        }
    }

    /// What differs between step `first` of A and step `second` of B, which have the same ops; empty for nothing.
    func costs(_ first: Int, _ second: Int) -> [ScheduleComparison.Cost] {
        let (source, target) = (a[first], b[second])
        var current = source
        var pending: [Decision] = []
        var costs: [ScheduleComparison.Cost] = []
        let changes: [(Decision, differs: Bool, change: (inout Choices) -> Void)] = [
            (
                .granularity, source.step.granularity != target.step.granularity,
                { $0.step.granularity = target.step.granularity }
            ),
            (.order, source.step.order != target.step.order, { $0.step.order = target.step.order }),
            (.retention, source.step.retained != target.step.retained, { $0.step.retained = target.step.retained }),
            (.resident, source.resident != target.resident, { $0.resident = target.resident }),
        ]
        let last = changes.last(where: \.differs)?.0
        for (decision, differs, change) in changes where differs {
            change(&current)
            pending.append(decision)
            // A step that breaks a rule has no latency; it takes the next change as well to tell what both cost.
            guard let latency = decision == last ? target.latency : latency(current) else { continue }
            costs.append(.init(decisions: pending, difference: latency - current.latency, blocks: 1))
            current.latency = latency
            pending = []
        }
        return costs
    }

    private func latency(_ choices: Choices) -> Double? {
        guard
            let structure = try? StepAnalyzer(evaluator.problem).analyze(
                ops: choices.step.ops, retained: choices.step.retained),
            let evaluation = try? evaluator.evaluate(choices.step, structure, resident: choices.resident)
        else { return nil }
        return evaluation.latency
    }
}
