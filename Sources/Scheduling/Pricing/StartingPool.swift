import CostModel
import TensorGraph

/// The steps that a restricted master begins with: every op alone, and every producer with a reader.
///
/// The ops alone are a schedule, so the master has a solution. Costs are those of a quick search for a granularity: the
/// pricing search finds the step again where there is a better one.
struct StartingPool {
    private let problem: Problem
    private let analyzer: StepAnalyzer
    private let optimizer: GranularityOptimizer

    init(_ problem: Problem, reductionCap: ReductionCap) {
        self.problem = problem
        analyzer = StepAnalyzer(problem)
        optimizer = GranularityOptimizer(problem, reductionCap: reductionCap, mode: .fast)
    }

    /// The steps.
    func columns() -> [MasterColumn] {
        var columns: [MasterColumn] = problem.opIDs.compactMap { column([$0]) }
        for op in problem.opIDs {
            let readers = Set(problem[op].outputs.flatMap { problem.graph.readers[$0.index] }).sorted()
            columns += readers.compactMap { column([op, $0]) }
        }
        return columns
    }

    private func column(_ ops: [OpID]) -> MasterColumn? {
        guard let structure = try? analyzer.analyze(ops: analyzer.ordered(ops), retained: []) else { return nil }
        let cost = StepCost(structure, problem: problem, resident: [])
        return optimizer.best(for: cost, resident: []).map {
            MasterColumn(
                ops: structure.ops, resident: [], retained: [], choice: $0, lowerBound: $0.latency, problem: problem)
        }
    }
}
