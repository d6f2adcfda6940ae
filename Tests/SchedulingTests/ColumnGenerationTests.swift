import CostModel
import Foundation
import MIP
import TensorGraph
import TestSupport
import Testing

@testable import Scheduling

@Suite("Column generation")
struct ColumnGenerationTests {
    /// With an engine that looks at every step.
    private func generation(_ example: ExactCase) throws -> ColumnGeneration {
        try example.generation(by: ListPricer(problem: example.problem, candidates: example.candidates))
    }

    @Test("Every round's bound is at most the optimum; the last is the relaxation's, which often is the optimum")
    func bounds() throws {
        var (rounds, met, raised, handedOff, upSets) = (0, 0, 0, 0, 0)
        for example in try ExactCase.samples.get() {
            let optimum = try example.search().objective
            var generation = try generation(example)
            var limits = PricingLimits()
            limits.columns = 6
            var first: Double?
            for eps in ColumnGeneration.ladder {
                let ending = try generation.run(eps: eps, limits: limits, isStopped: { false }) { round in
                    #expect(round.bound <= optimum * (1 + 1e-12), "\(ProblemFile.text(of: example.problem))")
                    if first == nil { first = round.bound }
                    rounds += 1
                    return true
                }
                #expect(ending == .exhausted)
            }
            let objective = try #require(generation.solution?.objective)
            #expect(generation.bound >= objective * (1 - 2e-6))
            #expect(objective <= optimum * (1 + 1e-9))
            // The certificate says what the bound is, and no candidate is worth more than it costs.
            #expect(generation.certificate.objective >= generation.bound)
            for candidate in example.candidates {
                let value = generation.certificate.value(
                    ops: candidate.ops, resident: candidate.resident, retained: candidate.retained,
                    problem: example.problem)
                #expect(value <= candidate.latency * (1 + 1e-12) + 1e-12)
            }
            if generation.bound >= optimum * (1 - 1e-5) { met += 1 }
            if generation.bound > (first ?? 0) * (1 + 1e-9) { raised += 1 }
            if generation.certificate.handOff.contains(where: { $0.price > 0 }) { handedOff += 1 }
            if generation.master.rows.contains(where: {
                if case .handOff(let sets) = $0 { sets.count > 1 } else { false }
            }) {
                upSets += 1
            }
        }
        #expect(rounds > 1000)
        #expect(met > 150 && raised > 50 && handedOff > 15, "\(met), \(raised), \(handedOff), \(upSets)")
    }

