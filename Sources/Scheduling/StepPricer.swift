import CostModel
import TensorGraph

/// Prices steps, each at its best granularity, and remembers the prices.
///
/// Not for use from several threads at once: give each its own.
public final class StepPricer {
    /// A step without its granularity.
    public typealias Key = StepKey

    /// The problem that steps belong to.
    public let problem: Problem
    /// Granularity searches run so far.
    public private(set) var searches = 0
    private let analyzer: StepAnalyzer
    private let optimizer: GranularityOptimizer
    private var prices: [Key: GranularityChoice?] = [:]

    /// Prices kept at most; when there are more all are forgotten, which bounds memory on large graphs.
    private static let maximumPrices = 200_000

    /// Creates a pricer with an empty memory.
    public init(_ problem: Problem, optimizer: GranularityOptimizer) {
        self.problem = problem
        self.optimizer = optimizer
        analyzer = StepAnalyzer(problem)
    }

    /// The best granularity of a step, or nil when the step breaks a rule or fits at no granularity.
    public func price(_ key: Key) -> GranularityChoice? {
        if let known = prices[key] { return known }
        if prices.count >= Self.maximumPrices { prices.removeAll(keepingCapacity: true) }
        let choice = search(key)
        prices[key] = .some(choice)
        return choice
    }

    /// Remembers the price of a step that costs the same as another.
    func remember(_ choice: GranularityChoice, of key: Key) { prices[key] = .some(choice) }

    private func search(_ key: Key) -> GranularityChoice? {
        guard let structure = try? analyzer.analyze(ops: key.ops, retained: key.retained) else { return nil }
        searches += 1
        let cost = StepCost(structure, problem: problem, resident: key.resident)
        return optimizer.best(for: cost, resident: key.resident)
    }

    /// The ops in an order that puts producers first.
    public func ordered(_ ops: some Sequence<OpID>) -> [OpID] { analyzer.ordered(ops) }
}
