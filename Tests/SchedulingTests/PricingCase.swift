import CostModel
import TensorGraph
import TestSupport

@testable import Scheduling

/// A tiny problem with every step that it allows, each at its best granularity by trying all, and random prices.
struct PricingCase {
    /// A step by brute force.
    struct BruteStep {
        var ops: [OpID]
        var resident: [TensorID]
        var retained: [TensorID]
        var latency: Double
    }

    let problem: Problem
    let steps: [BruteStep]

    /// Nil when there are too many steps to try.
    init?(_ problem: Problem, stepsAtMost: Int = 4000) throws {
        self.problem = problem
        let unlimited = try Problem(
            tensors: problem.tensors, ops: problem.ops,
            hardware: Hardware(
                fastMemoryCapacity: 1 << 50, slowMemoryBandwidth: problem.hardware.slowMemoryBandwidth,
                nativeWidth: problem.hardware.nativeWidth, nativeHeight: problem.hardware.nativeHeight))
        let analyzer = StepAnalyzer(problem)
        var steps: [BruteStep] = []
        for mask in 1..<(1 << problem.ops.count) {
            let ops = analyzer.ordered(problem.opIDs.filter { mask & 1 << $0.index != 0 })
            let written = ops.flatMap { problem[$0].outputs }
            for retained in Self.subsets(written.sorted()) {
                guard let structure = try? analyzer.analyze(ops: ops, retained: retained) else { continue }
                let produced = structure.reads.filter { problem.graph.producers[$0.index] != nil }.sorted()
                for resident in Self.subsets(produced) {
                    let choices = OracleGranularities(
                        problem: unlimited, structure: structure, resident: resident
                    ).choices().filter { $0.workingSet <= Double(problem.hardware.fastMemoryCapacity) }
                    guard let best = choices.map(\.latency).min() else { continue }
                    steps.append(BruteStep(ops: ops, resident: resident, retained: retained, latency: best))
                    guard steps.count <= stepsAtMost else { return nil }
                }
            }
        }
        self.steps = steps
    }

    private static func subsets(_ tensors: [TensorID]) -> [[TensorID]] {
        (0..<(1 << tensors.count)).map { mask in
            tensors.indices.filter { mask & 1 << $0 != 0 }.map { tensors[$0] }
        }
    }

    /// Random prices of every family, of the size of the costs of single ops.
    func prices(_ random: inout RandomSource) -> DualPrices {
        var prices = DualPrices(problem)
        let typical = steps.map(\.latency).sorted()[steps.count / 2]
        func price(_ factor: Double, _ random: inout RandomSource) -> Double {
            Int.random(in: 0..<3, using: &random) == 0 ? 0 : Double.random(in: 0...factor, using: &random) * typical
        }
        for op in problem.opIDs { prices.first[op.index] = price(1, &random) }
        let written = problem.ops.flatMap(\.outputs)
        for tensor in written {
            if problem.graph.isGraphOutput(tensor) { prices.output[tensor.index] = price(0.5, &random) }
            for op in problem.opIDs where Int.random(in: 0..<4, using: &random) == 0 {
                prices.reach.append(.init(op: op, tensor: tensor, price: price(0.4, &random)))
            }
            if Bool.random(using: &random) {
                prices.handOff.append(.init(generators: [[tensor]], price: price(0.5, &random)))
            }
        }
        for _ in 0..<2 where written.count > 1 {
            let sets = (0..<Int.random(in: 1...2, using: &random)).map { _ in
                Array(written.shuffled(using: &random).prefix(Int.random(in: 1...2, using: &random))).sorted()
            }
            prices.handOff.append(.init(generators: sets, price: price(0.3, &random)))
        }
        return prices
    }
}
