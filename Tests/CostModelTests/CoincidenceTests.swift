import CostModel
import TensorGraph
import TestSupport
import Testing

/// Demands in different symbols that name the same elements in some iterations: no class tells their cost.
@Suite("StepCost declines where a tile and a reduction range coincide now and then")
struct CoincidenceTests {
    /// Two products of one operand, multiplied: the operand's rows, or columns, are demanded by tile and by k-step.
    private func productOfProducts(sharedOnTheLeft: Bool, side: Int = 7) throws -> Problem {
        var graph = GraphBuilder()
        let shared = graph.tensor(side, side)
        let products = (0..<2).map { _ in
            let other = graph.tensor(side, side)
            return sharedOnTheLeft
                ? graph.matMul(shared, other, cost: 0.01) : graph.matMul(other, shared, cost: 0.01)
        }
        _ = graph.matMul(products[0], products[1], cost: 0.01)
        return try graph.problem(capacity: 10000, nativeWidth: 4, nativeHeight: 4)
    }

    /// A product that is the LHS of one sink and the RHS of another, its own operands resident.
    private func productOnBothSides() throws -> Problem {
        var graph = GraphBuilder()
        let product = graph.matMul(graph.tensor(7, 7), graph.tensor(7, 7), cost: 10)
        _ = graph.matMul(product, graph.tensor(7, 7), cost: 10)
        _ = graph.matMul(graph.tensor(7, 7), product, cost: 10)
        return try graph.problem(capacity: 10000, nativeWidth: 4, nativeHeight: 4)
    }

    /// Checks that StepCost declines these granularities and no others, and that it has to.
    private func check(
        _ problem: Problem, resident: [TensorID] = [], declines: (Granularity) -> Bool
    ) throws {
        let structure = try StepAnalyzer(problem).analyze(ops: [OpID(0), OpID(1), OpID(2)], retained: [])
        let cost = StepCost(structure, problem: problem, resident: resident)
        let simulator = StepSimulator(problem, structure, resident: Set(resident))
        var wrong = 0
        for width in 1...4 {
            for height in 1...4 {
                for depth in 1...4 {
                    let granularity = Granularity(width: width, height: height, depth: depth)
                    #expect(cost.needsSimulation(granularity) == declines(granularity), "\(granularity)")
                    let simulated = try simulator.simulate(granularity, order: .raster)
                    let same = agree(cost.latency(granularity), simulated.latency)
                    if !cost.needsSimulation(granularity) { #expect(same, "\(granularity)") }
                    if !same { wrong += 1 }
                }
            }
        }
        #expect(wrong > 0, "there is nothing to decline")
    }

    /// True when some piece of 7 elements cut by one length is a piece cut by the other: all, or only the last.
    private func coincide(_ one: Int, _ other: Int) -> Bool {
        one == other || 6 / one * one == 6 / other * other
    }

    @Test("on the rows of an operand")
    func rows() throws {
        try check(productOfProducts(sharedOnTheLeft: true)) { coincide($0.height, $0.depth) }
    }

    @Test("on the columns of an operand")
    func columns() throws {
        try check(productOfProducts(sharedOnTheLeft: false)) { coincide($0.width, $0.depth) }
    }

    @Test("on rows and columns at once, and only then")
    func both() throws {
        try check(productOnBothSides(), resident: [TensorID(0), TensorID(1)]) {
            coincide($0.height, $0.depth) && coincide($0.width, $0.depth)
        }
    }

    @Test("and the evaluator walks the step instead, to the referee's number", .needsReferee)
    func evaluator() throws {
        let problem = try productOfProducts(sharedOnTheLeft: true)
        let schedule = Schedule(steps: [Step([0, 1, 2], (4, 3, 3))])
        let fast = try Evaluator(problem).evaluate(schedule)
        #expect(try Evaluator(problem, method: .simulation).evaluate(schedule) == fast)
        var referee = Referee()
        referee.add(schedule, for: problem)
        let total = try #require(try referee.verdicts()[0].total)
        #expect(agree(total, fast.totalLatency))
    }
}
