import CostModel
import TensorGraph

extension CandidateSet {
    /// Finds a schedule's steps among the candidates, and adds those that dominance or a limit left out.
    ///
    /// A step found is not compared by granularity: the candidate has the best one.
    ///
    /// - Parameter latencies: the latency of each step.
    /// - Returns: the position of each step's candidate.
    /// - Throws: ``RuleViolation`` for a schedule that is not valid.
    mutating func include(_ schedule: Schedule, latencies: [Double], problem: Problem) throws -> [Int] {
        let analyzer = StepAnalyzer(problem)
        var positions: [StepPricer.Key: Int] = [:]
        for (index, candidate) in candidates.enumerated() {
            positions[.init(ops: candidate.ops, resident: candidate.resident, retained: candidate.retained)] = index
        }
        var chosen: [Int] = []
        var resident: [TensorID] = []
        for (step, latency) in zip(schedule.steps, latencies) {
            let structure = try analyzer.analyze(ops: analyzer.ordered(step.ops), retained: step.retained)
            let key = StepPricer.Key(ops: structure.ops, resident: resident, retained: structure.retained)
            if positions[key] == nil {
                positions[key] = candidates.count
                let choice = GranularityChoice(granularity: step.granularity, order: step.order, latency: latency)
                candidates.append(Candidate(structure, resident: resident, choice: choice, problem: problem))
            }
            chosen.append(positions[key] ?? 0)
            resident = structure.retained
        }
        return chosen
    }
}
