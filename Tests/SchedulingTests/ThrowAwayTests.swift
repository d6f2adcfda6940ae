import CostModel
import TensorGraph
import TestSupport
import Testing

@testable import Scheduling

@Suite("ThrowAway")
struct ThrowAwayTests {
    /// x @ y > op0 > t2; y > op1, op2, op3 > t5, which reads all of y: sums of columns, their sum, and a broadcast.
    private func wholeOperand() throws -> Problem {
        var graph = GraphBuilder()
        let (x, y) = (graph.tensor(256, 256), graph.tensor(256, 256))
        _ = graph.matMul(x, y, cost: 1)
        let sums = try graph.einsum("kj->1j", [y], cost: 0)[0]
        let sum = try graph.einsum("ik->i1", [sums], cost: 0)[0]
        _ = try graph.einsum("11->ij", [sum], width: 256, height: 256, cost: 0)
        return try graph.problem(capacity: 200_000, bandwidth: 1, nativeWidth: 64, nativeHeight: 64)
    }

    private func best(_ ops: [Int], retained: [Int], _ problem: Problem) throws -> Double {
        let structure = try StepAnalyzer(problem).analyze(
            ops: ops.map { OpID($0) }, retained: retained.map { TensorID($0) })
        let optimizer = GranularityOptimizer(problem, mode: .exhaustive)
        return try #require(optimizer.best(for: StepCost(structure, problem: problem), resident: [])).latency
    }

    @Test("An op that nobody needs can pay: it reads the whole of a tensor, whose slices then cost the others nothing")
    func wholeTensorServesAll() throws {
        let problem = try wholeOperand()
        let ops = [0, 1, 2, 3].map { OpID($0) }
        let with = try best([0, 1, 2, 3], retained: [5], problem)
        let without = try best([0], retained: [], problem)
        #expect(with < without, "\(with) with three useless ops, \(without) without")
        #expect(ThrowAway.canPay(TensorID(5), producer: OpID(3), in: ops, problem))
    }

    @Test("It does not where what the others read stays the same, and no rule needs the op")
    func sameDemands() throws {
        var graph = GraphBuilder()
        let (x, y) = (graph.tensor(64, 64), graph.tensor(64, 64))
        _ = graph.matMul(x, y, cost: 10)
        _ = graph.matMul(x, graph.tensor(64, 64), cost: 10)
        let problem = try graph.problem(capacity: 50_000, nativeWidth: 32, nativeHeight: 32)
        let ops = [OpID(0), OpID(1)]
        #expect(!ThrowAway.canPay(problem[OpID(1)].outputs[0], producer: OpID(1), in: ops, problem))
        #expect(try best([0], retained: [], problem) <= best([0, 1], retained: [4], problem))
    }

    @Test("Whole steps that only a thrown tensor needs never pay; outputs that would be left do")
    func canEverPay() throws {
        // Two ops in a row, and one that reads the first; the last one has two outputs.
        var graph = GraphBuilder()
        let first = graph.pointwise([graph.tensor(4, 4)], cost: 1)
        let second = graph.pointwise([first], cost: 1)
        let third = graph.pointwise([first], cost: 1)
        _ = graph.pointwise([second, third], cost: 1)
        let problem = try graph.problem(capacity: 100)
        let analyzer = StepAnalyzer(problem)
        func pays(_ ops: [Int], _ retained: [TensorID]) -> Bool {
            ThrowAway.canEverPay(ops: ops.map { OpID($0) }, retained: retained, analyzer: analyzer)
        }
        #expect(!pays([0], [first]))
        #expect(!pays([0, 1], [second]))
        #expect(!pays([0, 1], [first, second]))
        // Without op 1 the rest is a step that costs no more.
        #expect(!pays([0, 1, 2], [second]))
        #expect(!pays([0], []))
        // Each of many subsets would have to be tried.
        #expect(pays([0, 1, 2, 3], [0, 1, 2, 3, 4].map { TensorID($0) }))
    }

    @Test("Two outputs of one op: without the thrown one the other has to be evicted")
    func severalOutputs() throws {
        let tensors = (0..<4).map { _ in Tensor(width: 4, height: 4) }
        let ops = [
            Op(kind: .pointwise, inputs: [TensorID(0)], outputs: [TensorID(1), TensorID(2)], baseCost: 1),
            Op(kind: .pointwise, inputs: [TensorID(1), TensorID(2)], outputs: [TensorID(3)], baseCost: 1),
        ]
        let problem = try Problem(
            tensors: tensors, ops: ops,
            hardware: Hardware(
                fastMemoryCapacity: 100, slowMemoryBandwidth: 1, nativeWidth: 4, nativeHeight: 4))
        let analyzer = StepAnalyzer(problem)
        #expect(ThrowAway.canEverPay(ops: [OpID(0)], retained: [TensorID(1)], analyzer: analyzer))
        #expect(ThrowAway.canEverPay(ops: [OpID(0)], retained: [TensorID(1), TensorID(2)], analyzer: analyzer))
    }
}
