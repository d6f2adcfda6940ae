import CostModel
import Foundation
import MIP
import TensorGraph
import TestSupport
import Testing

@testable import Scheduling

@Suite("Relaxed steps")
struct RelaxedStepTests {
    /// Searches that look at so few partial steps that hardly any ends.
    private func starved() -> PricingLimits {
        var limits = PricingLimits()
        limits.nodesPerRoot = 3
        limits.nodes = 0
        return limits
    }

    private func generation(_ example: ExactCase, quickNodes: Int = 3) throws -> ColumnGeneration {
        var generation = try example.generation()
        generation.quickNodes = quickNodes
        return generation
    }

    @Test("Next prices make a relaxed step worth no more than it costs")
    func cutsOff() throws {
        var (steps, parts) = (0, 0)
        for example in try ExactCase.samples.get().prefix(100) {
            let generation = try generation(example)
            let master = generation.master
            let before = try #require(try master.solve(LPOptions()))
            let outcome = generation.engine.run(before.prices, slack: .relative(0), limits: starved())
            #expect(outcome.relaxed.count <= outcome.unfinishedRoots)
            for step in outcome.relaxed { #expect(step.excess > 0) }
            let known = master.columns.count
            steps += try master.add(outcome.relaxed, prices: before.prices, isRough: true)
            let after = try #require(try master.solve(LPOptions()))
            #expect(after.objective <= before.objective * (1 + 1e-9))
            for column in master.columns[known...] {
                #expect(column.isRelaxed && column.lowerBound > 0)
                if column.share > 0 { parts += 1 }
                let rows = master.rows.filter { if case .handOff = $0 { false } else { true } }
                let worth = rows.reduce(0) { $0 + $1.coefficient(column) * price(of: $1, after.prices) }
                #expect(worth <= column.lowerBound * (1 + 1e-6) + 1e-6)
            }
            // Without them the objective is what it was.
            try master.barRelaxed(after)
            let barred = try #require(try master.solve(LPOptions()))
            #expect(abs(barred.objective - before.objective) <= 1e-6 * before.objective)
            #expect(!master.isRelaxed(barred))
        }
        #expect(steps > 15 && parts > 0, "\(steps), \(parts)")
    }

    private func price(of row: MasterRow, _ prices: DualPrices) -> Double {
        switch row {
        case .first(let ops): prices.first[ops[0].index]
        case .output(let tensors): prices.output[tensors[0].index]
        case .reach(let op, let tensor):
            prices.reach.first { $0.op == op && $0.tensor == tensor }?.price ?? 0
        case .handOff: 0
        }
    }

    @Test("Searches that hardly look prove bounds that hold, and better ones with relaxed steps than without")
    func starvedBounds() throws {
        var (rounds, relaxed, better, worse) = (0, 0, 0, 0)
        for example in try ExactCase.samples.get().prefix(60) {
            let optimum = try example.search().objective
            var generation = try generation(example)
            var first = 0.0
            for eps in ColumnGeneration.ladder {
                _ = try generation.run(eps: eps, limits: starved(), isStopped: { false }) { round in
                    #expect(round.bound <= optimum * (1 + 1e-9), "\(ProblemFile.text(of: example.problem))")
                    rounds += 1
                    if first == 0 { first = round.bound }
                    return true
                }
            }
            relaxed += generation.master.columns.count { $0.isRelaxed }
            // Every step of the list is worth no more than it costs by the certificate.
            for candidate in example.candidates {
                let value = generation.certificate.value(
                    ops: candidate.ops, resident: candidate.resident, retained: candidate.retained,
                    problem: example.problem)
                #expect(value <= candidate.latency * (1 + 1e-9))
            }
            if generation.bound > first * 1.01 { better += 1 }
            if generation.bound < first { worse += 1 }
        }
        let counts = "\(rounds), \(relaxed), \(better), \(worse)"
        #expect(rounds > 300 && relaxed > 40 && better > 30 && worse == 0, "\(counts)")
    }

    @Test("A mean of prices is worth the mean to every step")
    func mean() throws {
        var (steps, shared) = (0, 0)
        for example in try ExactCase.samples.get().prefix(40) {
            var generation = try generation(example, quickNodes: 500)
            _ = try generation.run(eps: 0.1, limits: PricingLimits(), isStopped: { false }) { _ in true }
            let left = try #require(generation.solution).prices
            let right = generation.certificate
            let mean = left.mixed(with: right, weight: 0.25)
            if !left.reach.isEmpty || !left.handOff.isEmpty { shared += 1 }
            #expect(abs(mean.objective - 0.75 * left.objective - 0.25 * right.objective) <= 1e-9 * left.objective)
            for candidate in example.candidates.prefix(50) {
                func value(_ prices: DualPrices) -> Double {
                    prices.value(
                        ops: candidate.ops, resident: candidate.resident, retained: candidate.retained,
                        problem: example.problem)
                }
                #expect(abs(value(mean) - 0.75 * value(left) - 0.25 * value(right)) <= 1e-9 * left.objective)
                steps += 1
            }
        }
        #expect(steps > 300 && shared > 5, "\(steps), \(shared)")
    }
}
