import CostModel
import Synchronization
import TensorGraph

/// Costs of steps at their best granularity, remembered from one search to the next: they do not depend on prices.
final class ExactCosts: Sendable {
    /// What is known of a step.
    struct Cost: Sendable {
        /// The best granularity found; nil if none fits.
        var choice: GranularityChoice?
        /// No granularity costs less; infinite if none fits.
        var lowerBound: Double

        /// False where granularities had to be passed over, so that a better one may exist.
        var isExact: Bool { choice.map { $0.latency <= lowerBound } ?? !lowerBound.isFinite }
    }

    private struct Key: Hashable {
        var ops: [OpID]
        var resident: [TensorID]
        var retained: [TensorID]
    }

    private let known = Mutex<[Key: Cost]>([:])
    private let problem: Problem
    private let optimizer: GranularityOptimizer

    /// Steps kept at most; about 300 bytes each.
    private static let maximumCosts = 500_000

    init(_ problem: Problem, reductionCap: ReductionCap) {
        self.problem = problem
        // Simulation is slow: where demands coincide, the bound of a narrow class has to do.
        optimizer = GranularityOptimizer(
            problem, reductionCap: reductionCap, mode: .exhaustive,
            effort: .init(attempts: .max, simulatedIterations: 4000))
    }

    /// The cost of a step over all granularities and named tile orders.
    ///
    /// - Parameter analyzer: one of the calling thread's own.
    func cost(
        ops: [OpID], resident: [TensorID], retained: [TensorID], _ analyzer: StepAnalyzer, _ searches: inout Int
    ) -> Cost {
        let key = Key(ops: ops, resident: resident, retained: retained)
        if let cost = known.withLock({ $0[key] }) { return cost }
        let found = search(key, analyzer)
        searches += 1
        known.withLock {
            if $0.count >= Self.maximumCosts { $0.removeAll(keepingCapacity: true) }
            $0[key] = found
        }
        return found
    }

    private func search(_ key: Key, _ analyzer: StepAnalyzer) -> Cost {
        guard let structure = try? analyzer.analyze(ops: key.ops, retained: key.retained) else {
            return Cost(choice: nil, lowerBound: .infinity)
        }
        let step = StepCost(structure, problem: problem, resident: key.resident)
        let (choice, isComplete) = optimizer.search(for: step, resident: key.resident)
        if isComplete { return Cost(choice: choice, lowerBound: choice?.latency ?? .infinity) }
        let bound = optimizer.lowerBound(of: step)
        return Cost(choice: choice, lowerBound: min(bound, choice?.latency ?? bound))
    }
}
