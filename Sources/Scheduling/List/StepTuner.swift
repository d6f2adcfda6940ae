import CostModel
import TensorGraph

/// Tunes steps: finds the best granularity of each shape of steps, and remembers it.
///
/// Not for use from several threads at once: give each its own.
package final class StepTuner {
    /// A step without its granularity.
    package typealias Key = StepKey

    /// The problem that steps belong to.
    package let problem: Problem
    /// Granularity searches run so far.
    package private(set) var searches = 0
    private let analyzer: StepAnalyzer
    private let optimizer: GranularityOptimizer
    private var shapes: StepShapes
    private var tunings: [StepShapes.Shape: GranularityChoice?] = [:]

    /// Tunings kept at most; when there are more all are forgotten, which bounds memory on large graphs.
    private static let maximumTunings = 200_000

    /// Creates a tuner with an empty memory.
    package init(_ problem: Problem, optimizer: GranularityOptimizer) {
        self.problem = problem
        self.optimizer = optimizer
        analyzer = StepAnalyzer(problem)
        shapes = StepShapes(problem)
    }

    /// The best granularity of a step, or nil when the step breaks a rule or fits at no granularity.
    package func tune(_ key: Key) -> GranularityChoice? {
        let shape = shapes.shape(of: key)
        if let known = tunings[shape] { return known }
        if tunings.count >= Self.maximumTunings { tunings.removeAll(keepingCapacity: true) }
        let choice = search(key)
        tunings[shape] = .some(choice)
        return choice
    }

    private func search(_ key: Key) -> GranularityChoice? {
        guard let structure = try? analyzer.analyze(ops: key.ops, retained: key.retained) else { return nil }
        searches += 1
        let cost = StepCost(structure, problem: problem, resident: key.resident)
        return optimizer.best(for: cost, resident: key.resident)
    }

    /// The ops in an order that puts producers first.
    package func ordered(_ ops: some Sequence<OpID>) -> [OpID] { analyzer.ordered(ops) }
}
