import CostModel
import GLPKBackend
import Scheduling
import TensorGraph
import TestSupport
import Testing

@Suite("Ops that fit in fast memory at no granularity alone")
struct FusedStartTests {
    /// t0 > op0 > t1, t0 + t1 > op1 > t2, all of one element: op 1 alone needs three elements.
    private static func fitsFused(capacity: Int = 2) throws -> Problem {
        var graph = GraphBuilder()
        let input = graph.tensor(1, 1)
        _ = graph.pointwise([input, graph.pointwise([input], cost: 1)], cost: 1)
        return try graph.problem(capacity: capacity, bandwidth: 1, nativeWidth: 1, nativeHeight: 1)
    }

    @Test("are scheduled fused with a neighbour", arguments: [false, true])
    func fused(triesExact: Bool) throws {
        let problem = try Self.fitsFused()
        let listed = try ListScheduler(problem).schedule()
        #expect(listed.steps.map(\.ops) == [[OpID(0), OpID(1)]])
        #expect(try Evaluator(problem).evaluate(listed).totalLatency == 2)
        let found = try solveByWindows(problem) { options in
            options.method = triesExact ? .auto : .hybrid
            options.maximumRounds = 3
        }
        #expect(found.incumbent.latency == 2)
        #expect(found.bounds.allSatisfy { $0.value <= 2 })
        #expect(try solveExactly(problem).status == .optimal)
    }

    @Test("are infeasible only when no connected set that contains them fits")
    func infeasible() throws {
        let error = #expect(throws: InfeasibleOp.self) {
            try ListScheduler(Self.fitsFused(capacity: 1)).schedule()
        }
        #expect(error == InfeasibleOp(op: OpID(0), smallestWorkingSet: 2, capacityElements: 1, isProven: true))
    }

    @Test("are not called infeasible when the sets around them are too many to look at")
    func cutOff() throws {
        var graph = GraphBuilder()
        let input = graph.tensor(1, 1)
        for _ in 0..<300 { _ = graph.pointwise([input], cost: 1) }
        let problem = try graph.problem(capacity: 1, nativeWidth: 1, nativeHeight: 1)
        let error = #expect(throws: InfeasibleOp.self) { try ListScheduler(problem).schedule() }
        #expect(error?.isProven == false)
        #expect(error?.description.hasPrefix("no schedule found") == true)
    }

    /// t0 > op0 > t1, t1 > op1 > t2, t0 + t1 > op2 > t3: op 2 alone needs three elements.
    @Test("run beside a step that stores what others read")
    func recomputed() throws {
        var graph = GraphBuilder()
        let input = graph.tensor(1, 1)
        let shared = graph.pointwise([input], cost: 1)
        _ = graph.pointwise([shared], cost: 1)
        _ = graph.pointwise([input, shared], cost: 1)
        let problem = try graph.problem(capacity: 2, bandwidth: 1, nativeWidth: 1, nativeHeight: 1)
        let schedule = try ListScheduler(problem).schedule()
        #expect(try Evaluator(problem).evaluate(schedule).totalLatency > 0)
        #expect(schedule.steps.contains { $0.ops == [OpID(0), OpID(2)] })
    }

    @Test("A warm start that is valid is never refused, however tight fast memory is")
    func warmStart() throws {
        var problems = OracleProblemGenerator(seed: 77, opCounts: 2...4, maximumWritten: 4)
        var tightened = 0
        for _ in 0..<60 {
            let roomy = try problems.next()
            guard let schedule = try? ListScheduler(roomy).schedule() else { continue }
            let fullest = try Evaluator(roomy).evaluate(schedule).steps.map(\.peakWorkingSet).max() ?? 0
            let problem = try roomy.with(capacity: Int(fullest))
            tightened += problem.hardware.fastMemoryCapacity < roomy.hardware.fastMemoryCapacity ? 1 : 0
            let latency = try Evaluator(problem).evaluate(schedule).totalLatency
            let found = try solveByWindows(problem) { options in
                options.warmStart = schedule
                options.method = .hybrid
                options.maximumRounds = 1
            }
            #expect(found.incumbent.latency <= latency * (1 + 1e-9), "\(ProblemFile.text(of: problem))")
        }
        #expect(tightened > 20)
    }
}
