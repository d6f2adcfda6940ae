import CostModel
import TensorGraph
import TestSupport
import Testing

@testable import Scheduling

/// The search by prices against every step of tiny problems, at every granularity.
@Suite struct PricingSearchTests {
    private struct Key: Hashable {
        var ops: [OpID]
        var resident: [TensorID]
        var retained: [TensorID]
    }

    /// What a run over random problems met.
    struct Counts {
        var problems = 0
        var steps = 0
        var violated = 0
        var tight = 0
        /// Searches after which the prices of some ops were lowered more than those of others.
        var lowered = 0
        /// Roots that met the limit of a search that may look at hardly anything.
        var unfinished = 0
    }

    @Test func smallSample() throws {
        let counts = try compare(problems: 60, seed: 5)
        #expect(counts.violated > 500, "the sample has steps to find")
        #expect(counts.tight > 20, "the factor is attained")
        #expect(counts.lowered > 10, "\(counts)")
        #expect(counts.unfinished > 10, "\(counts)")
    }

    /// Compares on random problems of two kinds; fails at the first wrong bound.
    private func compare(problems: Int, seed: UInt64) throws -> Counts {
        var counts = Counts()
        var random = RandomSource(seed: seed)
        var tiny = OracleProblemGenerator(seed: seed, opCounts: 2...4)
        var general = ProblemGenerator(seed: seed)
        while counts.problems < problems {
            let problem = counts.problems.isMultiple(of: 2) ? try tiny.next() : try general.next()
            guard problem.ops.count <= 4, problem.tensors.allSatisfy({ max($0.width, $0.height) <= 9 }),
                let sample = try PricingCase(problem), !sample.steps.isEmpty
            else {
                continue
            }
            counts.problems += 1
            counts.steps += sample.steps.count
            try compare(sample, sample.prices(&random), &counts)
        }
        return counts
    }

    private func compare(_ sample: PricingCase, _ prices: DualPrices, _ counts: inout Counts) throws {
        let problem = sample.problem
        let search = PricingSearch(problem, threads: 1)
        let values = sample.steps.map {
            prices.value(ops: $0.ops, resident: $0.resident, retained: $0.retained, problem: problem)
        }
        let outcome = search.run(prices, slack: .relative(0))
        try expectFeasible(outcome.feasible, prices, sample)
        // What is not looked at is accounted for.
        var limits = PricingLimits()
        for nodes in [0, 50] {
            // A few more are spent in narrower classes.
            (limits.nodesPerRoot, limits.nodes) = (1, nodes)
            let hasty = search.run(prices, slack: .relative(0), limits: limits)
            try expectFeasible(hasty.feasible, prices, sample)
            counts.unfinished += hasty.unfinishedRoots
        }
        let worst = zip(sample.steps, values).map { $1 / $0.latency }.max() ?? 0
        #expect(outcome.columns.isEmpty == (worst <= 1 + 1e-9), "\(worst) \(outcome.columns.count)")
        if worst > 0, worst.isFinite {
            // Prices at which the worst step is worth hardly less than it costs: nothing is found, nothing is left
            // open. Where a few steps are worth a little too much, single prices are lowered.
            let nearly = prices.scaled(by: 1.05 / worst)
            let mild = search.run(nearly, slack: .relative(0))
            try expectFeasible(mild.feasible, nearly, sample)
            if Self.isUneven(mild.feasible, nearly) { counts.lowered += 1 }
            let scaled = prices.scaled(by: (1 - 1e-6) / worst)
            let tight = search.run(scaled, slack: .relative(0))
            counts.tight += 1
            #expect(tight.columns.isEmpty && tight.feasible.objective >= scaled.objective * (1 - 1e-9))
        }
        for column in outcome.columns {
            let value = prices.value(
                ops: column.ops, resident: column.resident, retained: column.retained, problem: problem)
            #expect(abs(value - column.value) <= 1e-9 * max(1, value))
        }
        try listAll(sample, prices, values, search, &counts)
    }

    /// No step is worth more than it costs by the lowered prices.
    private func expectFeasible(_ lowered: DualPrices, _ prices: DualPrices, _ sample: PricingCase) throws {
        #expect(lowered.objective <= prices.objective * (1 + 1e-12))
        for step in sample.steps {
            let value = lowered.value(
                ops: step.ops, resident: step.resident, retained: step.retained, problem: sample.problem)
            try #require(
                value <= step.latency * (1 + 1e-9),
                "step \(step) of \(ProblemFile.text(of: sample.problem)): \(value) by \(lowered); \(prices)")
        }
    }

    /// True when the prices of ops are not all the same share of what they were.
    private static func isUneven(_ lowered: DualPrices, _ prices: DualPrices) -> Bool {
        let shares = zip(lowered.first, prices.first).filter { $1 > 0 }.map { $0 / $1 }
        return (shares.max() ?? 0) - (shares.min() ?? 0) > 1e-6
    }

    /// With slack, every step that is worth enough is listed.
    private func listAll(
        _ sample: PricingCase, _ prices: DualPrices, _ values: [Double], _ search: PricingSearch,
        _ counts: inout Counts
    ) throws {
        let slack = (sample.steps.map(\.latency).min() ?? 0) * 0.2
        let outcome = search.run(prices, slack: .absolute(slack))
        #expect(outcome.isComplete)
        let found = Dictionary(
            outcome.columns.map { (Key(ops: $0.ops, resident: $0.resident, retained: $0.retained), $0) },
            uniquingKeysWith: { first, _ in first })
        let isExpanded = search.interchangeable.isEmpty
        for (step, value) in zip(sample.steps, values) where value - step.latency > -slack * (1 - 1e-6) && isExpanded {
            counts.violated += 1
            let column = found[Key(ops: step.ops, resident: step.resident, retained: step.retained)]
            let text = "\(step) worth \(value) of \(ProblemFile.text(of: sample.problem))"
            let listed = try #require(column, "\(text); \(prices)")
            #expect(listed.lowerBound <= step.latency * (1 + 1e-9), "\(text)")
            #expect(listed.choice.latency >= step.latency * (1 - 1e-9), "\(text)")
        }
    }
}
