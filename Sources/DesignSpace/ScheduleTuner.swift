import CostModel
import TensorGraph

/// Gives each step of a schedule its best granularity on other hardware.
struct ScheduleTuner {
    private let problem: Problem
    private let optimizer: GranularityOptimizer

    /// - Parameters:
    ///   - problem: whose hardware counts.
    ///   - reductionCap: how deep k-steps may be.
    init(_ problem: Problem, reductionCap: ReductionCap) {
        self.problem = problem
        optimizer = GranularityOptimizer(problem, reductionCap: reductionCap, mode: .fast)
    }

    /// The same steps at other granularities; nil where one of them fits at none.
    func tuned(_ schedule: Schedule) -> Schedule? {
        let analyzer = StepAnalyzer(problem)
        var resident: [TensorID] = []
        var steps: [Step] = []
        for step in schedule.steps {
            guard let structure = try? analyzer.analyze(ops: step.ops, retained: step.retained) else { return nil }
            let cost = StepCost(structure, problem: problem, resident: resident)
            guard let choice = optimizer.best(for: cost, resident: resident) else { return nil }
            steps.append(
                Step(
                    ops: step.ops, granularity: choice.granularity, retained: step.retained, order: choice.order))
            resident = structure.retained
        }
        return Schedule(steps: steps)
    }
}