    /// The optimum of trying everything, and every round's bound by the real search.
    private func compareWithOptimum(_ example: ExactCase, _ counts: inout (rounds: Int, equal: Int)) throws {
        let optimum = try example.search().objective
        var generation = try example.generation()
        for eps in ColumnGeneration.ladder {
            _ = try generation.run(eps: eps, limits: PricingLimits(), isStopped: { false }) { round in
                #expect(
                    round.bound <= optimum * (1 + 1e-9),
                    "round \(round): optimum \(optimum), \(ProblemFile.text(of: example.problem))")
                counts.rounds += 1
                return true
            }
        }
        let objective = try #require(generation.solution?.objective)
        #expect(objective <= optimum * (1 + 1e-9), "\(ProblemFile.text(of: example.problem))")
        if generation.bound >= optimum * (1 - 1e-5) { counts.equal += 1 }
    }

    @Test("The search's bounds are at most the optimum at every round, and nearly always equal at the end")
    func searchBounds() throws {
        var counts = (rounds: 0, equal: 0)
        for example in try ExactCase.samples.get().prefix(100) { try compareWithOptimum(example, &counts) }
        #expect(counts.rounds > 500)
        #expect(counts.equal > 90, "\(counts)")
    }

    @Test("A slice in several kinds may be loaded in any k-step, hidden behind its compute")
    func slicesOfUnknownTime() throws {
        // One operand is the RHS of a sink and, whole along its reduction, of a product folded into it.
        var graph = GraphBuilder()
        let shared = graph.tensor(4, 4)
        let second = graph.matMul(graph.tensor(4, 2), shared, cost: 0.5)
        let folded = graph.matMul(graph.tensor(4, 4), shared, cost: 2)
        _ = graph.matMul(second, folded, cost: 2)
        _ = graph.matMul(folded, shared, cost: 12)
        let problem = try graph.problem(capacity: 92, bandwidth: 2, nativeWidth: 2, nativeHeight: 2)
        var counts = (rounds: 0, equal: 0)
        try compareWithOptimum(try #require(ExactCase(problem)), &counts)
        #expect(counts.equal == 1)
    }

    static let requested = ProcessInfo.processInfo.environment["MLSYS_PRICING_CASES"].flatMap { Int($0) }

    @Test(
        "The same of thousands of random problems", .tags(.slow),
        .enabled(if: requested != nil, "set MLSYS_PRICING_CASES to the number of problems; build for release"))
    func searchBoundsOfMany() throws {
        let seed = ProcessInfo.processInfo.environment["MLSYS_PRICING_SEED"].flatMap { UInt64($0) } ?? 9000
        var supply = ExactCase.Supply(seed: seed, opsAtMost: 6, candidatesAtMost: 300, sideAtMost: 5)
        var counts = (rounds: 0, equal: 0)
        for _ in 0..<(Self.requested ?? 0) { try compareWithOptimum(try supply.next(), &counts) }
        print("\(Self.requested ?? 0) problems, \(counts.rounds) rounds, \(counts.equal) bounds equal the optimum")
    }

    @Test("A column's coefficients times prices are its value by the definition")
    func valuesAgree() throws {
        var random = RandomSource(seed: 12)
        var compared = 0
        for example in try ExactCase.samples.get().prefix(40) {
            let problem = example.problem
            let written = problem.tensors.indices.map { TensorID($0) }
                .filter { problem.graph.producers[$0.index] != nil }
            var prices = DualPrices(problem)
            var rows: [(row: MasterRow, price: Double)] = []
            for op in problem.opIDs {
                prices.first[op.index] = Double.random(in: 0...10, using: &random)
                rows.append((.first([op]), prices.first[op.index]))
                guard let tensor = written.randomElement(using: &random) else { continue }
                let price = Double.random(in: 0...10, using: &random)
                prices.reach.append(.init(op: op, tensor: tensor, price: price))
                rows.append((.reach(op, tensor), price))
            }
            for tensor in written where problem.graph.isGraphOutput(tensor) {
                prices.output[tensor.index] = Double.random(in: 0...10, using: &random)
                rows.append((.output([tensor]), prices.output[tensor.index]))
            }
            for _ in 0..<4 {
                let generators = (0..<2).map { _ in
                    Array(Set((0..<2).compactMap { _ in written.randomElement(using: &random) })).sorted()
                }
                let price = Double.random(in: 0...10, using: &random)
                prices.handOff.append(.init(generators: generators, price: price))
                rows.append((.handOff(generators), price))
            }
            // Of a tensor that is resident and not read the master knows that it was made, which makes a step worth
            // less.
            for candidate in example.candidates
            where candidate.resident.allSatisfy(candidate.reads(in: problem).contains) {
                let column = MasterColumn(candidate, problem: problem)
                let value = rows.reduce(0) { $0 + $1.row.coefficient(column) * $1.price }
                let defined = prices.value(
                    ops: candidate.ops, resident: candidate.resident, retained: candidate.retained, problem: problem)
                #expect(abs(value - defined) <= 1e-9 * (1 + abs(value)))
                compared += 1
            }
        }
        #expect(compared > 300)
    }

    @Test("Up-sets: what is found and not retained breaks a row, also where every single tensor adds up")
    func upSets() throws {
        func column(_ resident: [Int], _ retained: [Int]) throws -> MasterColumn {
            let problem = try Self.chain()
            return MasterColumn(
                ops: [], resident: resident.map { TensorID($0) }, retained: retained.map { TensorID($0) },
                choice: GranularityChoice(
                    granularity: Granularity(width: 1, height: 1, depth: 1), order: .raster, latency: 1),
                lowerBound: 1, problem: problem)
        }
        func broken(_ steps: [(resident: [Int], retained: [Int], weight: Double)]) throws -> [[[Int]]] {
            let columns = try steps.map { try column($0.resident, $0.retained) }
            return HandOffSeparation(columns, weights: steps.indices.map { ($0, steps[$0].weight) }).broken()
                .map { $0.map { $0.map(\.index) } }
        }
        // Found once, retained once; a part of what is retained may be found.
        #expect(try broken([([1], [], 1), ([], [1, 2], 1)]).isEmpty)
        #expect(try broken([([1], [], 1), ([], [1, 2], 0.5)]) == [[[1]]])
        // One step retains both, two find one each: every tensor adds up, the steps do not.
        #expect(try broken([([1], [], 1), ([2], [], 1), ([], [1, 2], 1)]) == [[[1], [2]]])
        // Two steps retain one each, one finds both.
        #expect(try broken([([1, 2], [], 1), ([], [1], 1), ([], [2], 1)]) == [[[1, 2]]])
        // A flow has to be sent back: 1 is served by the larger set first.
        #expect(try broken([([1], [], 1), ([2], [], 1), ([], [1, 2], 1), ([], [1, 3], 1)]).isEmpty)
    }

    private static func chain() throws -> Problem {
        var graph = GraphBuilder()
        var tensor = graph.tensor(4, 4)
        for _ in 0..<4 { tensor = graph.pointwise([tensor], cost: 1) }
        return try graph.problem(capacity: 1000)
    }

    @Test("A pool that is stopped proves what it has proven")
    func stops() throws {
        let example = try #require(try ExactCase.samples.get().first)
        var generation = try generation(example)
        var rounds = 0
        let ending = try generation.run(eps: 0.1, limits: PricingLimits(), isStopped: { false }) { _ in
            rounds += 1
            return false
        }
        #expect(ending == .stopped && rounds == 1)
        #expect(generation.bound <= (try example.search().objective))
    }
}
