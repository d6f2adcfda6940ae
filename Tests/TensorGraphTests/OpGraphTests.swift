import TensorGraph
import TestSupport
import Testing

@Suite("Producers, readers and order of ops")
struct OpGraphTests {
    @Test("Producers and readers of each tensor")
    func diamond() throws {
        let graph = try Fixtures.diamond().graph
        #expect(graph.producers == [nil, OpID(0), OpID(1), OpID(2)])
        #expect(graph.readers == [[OpID(0)], [OpID(1), OpID(2)], [OpID(2)], []])
        #expect(graph.isGraphInput(TensorID(0)))
        #expect(graph.isGraphOutput(TensorID(3)))
        #expect(!graph.isGraphInput(TensorID(1)) && !graph.isGraphOutput(TensorID(1)))
    }

    @Test("Producers come before consumers, whatever the ids")
    func topologicalOrder() throws {
        var problems = ProblemGenerator(seed: 11)
        for _ in 0..<200 {
            let problem = try problems.next()
            let graph = problem.graph
            #expect(graph.topologicalOrder.sorted() == Array(problem.opIDs))
            for (rank, op) in graph.topologicalOrder.enumerated() {
                #expect(graph.topologicalRank[op.index] == rank)
                for producer in problem[op].inputs.compactMap({ graph.producers[$0.index] }) {
                    #expect(graph.topologicalRank[producer.index] < rank)
                }
            }
        }
    }

    @Test("The reduction of a MatMul is the width of its LHS, that of a Pointwise op is 1")
    func reduction() throws {
        #expect(try Fixtures.matMul(width: 2, height: 3, reduction: 7).reduction(of: OpID(0)) == 7)
        #expect(try Fixtures.diamond().reduction(of: OpID(0)) == 1)
    }

    @Test("A chain of a hundred thousand ops is sorted without recursion")
    func longChain() throws {
        var builder = GraphBuilder()
        var last = builder.tensor(1, 1)
        for _ in 0..<100_000 { last = builder.pointwise([last], cost: 1) }
        let problem = try builder.problem(capacity: 10)
        #expect(problem.graph.topologicalOrder.last == OpID(99_999))
    }
}
