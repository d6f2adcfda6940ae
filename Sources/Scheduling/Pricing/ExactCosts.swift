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
        /// True when more searching would tell no more.
        var isSearched: Bool

        /// True when it is known whether the step costs less than this.
        func decides(_ worth: Double) -> Bool {
            if isSearched || worth <= lowerBound { return true }
            return choice.map { worth > $0.latency * (1 + 1e-6) } ?? false
        }

        /// True when the search had to pass granularities over.
        var isBeyondSearch: Bool { isSearched && !isExact }

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
    private let fast: GranularityOptimizer

    /// Steps kept at most; about 300 bytes each.
    private static let maximumCosts = 500_000

    init(_ problem: Problem, reductionCap: ReductionCap) {
        self.problem = problem
        fast = GranularityOptimizer(
            problem, reductionCap: reductionCap, mode: .fast, effort: .init(attempts: .max, simulatedIterations: 500))
        // Simulation is slow: where demands coincide, the bound of a narrow class has to do.
        optimizer = GranularityOptimizer(
            problem, reductionCap: reductionCap, mode: .exhaustive,
            effort: .init(attempts: .max, simulatedIterations: 100_000))
    }

    /// The cost of a step over all granularities and named tile orders, as far as it matters whether it is below
    /// `worth`.
    ///
    /// A step that costs no less than it is worth need not be known better than that, so the search leaves out all
    /// granularities whose bound says so.
    ///
    /// - Parameters:
    ///   - worth: the cost below which the step is of interest.
    ///   - analyzer: one of the calling thread's own.
    func cost(
        ops: [OpID], resident: [TensorID], retained: [TensorID], worth: Double,
        _ analyzer: StepAnalyzer, _ searches: inout Int
    ) -> Cost {
        let key = Key(ops: ops, resident: resident, retained: retained)
        let before = known.withLock { $0[key] }
        if let before, before.decides(worth) { return before }
        guard let structure = try? analyzer.analyze(ops: key.ops, retained: key.retained) else {
            return remember(Cost(choice: nil, lowerBound: .infinity, isSearched: true), key)
        }
        let step = StepCost(structure, problem: problem, resident: key.resident)
        let bound = max(before?.lowerBound ?? 0, optimizer.lowerBound(of: step))
        var quick = before
        if quick == nil {
            let choice = bound.isFinite ? fast.best(for: step, resident: key.resident) : nil
            let known = Cost(
                choice: choice, lowerBound: min(bound, choice?.latency ?? bound), isSearched: !bound.isFinite)
            if known.decides(worth) { return remember(known, key) }
            quick = known
        }
        searches += 1
        let limit = worth.isFinite ? worth + abs(worth) * 1e-9 : .infinity
        let (choice, isComplete, passedOver) = optimizer.search(for: step, resident: key.resident, below: limit)
        if isComplete {
            if let choice { return remember(Cost(choice: choice, lowerBound: choice.latency, isSearched: true), key) }
            return remember(
                Cost(choice: quick?.choice, lowerBound: max(bound, limit), isSearched: !limit.isFinite), key)
        }
        let best = [choice, quick?.choice].compactMap { $0 }.min { $0.latency < $1.latency }
        let least = max(bound, min(passedOver, limit))
        return remember(
            Cost(choice: best, lowerBound: min(least, best?.latency ?? least), isSearched: true), key)
    }

    private func remember(_ cost: Cost, _ key: Key) -> Cost {
        known.withLock {
            if $0.count >= Self.maximumCosts { $0.removeAll(keepingCapacity: true) }
            $0[key] = cost
        }
        return cost
    }
}
