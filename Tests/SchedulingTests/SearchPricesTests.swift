import TensorGraph
import TestSupport
import Testing

@testable import Scheduling

@Suite("SearchPrices")
struct SearchPricesTests {
    /// What a candidate costs less than its prices say; positive where they are not feasible.
    private func excess(_ prices: SearchPrices, _ column: CandidateColumns.Column) -> Double {
        prices.value(of: column) - column.latency
    }

    private func randomPrices(
        _ columns: CandidateColumns, scale: Double, using random: inout RandomSource
    ) -> SearchPrices {
        let dearest = columns.columns.map(\.latency).max() ?? 1
        var prices = SearchPrices(columns: columns)
        for index in prices.op.indices {
            prices.op[index] = Double.random(in: -0.2...1, using: &random) * scale * dearest
        }
        for tensor in columns.required.members {
            prices.output[tensor] = Double.random(in: 0...1, using: &random) * scale * dearest
        }
        for op in 0..<columns.opCount where !columns.tensors.isEmpty {
            let row = ReachRow(op: op, tensor: Int.random(in: 0..<columns.tensors.count, using: &random))
            prices.reach.append((row, Double.random(in: -0.2...1, using: &random) * scale * dearest))
        }
        for index in prices.handOff.indices {
            prices.handOff[index] = Double.random(in: -1...1, using: &random) * scale * dearest
        }
        return prices
    }

    @Test("Random prices become feasible for every candidate, and the search with them finds the optimum")
    func makesFeasible() throws {
        var random = RandomSource(seed: 4)
        var (infeasible, useful, priced) = (0, 0, 0)
        for example in try ExactCase.samples.get().prefix(60) {
            let columns = example.columns
            let plain = BackwardSearch(columns).run(prices: SearchPrices(columns: columns), cutoff: .infinity)
            for scale in [1, 0.1, 0.001] {
                var prices = randomPrices(columns, scale: scale, using: &random)
                if columns.columns.contains(where: { excess(prices, $0) > 0 }) { infeasible += 1 }
                prices.makeFeasible(columns)
                #expect(prices.op.allSatisfy { $0 >= 0 } && prices.reach.allSatisfy { $0.price >= 0 })
                #expect(prices.handOff[0] == 0)
                #expect(columns.columns.allSatisfy { excess(prices, $0) <= 1e-12 * $0.latency })
                let found = BackwardSearch(columns).run(prices: prices, cutoff: .infinity)
                #expect(found.isProven)
                #expect(agree(found.latency, plain.latency))
                if prices.op.contains(where: { $0 > 0 }) { priced += 1 }
                if found.expanded < plain.expanded { useful += 1 }
            }
        }
        #expect(infeasible > 60)
        #expect(priced > 60)
        #expect(useful > 30)
    }

    @Test("Feasible prices stay as they are")
    func keepsFeasiblePrices() throws {
        let example = try ExactCase(DecoderProblems.shared(), [([0], [], []), ([1], [], []), ([2], [], [])])
        var prices = SearchPrices(columns: example.columns)
        // Two slices of 16 elements at bandwidth 1 for ops 0 and 1, three for op 2.
        #expect(example.candidates.map(\.latency) == [32, 32, 48])
        prices.op = [32, 30, 48, 0]
        prices.makeFeasible(example.columns)
        #expect(prices.op == [32, 30, 48, 0])
    }

    @Test("A cutoff at the optimum finds nothing and proves it; one just above finds the optimum")
    func respectsCutoff() throws {
        for example in try ExactCase.samples.get().suffix(60) {
            let columns = example.columns
            let prices = SearchPrices(columns: columns)
            let optimum = BackwardSearch(columns).run(prices: prices, cutoff: .infinity).latency
            let none = BackwardSearch(columns).run(prices: prices, cutoff: optimum)
            #expect(none.steps == nil)
            #expect(none.isProven)
            #expect(none.lowerBound == optimum)
            let found = BackwardSearch(columns).run(prices: prices, cutoff: optimum * 1.001)
            #expect(found.latency == optimum)
        }
    }

    @Test("A search that is stopped claims no more than a bound")
    func stops() throws {
        var stopped = 0
        for example in try ExactCase.samples.get().suffix(60) {
            let columns = example.columns
            let prices = SearchPrices(columns: columns)
            let optimum = BackwardSearch(columns).run(prices: prices, cutoff: .infinity).latency
            let outcome = BackwardSearch(columns).run(prices: prices, cutoff: .infinity, maximumStates: 12)
            #expect(outcome.lowerBound <= optimum * (1 + 1e-12))
            guard !outcome.isProven else { continue }
            stopped += 1
            #expect(outcome.steps == nil)
        }
        #expect(stopped > 5)
    }
}
