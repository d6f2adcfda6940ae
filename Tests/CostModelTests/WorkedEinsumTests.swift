import CostModel
import TensorGraph
import TestSupport
import Testing

/// Every row of RULES 7, by classes, by simulation and by the referee.
@Suite("The numbers of RULES 7", .needsReferee)
struct WorkedEinsumTests: WorkedNumbers {
    /// t0 by t1 transposed > op0 > t2: 128 x 128 over 64.
    private func transposedProduct(capacity: Int) throws -> Problem {
        var graph = GraphBuilder()
        _ = try graph.einsum("ik,jk->ij", [graph.tensor(64, 128), graph.tensor(64, 128)], cost: 1500)
        return try graph.problem(capacity: capacity)
    }

    /// t0 > op0 > t1 (maximum), t0 + t1 > op1 > t2 (powers), t2 > op2 > t3 (sum), t2 + t3 > op3 > t4 (quotient).
    private func softmax(capacity: Int = 200_000) throws -> Problem {
        var graph = GraphBuilder()
        let scores = graph.tensor(512, 128)
        let largest = try graph.einsum("ik->i1", [scores], cost: 400)[0]
        let powers = try graph.einsum("ij,i1->ij", [scores, largest], cost: 100)[0]
        let sums = try graph.einsum("ik->i1", [powers], cost: 400)[0]
        _ = try graph.einsum("ij,i1->ij", [powers, sums], cost: 100)
        return try graph.problem(capacity: capacity)
    }

    /// t0 @ t1 > op0 > t2, t2 transposed > op1 > t3, all 128 x 128.
    private func transposedResult() throws -> Problem {
        var graph = GraphBuilder()
        let product = graph.matMul(graph.tensor(128, 128), graph.tensor(128, 128), cost: 2000)
        _ = try graph.einsum("ji->ij", [product], cost: 100)
        return try graph.problem(capacity: 60000)
    }

    /// t0 transposed > op0 > t1, t1 @ t2 > op1 > t3, all 128 x 128.
    private func transposedOperand() throws -> Problem {
        var graph = GraphBuilder()
        let flipped = try graph.einsum("ji->ij", [graph.tensor(128, 128)], cost: 100)[0]
        _ = graph.matMul(flipped, graph.tensor(128, 128), cost: 2000)
        return try graph.problem(capacity: 50000)
    }

    private let maps = (128, 128, 1)
    private let sums = (1, 128, 128)

    @Test("A product by a transposed operand in four tiles, then in one with two k-steps")
    func transposedRightOperand() throws {
        try expect([6000], of: transposedProduct(capacity: 25000), [Step([0], (64, 64, 64))])
        try expect([3276.8], of: transposedProduct(capacity: 40000), [Step([0], (128, 128, 32))])
    }

    @Test("A transposition moves its tensor in and out")
    func transposition() throws {
        var graph = GraphBuilder()
        _ = try graph.einsum("ji->ij", [graph.tensor(128, 256)], cost: 100)
        try expect([6553.6], of: graph.problem(capacity: 50000), [Step([0], maps)])
    }

    @Test("Softmax op by op")
    func softmaxApart() throws {
        try expect(
            [6566.4, 13120, 6566.4, 13120], of: softmax(),
            [Step([0], sums), Step([1], maps), Step([2], sums), Step([3], maps)])
    }

    @Test("Softmax op by op, each vector kept for the next step")
    func softmaxWithVectorsKept() throws {
        try expect(
            [6553.6, 13107.2, 6553.6, 13107.2], of: softmax(),
            [Step([0], sums, keeping: [1]), Step([1], maps), Step([2], sums, keeping: [3]), Step([3], maps)])
    }

    @Test("Softmax in one step, on tiles as high as the tensor and lower ones")
    func softmaxTogether() throws {
        try expect([13107.2], of: softmax(), [Step([0, 1, 2, 3], maps)])
        try expect([33184], of: softmax(), [Step([0, 1, 2, 3], (128, 32, 1))])
    }

    @Test("Softmax in two steps, the powers kept, or not for want of room")
    func softmaxInTwo() throws {
        try expect([8053.6, 6553.6], of: softmax(), [Step([0, 1], maps, keeping: [2]), Step([2, 3], maps)])
        try expect(
            [19660.8, 19660.8], of: softmax(capacity: 60000),
            [Step([0, 1], (128, 64, 1)), Step([2, 3], (128, 64, 1))])
    }

    @Test("A row of biases is an epilogue's slice")
    func biasRow() throws {
        var graph = GraphBuilder()
        let product = graph.matMul(graph.tensor(128, 128), graph.tensor(128, 128), cost: 2000)
        _ = try graph.einsum("ij,1j->ij", [product, graph.tensor(128, 1)], cost: 100)
        try expect([4928], of: graph.problem(capacity: 50000), [Step([0, 1], (128, 128, 32))])
    }

    @Test("A transposition in front of a MatMul is a prologue, on tiles no narrower than the reduction")
    func transpositionAsPrologue() throws {
        try expect([4915.2], of: transposedOperand(), [Step([0, 1], (128, 128, 32))])
        try expect(.prologueBelowReduction, step: 0, of: transposedOperand(), [Step([0, 1], (64, 128, 32))])
    }

    @Test("A MatMul behind a transposition is no sink and has one k-step")
    func transpositionBehindMatMul() throws {
        try expect([4915.2], of: transposedResult(), [Step([0, 1], (128, 128, 128))])
        try expect([5376.8], of: transposedResult(), [Step([0, 1], (128, 64, 1))])
        let structure = try StepAnalyzer(transposedResult()).analyze(ops: [OpID(0), OpID(1)], retained: [])
        #expect(structure.sinkCount == 0 && structure.hasReducingOp)
    }

    @Test("A tensor that is retained may not be read transposed in its step")
    func retainedAndTransposed() throws {
        try expect(
            .retainedNotElementwise, step: 0, of: transposedResult(), [Step([0, 1], (128, 128, 128), keeping: [2])])
    }
}
