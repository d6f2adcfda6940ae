import CostModel
import DesignSpace
import Foundation
import Scheduling
import TensorGraph
import TestSupport
import Testing

/// The theorem of `BoundTransfer`, against the true optima of tiny problems on many chips.
@Suite("Bounds that carry over to other hardware")
struct BoundTransferTests {
    /// Chips around that of a problem, the problem's own first.
    private static func variants(_ problem: Problem, _ random: inout RandomSource) throws -> [Problem] {
        let own = DesignPoint(problem.hardware)
        var variants = [problem]
        for _ in 0..<5 {
            var point = own
            if random.flip() { point.capacityElements = max(1, own.capacityElements * random.pick([1, 2, 3, 5]) / 3) }
            if random.flip() { point.bandwidth *= random.pick([0.3, 0.5, 2, 7]) }
            if random.flip() { point.nativeWidth = random.pick([1, 2, 3, 4, 5]) }
            if random.flip() { point.nativeHeight = random.pick([1, 2, 3, 4, 5]) }
            var other = try problem.on(point)
            if random.flip() {
                for op in problem.opIDs where random.flip() {
                    other = try other.withCost(problem[op].baseCost * random.pick([0, 0.25, 0.9, 3]), of: op)
                }
            }
            variants.append(other)
        }
        return variants
    }

    @Test(
        "No optimum falls below what another chip's optimum proves",
        arguments: [ProblemGenerator.Variety.contest, .general])
    func optima(variety: ProblemGenerator.Variety) throws {
        var random = RandomSource(seed: 17)
        var problems = OracleProblemGenerator(seed: 90, opCounts: 1...3, maximumWritten: 3, variety: variety)
        var (carried, tight, scaled, refused) = (0, 0, 0, 0)
        for _ in 0..<25 {
            let variants = try Self.variants(problems.next(), &random)
            let optima = try variants.map { try ScheduleOracle($0).optimum() }
            for (source, proven) in zip(variants, optima) {
                for (target, best) in zip(variants, optima) {
                    guard let proven, let bound = BoundTransfer.bound(proven.latency, from: source, to: target) else {
                        if proven != nil { refused += 1 }
                        continue
                    }
                    // Where the larger chip has a schedule the smaller may have none; then every bound holds.
                    guard let best else { continue }
                    #expect(
                        bound <= best.latency * (1 + 1e-12),
                        "\(bound) > \(best.latency): \(DesignPoint(source.hardware)) to \(DesignPoint(target.hardware)) of \(ProblemFile.text(of: source))"
                    )
                    carried += 1
                    if bound >= best.latency * (1 - 1e-9), source.hardware != target.hardware { tight += 1 }
                    if let factor = BoundTransfer.factor(from: source, to: target), factor != 1 { scaled += 1 }
                }
            }
        }
        // The cases that make a difference were met.
        #expect(carried > 150 && tight > 10 && scaled > 20 && refused > 100, "\(carried) \(tight) \(scaled) \(refused)")
    }

    @Test("Nothing carries over to more memory or a larger tile: there optima do fall")
    func refusals() throws {
        let problem = try Self.pair()
        let point = DesignPoint(problem.hardware)
        for change in [\DesignPoint.capacityElements, \.nativeWidth, \.nativeHeight] {
            var larger = point
            larger[keyPath: change] *= 2
            let other = try problem.on(larger)
            #expect(BoundTransfer.factor(from: problem, to: other) == nil)
            #expect(BoundTransfer.factor(from: other, to: problem) == 1)
        }
    }

    @Test("The factors of bandwidth and costs")
    func factors() throws {
        let problem = try Self.pair()
        var point = DesignPoint(problem.hardware)
        point.bandwidth *= 4
        let faster = try problem.on(point)
        #expect(BoundTransfer.factor(from: problem, to: faster) == 0.25)
        #expect(BoundTransfer.factor(from: faster, to: problem) == 1)
        let cheaper = try problem.withCost(problem.ops[1].baseCost * 0.5, of: OpID(1))
        #expect(BoundTransfer.factor(from: problem, to: cheaper) == 0.5)
        #expect(BoundTransfer.factor(from: cheaper, to: problem) == 1)
        // Without costs, latency is traffic alone, and bandwidth scales it in both directions.
        let free = try problem.withCost(0, of: OpID(0)).withCost(0, of: OpID(1))
        #expect(BoundTransfer.factor(from: try free.on(point), to: free) == 4)
        #expect(BoundTransfer.factor(from: free, to: try free.on(point)) == 0.25)
        #expect(BoundTransfer.factor(from: problem, to: free) == 0)
        // Another graph is another matter.
        let other = try Problem(
            tensors: problem.tensors, ops: [problem.ops[0]], hardware: problem.hardware)
        #expect(BoundTransfer.factor(from: problem, to: other) == nil)
    }

    /// Two Pointwise ops in a row (RULES 5).
    static func pair() throws -> Problem {
        let tensor = Tensor(width: 128, height: 128)
        return try Problem(
            tensors: [tensor, tensor, tensor],
            ops: [
                Op(kind: .pointwise, inputs: [TensorID(0)], outputs: [TensorID(1)], baseCost: 1000),
                Op(kind: .pointwise, inputs: [TensorID(1)], outputs: [TensorID(2)], baseCost: 100),
            ],
            hardware: Hardware(
                fastMemoryCapacity: 35000, slowMemoryBandwidth: 10, nativeWidth: 128, nativeHeight: 128))
    }
}

extension RandomSource {
    /// One of the choices, each as likely as the others.
    mutating func pick<Element>(_ choices: [Element]) -> Element {
        choices[Int.random(in: choices.indices, using: &self)]
    }

    /// True half of the time.
    mutating func flip() -> Bool { Bool.random(using: &self) }
}
