import CostModel
import TensorGraph

/// Columns of steps that were of use elsewhere, each at its best granularity on this problem's hardware.
struct KnownColumns {
    private let problem: Problem
    private let analyzer: StepAnalyzer
    private let optimizer: GranularityOptimizer

    init(_ problem: Problem, reductionCap: ReductionCap) {
        self.problem = problem
        analyzer = StepAnalyzer(problem)
        optimizer = GranularityOptimizer(problem, reductionCap: reductionCap, mode: .fast)
    }

    /// The columns; steps that break a rule or fit at no granularity are left out.
    func columns(_ steps: [StepKey]) -> [MasterColumn] {
        steps.compactMap { step in
            let ids = problem.ops.indices
            guard step.ops.allSatisfy({ ids.contains($0.index) }),
                (step.resident + step.retained).allSatisfy({ problem.tensors.indices.contains($0.index) }),
                let structure = try? analyzer.analyze(ops: analyzer.ordered(step.ops), retained: step.retained)
            else { return nil }
            let cost = StepCost(structure, problem: problem, resident: step.resident)
            return optimizer.best(for: cost, resident: step.resident).map {
                MasterColumn(
                    ops: structure.ops, resident: step.resident, retained: structure.retained, choice: $0,
                    lowerBound: $0.latency, problem: problem)
            }
        }
    }
}
