import CostModel
import TensorGraph
import TestSupport
import Testing

/// Numbers worked out by hand from RULES 4.
@Suite("Iterations, walked one by one")
struct StepSimulatorTests {
    private func simulate(
        _ problem: Problem, _ step: Step, resident: Set<TensorID> = []
    ) throws -> StepEvaluation {
        let structure = try StepAnalyzer(problem).analyze(ops: step.ops, retained: step.retained)
        return try StepSimulator(problem, structure, resident: resident)
            .simulate(step.granularity, order: step.order)
    }

    /// t0 @ t1 > op0 and t3 @ t0 > op1: one tensor as LHS and as RHS, all 4 x 4.
    private func bothSides() throws -> Problem {
        var graph = GraphBuilder()
        let shared = graph.tensor(4, 4)
        _ = graph.matMul(shared, graph.tensor(4, 4), cost: 1)
        _ = graph.matMul(graph.tensor(4, 4), shared, cost: 1)
        return try graph.problem(capacity: 1000, nativeWidth: 4, nativeHeight: 4)
    }

    @Test("Slices of one tensor in two roles are loaded and held twice")
    func roles() throws {
        let evaluation = try simulate(bothSides(), Step([0, 1], (2, 2, 4)))
        // Two LHS strips, two RHS strips, two output tiles.
        #expect(evaluation.peakWorkingSet == 4 * 8 + 2 * 4)
        // A new row of tiles loads all four strips, the next column the two RHS strips.
        #expect(evaluation.loadedElements == 2 * (32 + 16))
        #expect(evaluation.evictedElements == 32)
    }

    @Test("A slice that covers its whole tensor serves every role (#70)")
    func fullRole() throws {
        let evaluation = try simulate(bothSides(), Step([0, 1], (4, 4, 4)))
        #expect(evaluation.peakWorkingSet == 5 * 16)
        #expect(evaluation.loadedElements == 3 * 16)
    }

    @Test("A slice is reused from the iteration just before and no other")
    func adjacency() throws {
        let problem = try Fixtures.matMul(width: 2, height: 6, reduction: 4, capacity: 100, native: 4)
        // One column: the RHS is whole and stays, each row of tiles loads its own LHS strip.
        #expect(try simulate(problem, Step([0], (2, 2, 4))).loadedElements == 8 + 3 * 8)
        // Two k-steps: nothing that the next tile needs was held just before.
        #expect(try simulate(problem, Step([0], (2, 2, 2))).loadedElements == 3 * (8 + 8))
    }

    @Test("The sinks beyond the outputs accumulate in tiles of their own when there are k-steps")
    func accumulators() throws {
        var graph = GraphBuilder()
        let shared = graph.tensor(4, 4)
        let first = graph.matMul(shared, graph.tensor(4, 4), cost: 1)
        let second = graph.matMul(shared, graph.tensor(4, 4), cost: 1)
        _ = graph.pointwise([first, second], cost: 1)
        let problem = try graph.problem(capacity: 1000, nativeWidth: 4, nativeHeight: 4)
        #expect(try simulate(problem, Step([0, 1, 2], (4, 4, 2))).peakWorkingSet == 3 * 8 + 16 + 16)
        #expect(try simulate(problem, Step([0, 1, 2], (4, 4, 4))).peakWorkingSet == 3 * 16 + 16)
    }

    @Test("A resident tensor is held whole and read for nothing; a retained one is held whole and not evicted")
    func handOff() throws {
        let problem = try Fixtures.pointwisePair(side: 8, capacity: 1000, native: 4)
        let reader = try simulate(problem, Step([1], (4, 4, 1)), resident: [TensorID(1)])
        #expect(reader.loadedElements == 0)
        #expect(reader.peakWorkingSet == 64 + 16)
        #expect(reader.evictedElements == 64)
        let writer = try simulate(problem, Step([0], (4, 4, 1), keeping: [1]))
        #expect(writer.loadedElements == 64)
        #expect(writer.peakWorkingSet == 64 + 16)
        #expect(writer.evictedElements == 0)
    }

    @Test("A tensor that is resident and retained again is held once")
    func residentAndRetained() throws {
        let problem = try Fixtures.pointwisePair(side: 8, capacity: 1000, native: 4)
        let step = Step([0], (4, 4, 1), keeping: [1])
        #expect(try simulate(problem, step, resident: [TensorID(1)]).peakWorkingSet == 64 + 16)
    }

    @Test("An epilogue's other input is loaded once per tile and held in every k-step")
    func epilogueInput() throws {
        let evaluation = try simulate(Fixtures.matMulWithEpilogue(), Step([0, 1], (128, 64, 32)))
        // Per tile: the LHS strip and the whole RHS in four parts each, and the epilogue's tile.
        #expect(evaluation.loadedElements == Double(2 * (8192 + 16384 + 8192)))
        #expect(evaluation.peakWorkingSet == Double(64 * 32 + 32 * 128 + 8192 + 8192))
        #expect(evaluation.compute == 2 * (2000 + 100))
        #expect(evaluation.iterations == 8)
    }

    @Test("k-steps of a sink add up to its base cost per tile, a short last one included")
    func shortLastDepth() throws {
        let problem = try Fixtures.matMul(width: 4, height: 4, reduction: 5, capacity: 100, native: 4)
        let evaluation = try simulate(problem, Step([0], (4, 4, 2)))
        #expect(evaluation.reductionSteps == 3)
        #expect(agree(evaluation.compute, 1500))
        #expect(evaluation.loadedElements == 40)
        #expect(evaluation.computeBoundIterations == 3)
    }

    @Test("A Pointwise op before a MatMul is charged in whole native tiles along the reduction (#80)")
    func prologueCharge() throws {
        var graph = GraphBuilder()
        let lhs = graph.pointwise([graph.tensor(6, 4)], cost: 10)
        _ = graph.matMul(lhs, graph.tensor(4, 6), cost: 100)
        let problem = try graph.problem(capacity: 1000, nativeWidth: 4, nativeHeight: 4)
        // Two tiles, each a strip of 6 columns, which is two native tiles.
        #expect(agree(try simulate(problem, Step([0, 1], (4, 2, 6))).compute, 2 * (2 * 10 + 100)))
    }

    @Test("A folded MatMul is charged for the part of its output that a k-step asks for")
    func foldedCharge() throws {
        let evaluation = try simulate(Fixtures.foldedPair(), Step([0, 1], (128, 128, 32)))
        #expect(evaluation.iterations == 4)
        #expect(evaluation.compute == 4000)
    }

    @Test("The walk stops at an iteration that holds more than fast memory")
    func capacity() throws {
        let violation = #expect(throws: RuleViolation.self) {
            try simulate(try bothSides().with(capacity: 39), Step([0, 1], (2, 2, 4)))
        }
        #expect(violation?.rule == .capacityExceeded)
    }
}
