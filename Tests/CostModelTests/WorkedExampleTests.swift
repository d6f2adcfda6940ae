import CostModel
import TensorGraph
import TestSupport
import Testing

/// Every row of RULES 5, by classes, by simulation and by the referee.
@Suite("The numbers of RULES 5", .needsReferee)
struct WorkedExampleTests: WorkedNumbers {
    @Test("Two Pointwise ops in two steps move the tensor between them twice")
    func pointwisePairApart() throws {
        try expect(
            [3276.8, 3276.8], of: Fixtures.pointwisePair(side: 128),
            [Step([0], (128, 128, 1)), Step([1], (128, 128, 1))])
    }

    @Test("Two Pointwise ops in one step move it never")
    func pointwisePairTogether() throws {
        try expect([3276.8], of: Fixtures.pointwisePair(side: 128), [Step([0, 1], (128, 128, 1))])
    }

    @Test("Two Pointwise ops in tiles below native pay padding")
    func pointwisePairInSmallTiles() throws {
        try expect([4400], of: Fixtures.pointwisePair(side: 128), [Step([0, 1], (64, 64, 1))])
    }

    @Test("Four tiles cost four times one tile")
    func largerPointwisePair() throws {
        let problem = try Fixtures.pointwisePair(side: 256)
        try expect([13107.2, 13107.2], of: problem, [Step([0], (128, 128, 1)), Step([1], (128, 128, 1))])
        try expect([13107.2], of: problem, [Step([0, 1], (128, 128, 1))])
    }

    @Test("A diamond op by op")
    func diamondApart() throws {
        try expect([3276.8, 3276.8, 4915.2], of: Fixtures.diamond(), (0..<3).map { Step([$0], (128, 128, 1)) })
    }

    @Test("A diamond with its top computed twice")
    func diamondRecomputed() throws {
        try expect(
            [3000, 3276.8], of: Fixtures.diamond(),
            [Step([0, 1], (128, 128, 1), keeping: [2]), Step([0, 2], (128, 128, 1))])
    }

    @Test("A diamond with its top handed on in fast memory")
    func diamondHandedOn() throws {
        try expect(
            [1638.4, 3000], of: Fixtures.diamond(),
            [Step([0], (128, 128, 1), keeping: [1]), Step([1, 2], (128, 128, 1))])
    }

    @Test("A diamond whose top is ephemeral in one step and missing in the next")
    func diamondWithoutItsTop() throws {
        try expect(
            .unavailableTensor, step: 1, of: Fixtures.diamond(),
            [Step([0, 1], (128, 128, 1)), Step([2], (128, 128, 1))])
    }

    @Test("One MatMul in raster order loads a strip anew where a snake keeps it")
    func matMulOrders() throws {
        let problem = try Fixtures.matMul()
        try expect([7096], of: problem, [Step([0], (64, 64, 128))])
        try expect([6548], of: problem, [Step([0], (64, 64, 128), order: .permutation([0, 1, 3, 2]))])
        try expect([6548], of: problem, [Step([0], (64, 64, 128), order: .rowSnake)])
    }

    @Test("A chain of two MatMuls fits with k-steps of 32 and not of 64")
    func foldedPair() throws {
        let problem = try Fixtures.foldedPair()
        try expect([6915.2], of: problem, [Step([0, 1], (128, 128, 32))])
        try expect(.capacityExceeded, step: 0, of: problem, [Step([0, 1], (128, 128, 64))])
        let structure = try StepAnalyzer(problem).analyze(ops: [OpID(0), OpID(1)], retained: [])
        let cost = StepCost(structure, problem: problem)
        #expect(cost.workingSet(Granularity(width: 128, height: 128, depth: 64)) == 49152)
    }

    @Test("A MatMul and the Pointwise op that reads it share k-steps")
    func epilogue() throws {
        try expect([6553.6], of: Fixtures.matMulWithEpilogue(), [Step([0, 1], (128, 128, 32))])
    }

    @Test("A MatMul folded through a Pointwise op into another takes part in its four k-steps")
    func foldedThroughPointwise() throws {
        let problem = try Fixtures.foldedThroughPointwise()
        let steps = [Step([0, 1, 2], (128, 128, 32))]
        try expect([7915.2], of: problem, steps)
        #expect(try Evaluator(problem).evaluate(Schedule(steps: steps)).steps.map(\.reductionSteps) == [4])
    }
}
