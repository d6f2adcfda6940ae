import CostModel
import TensorGraph

/// Searches the granularities of candidates exhaustively, on several threads.
struct GranularityTuner: Sendable {
    private let problem: Problem
    private let optimizer: GranularityOptimizer
    private let threads: Int

    /// - Parameters:
    ///   - effort: of one search; nil for what the search needs.
    ///   - threads: cores to use; the result is the same for any number.
    init(
        _ problem: Problem, reductionCap: ReductionCap, effort: GranularityOptimizer.Effort? = nil, threads: Int
    ) {
        self.problem = problem
        optimizer = GranularityOptimizer(problem, reductionCap: reductionCap, mode: .exhaustive, effort: effort)
        self.threads = threads
    }

    /// Candidates that one thread takes at a time: searches differ much in length.
    private static let chunk = 4

    /// The candidates, each tuned or found to be beyond search.
    ///
    /// - Parameters:
    ///   - candidates: the candidates; those that are tuned come back as they are.
    ///   - isCancelled: when it says true the rest stay as they are.
    func tune(_ candidates: [Candidate], isCancelled: @escaping @Sendable () -> Bool) -> [Candidate] {
        let chunk = Self.chunk
        let parts = parallelMap(count: (candidates.count + chunk - 1) / chunk, threads: threads) { index in
            let analyzer = StepAnalyzer(problem)
            return candidates[index * chunk..<min(candidates.count, (index + 1) * chunk)].map { candidate in
                isCancelled() ? candidate : tuned(candidate, analyzer)
            }
        }
        return parts.flatMap { $0 }
    }

    private func tuned(_ candidate: Candidate, _ analyzer: StepAnalyzer) -> Candidate {
        guard !candidate.isTuned,
            let structure = try? analyzer.analyze(ops: candidate.ops, retained: candidate.retained)
        else { return candidate }
        var tuned = candidate
        let cost = StepCost(structure, problem: problem, resident: candidate.resident)
        let (choice, isComplete, passedOver) = optimizer.search(
            for: cost, resident: candidate.resident, below: candidate.latency)
        tuned.tune(choice, isComplete: isComplete, passedOver: passedOver)
        return tuned
    }
}
