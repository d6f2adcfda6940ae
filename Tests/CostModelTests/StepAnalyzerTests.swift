import CostModel
import TensorGraph
import TestSupport
import Testing

@Suite("What a step is, whatever its granularity")
struct StepAnalyzerTests {
    private func analyze(_ problem: Problem, _ ops: [Int], keeping: [Int] = []) throws -> StepStructure {
        try StepAnalyzer(problem).analyze(ops: ops.map { OpID($0) }, retained: keeping.map { TensorID($0) })
    }

    @Test("A tensor written and read in the step is ephemeral: neither read nor evicted")
    func ephemeral() throws {
        let structure = try analyze(Fixtures.pointwisePair(side: 8), [0, 1])
        #expect(structure.reads == [TensorID(0)])
        #expect(structure.evicted == [TensorID(2)])
        #expect(structure.retained.isEmpty)
    }

    @Test("A retained internal tensor is an output that is not evicted (#69)")
    func retainedInternal() throws {
        let structure = try analyze(Fixtures.pointwisePair(side: 8), [0, 1], keeping: [1, 1])
        #expect(structure.retained == [TensorID(1)])
        #expect(structure.evicted == [TensorID(2)])
        #expect(structure.outputCount == 2)
    }

    @Test("An output that nobody in the step reads is evicted even if the op's other output is internal (#57)")
    func unreadSecondOutput() throws {
        var graph = GraphBuilder()
        let pair = graph.pointwise([graph.tensor(4, 6)], outputs: 2, cost: 1)
        let sum = graph.pointwise([pair[0]], cost: 1)
        let structure = try analyze(graph.problem(capacity: 100), [0, 1])
        #expect(structure.evicted == [pair[1], sum])
        #expect(structure.outputWidth == 4)
        #expect(structure.outputHeight == 6)
    }

    @Test("A MatMul that feeds another is no sink, and a Pointwise op after a sink is an epilogue")
    func parts() throws {
        var graph = GraphBuilder()
        let product = graph.matMul(graph.tensor(4, 4), graph.tensor(4, 4), cost: 1)
        let weights = graph.pointwise([product], cost: 1)
        let second = graph.matMul(weights, graph.tensor(4, 4), cost: 1)
        let sibling = graph.matMul(weights, graph.tensor(4, 4), cost: 1)
        let sum = graph.pointwise([second, sibling], cost: 1)
        _ = graph.pointwise([sum, graph.tensor(4, 4)], cost: 1)
        let structure = try analyze(graph.problem(capacity: 1000), [0, 1, 2, 3, 4, 5])
        #expect(structure.parts == [.inner, .inner, .sink, .sink, .epilogue, .epilogue])
        #expect(structure.sinkCount == 2)
        #expect(structure.sinkReduction == 4)
    }

    @Test("A MatMul whose readers are outside the step is a sink")
    func sinkByItself() throws {
        let structure = try analyze(Fixtures.foldedPair(), [0])
        #expect(structure.parts == [.sink])
    }

    @Test("The side of a Pointwise op that feeds a MatMul needs a tile as long as the reduction")
    func prologues() throws {
        var graph = GraphBuilder()
        let lhs = graph.pointwise([graph.tensor(6, 4)], cost: 1)
        let product = graph.matMul(lhs, graph.tensor(5, 6), cost: 1)
        let rhs = graph.pointwise([graph.tensor(7, 5)], cost: 1)
        _ = graph.matMul(product, rhs, cost: 1)
        let structure = try analyze(graph.problem(capacity: 1000), [0, 1, 2, 3])
        #expect(structure.prologueWidth == 6)
        #expect(structure.prologueHeight == 5)
        #expect(structure.smallestReduction == 5)
        #expect(structure.reductionSteps(depth: 2) == 3)
    }

    @Test("A step without MatMul has one k-step and no limit on depth")
    func withoutMatMul() throws {
        let structure = try analyze(Fixtures.pointwisePair(side: 8), [0, 1])
        #expect(!structure.hasReducingOp)
        #expect(structure.reductionSteps(depth: 1) == 1)
    }

    @Test("Ops that read a common graph input are connected (#52)")
    func commonInput() throws {
        var graph = GraphBuilder()
        let shared = graph.tensor(4, 4)
        _ = graph.pointwise([shared], cost: 1)
        _ = graph.pointwise([shared], cost: 1)
        #expect(try analyze(graph.problem(capacity: 100), [0, 1]).evicted.count == 2)
    }

    @Test("Ops without a common tensor are connected by a third")
    func joinedByThird() throws {
        var graph = GraphBuilder()
        let left = graph.pointwise([graph.tensor(4, 4)], cost: 1)
        let right = graph.pointwise([graph.tensor(4, 4)], cost: 1)
        _ = graph.pointwise([left, right], cost: 1)
        let problem = try graph.problem(capacity: 100)
        #expect(try analyze(problem, [0, 1, 2]).reads.count == 2)
        let violation = #expect(throws: RuleViolation.self) { try analyze(problem, [0, 1]) }
        #expect(violation?.rule == .disconnectedStep)
    }

    @Test("A retained tensor upstream of a MatMul is refused however many Pointwise ops lie between")
    func retainedUpstream() throws {
        var graph = GraphBuilder()
        let first = graph.pointwise([graph.tensor(4, 4)], cost: 1)
        let second = graph.pointwise([first], cost: 1)
        _ = graph.matMul(second, graph.tensor(4, 4), cost: 1)
        let violation = #expect(throws: RuleViolation.self) {
            try analyze(graph.problem(capacity: 100), [0, 1, 2], keeping: [first.index])
        }
        #expect(violation?.rule == .retainedNotElementwise)
    }

    @Test("A tensor read as LHS, as RHS and by a Pointwise op is three slices")
    func roles() throws {
        var graph = GraphBuilder()
        let shared = graph.tensor(4, 4)
        let left = graph.matMul(shared, graph.tensor(4, 4), cost: 1)
        let right = graph.matMul(graph.tensor(4, 4), shared, cost: 1)
        _ = graph.pointwise([left, right, shared], cost: 1)
        let structure = try analyze(graph.problem(capacity: 1000), [0, 1, 2])
        let slices = structure.slices.filter { $0.tensor == shared }
        #expect(slices.map(\.role) == [.map, .lhs, .rhs])
        #expect(slices.map(\.rows) == [.tileRows, .tileRows, .reduction])
        #expect(slices.map(\.columns) == [.tileColumns, .reduction, .tileColumns])
    }

    @Test("An analyzer gives the same answer after other steps, valid or not, as a new one")
    func reuse() throws {
        var random = RandomSource(seed: 31)
        var problems = ProblemGenerator(seed: 32)
        for _ in 0..<40 {
            let problem = try problems.next()
            let veteran = StepAnalyzer(problem)
            for _ in 0..<20 {
                let ops = Array(problem.opIDs).filter { _ in random.next() % 2 == 0 }.shuffled(using: &random)
                let retained = problem.tensors.indices.filter { _ in random.next() % 6 == 0 }.map { TensorID($0) }
                #expect(
                    outcome(veteran, ops, retained) == outcome(StepAnalyzer(problem), ops, retained), "\(problem)")
            }
        }
    }

    private func outcome(_ analyzer: StepAnalyzer, _ ops: [OpID], _ retained: [TensorID]) -> String {
        do {
            return "\(try analyzer.analyze(ops: ops, retained: retained))"
        } catch {
            return "\(error)"
        }
    }
}
