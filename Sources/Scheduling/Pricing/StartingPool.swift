import CostModel
import TensorGraph

/// Columns that a restricted master begins with, each at the best granularity of a quick search: the pricing search
/// finds a step again where there is a better one.
struct StartingPool {
    private let problem: Problem
    private let analyzer: StepAnalyzer
    private let optimizer: GranularityOptimizer

    init(_ problem: Problem, reductionCap: ReductionCap) {
        self.problem = problem
        analyzer = StepAnalyzer(problem)
        optimizer = GranularityOptimizer(problem, reductionCap: reductionCap, mode: .fast)
    }

    /// Every op alone, and every producer with a reader. The ops alone are a schedule, so the master has a solution.
    func columns() -> [MasterColumn] {
        let pairs = problem.opIDs.flatMap { op in
            Set(problem[op].outputs.flatMap { problem.graph.readers[$0.index] }).sorted().map { [op, $0] }
        }
        return columns((problem.opIDs.map { [$0] } + pairs).map { StepKey(ops: $0) })
    }

    /// Steps that were of use elsewhere; those that break a rule or fit at no granularity here are left out.
    func columns(_ steps: [StepKey]) -> [MasterColumn] { steps.compactMap(column) }

    private func column(_ step: StepKey) -> MasterColumn? {
        guard step.ops.allSatisfy({ problem.ops.indices.contains($0.index) }),
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
