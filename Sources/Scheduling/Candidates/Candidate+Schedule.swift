import CostModel
import TensorGraph

extension Candidate {
    /// The steps of a schedule as candidates, each with the granularity that the schedule gives it.
    ///
    /// - Parameters:
    ///   - schedule: a schedule that the evaluator found valid.
    ///   - latencies: what each step takes, in units of time.
    ///   - isBest: takes the granularities for the best there are; otherwise nothing is known of others.
    /// - Throws: ``RuleViolation`` for a schedule that is not valid.
    static func steps(
        of schedule: Schedule, latencies: [Double], problem: Problem, isBest: Bool = false
    ) throws -> [Candidate] {
        let analyzer = StepAnalyzer(problem)
        var resident: [TensorID] = []
        return try zip(schedule.steps, latencies).map { step, latency in
            let structure = try analyzer.analyze(ops: analyzer.ordered(step.ops), retained: step.retained)
            defer { resident = structure.retained }
            let choice = GranularityChoice(granularity: step.granularity, order: step.order, latency: latency)
            return Candidate(
                structure, resident: resident, choice: choice, lowerBound: isBest ? nil : 0, problem: problem)
        }
    }

    /// The steps of a schedule that has been evaluated.
    static func steps(of snapshot: SchedulingSnapshot, problem: Problem, isBest: Bool = false) throws -> [Candidate] {
        try steps(
            of: snapshot.schedule, latencies: snapshot.evaluation.latencies, problem: problem, isBest: isBest)
    }
}
