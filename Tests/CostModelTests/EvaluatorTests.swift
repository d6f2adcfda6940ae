import CostModel
import TensorGraph
import TestSupport
import Testing

@Suite("A schedule as a whole")
struct EvaluatorTests {
    private func rule(broken steps: [Step], _ problem: Problem, cap: ReductionCap = .native) -> RuleViolation.Rule? {
        do {
            _ = try Evaluator(problem, reductionCap: cap).evaluate(Schedule(steps: steps))
            return nil
        } catch {
            return error.rule
        }
    }

    @Test("A retained tensor lives through the next step and is then gone (#34)")
    func handOffLivesOneStep() throws {
        var graph = GraphBuilder()
        let shared = graph.pointwise([graph.tensor(4, 4)], cost: 1)
        _ = graph.pointwise([shared], cost: 1)
        _ = graph.pointwise([shared], cost: 1)
        let problem = try graph.problem(capacity: 1000)
        let producer = Step([0], (4, 4, 1), keeping: [1])
        #expect(rule(broken: [producer, Step([1, 2], (4, 4, 1))], problem) == nil)
        #expect(rule(broken: [producer, Step([1], (4, 4, 1)), Step([2], (4, 4, 1))], problem) == .unavailableTensor)
        #expect(
            rule(broken: [producer, Step([1], (4, 4, 1)), producer, Step([2], (4, 4, 1))], problem) == nil,
            "produced again, it is there again")
    }

    @Test("The total is the sum of the steps' latencies")
    func total() throws {
        let evaluation = try Evaluator(Fixtures.diamond())
            .evaluate(Schedule(steps: [Step([0], (128, 128, 1), keeping: [1]), Step([1, 2], (128, 128, 1))]))
        #expect(agree(evaluation.totalLatency, 4638.4))
        #expect(evaluation.steps.map(\.loadedElements) == [16384, 0])
        #expect(evaluation.steps.map(\.evictedElements) == [0, 16384])
    }

    @Test("A problem without ops has an empty schedule that costs nothing")
    func emptyProblem() throws {
        var graph = GraphBuilder()
        _ = graph.tensor(3, 3)
        #expect(try Evaluator(graph.problem(capacity: 1)).evaluate(Schedule(steps: [])).totalLatency == 0)
    }

    @Test("A reported latency may be off by a millionth")
    func reportedLatency() throws {
        let problem = try Fixtures.pointwisePair(side: 128)
        var step = Step([0, 1], (128, 128, 1))
        step.reportedLatency = 3276.8 * (1 + 0.9e-6)
        #expect(rule(broken: [step], problem) == nil)
        step.reportedLatency = 3276.8 * (1 - 1.1e-6)
        #expect(rule(broken: [step], problem) == .latencyMisreported)
    }

    @Test("Without reduction cap k may exceed native, but never the reduction (#7)")
    func reductionCap() throws {
        let problem = try Fixtures.matMul(width: 4, height: 4, reduction: 10, capacity: 1000, native: 4)
        let deep = [Step([0], (4, 4, 10))]
        #expect(rule(broken: deep, problem) == .granularityOutOfRange)
        #expect(rule(broken: deep, problem, cap: .none) == nil)
        #expect(rule(broken: [Step([0], (4, 4, 11))], problem, cap: .none) == .depthAboveReduction)
    }

    @Test("Without MatMul k is checked against native alone")
    func depthWithoutMatMul() throws {
        let problem = try Fixtures.pointwisePair(side: 8, native: 4)
        #expect(rule(broken: [Step([0, 1], (4, 4, 4))], problem) == nil)
        #expect(rule(broken: [Step([0, 1], (4, 4, 5))], problem) == .granularityOutOfRange)
        #expect(rule(broken: [Step([0, 1], (4, 4, Int.max))], problem, cap: .none) == nil)
    }

    @Test("Depth 1 for a Pointwise op before a MatMul needs its tile width; one k-step does not")
    func prologueNeedsWidthOnlyWithSeveralDepths() throws {
        var graph = GraphBuilder()
        let lhs = graph.pointwise([graph.tensor(4, 4)], cost: 1)
        _ = graph.matMul(lhs, graph.tensor(4, 4), cost: 1)
        let problem = try graph.problem(capacity: 1000, nativeWidth: 4, nativeHeight: 4)
        #expect(rule(broken: [Step([0, 1], (3, 4, 2))], problem) == .prologueBelowReduction)
        #expect(rule(broken: [Step([0, 1], (3, 4, 4))], problem) == nil)
        #expect(rule(broken: [Step([0, 1], (4, 1, 2))], problem) == nil)
    }

    @Test("An epilogue is allowed with any tile and depth (#82)")
    func epilogueIsAlwaysAllowed() throws {
        #expect(rule(broken: [Step([0, 1], (5, 3, 7))], try Fixtures.matMulWithEpilogue()) == nil)
    }

    @Test("A grid of a billion tiles is costed by classes and refused by the walk")
    func tooManyIterations() throws {
        let problem = try Fixtures.pointwisePair(side: 1 << 15)
        let schedule = Schedule(steps: [Step([0, 1], (1, 1, 1))])
        #expect(try Evaluator(problem).evaluate(schedule).steps.map(\.iterations) == [0x1p30])
        let violation = #expect(throws: RuleViolation.self) {
            try Evaluator(problem, method: .simulation).evaluate(schedule)
        }
        #expect(violation?.rule == .tooManyIterations)
        #expect(violation?.step == 0)
    }
}
