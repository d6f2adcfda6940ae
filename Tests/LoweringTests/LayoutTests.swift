import CostModel
import Lowering
import TensorGraph
import TestSupport
import Testing

/// Buffers lie in fast memory, apart from each other, and never move.
@Suite("Buffers") struct LayoutTests {
    /// What a walk through a plan finds wrong, and what it counts.
    struct Walk {
        var faults: [String] = []
        var loaded = 0
        var evicted = 0
        var peak = 0

        init(_ plan: Plan) {
            for (number, step) in plan.steps.enumerated() {
                let ends = step.resident + step.retained
                let endElements = ends.reduce(0) { $0 + $1.size }
                if number > 0 {
                    for kept in step.resident where !plan.steps[number - 1].retained.contains(kept) {
                        faults.append("step \(number): tensor \(kept.tensor) moved between steps")
                    }
                }
                step.forEachIteration(of: plan.problem) { iteration in
                    let blocks = iteration.loaded + iteration.kept + iteration.tiles
                    let ranges = (ends.map(\.range) + blocks.map(\.range)).sorted { $0.lowerBound < $1.lowerBound }
                    var end = 0
                    for range in ranges {
                        if range.lowerBound < end { faults.append("step \(number): buffers overlap at \(range)") }
                        end = max(end, range.upperBound)
                    }
                    if end > plan.problem.hardware.fastMemoryCapacity {
                        faults.append("step \(number): beyond the end")
                    }
                    loaded += iteration.loaded.reduce(0) { $0 + $1.block.size }
                    evicted += iteration.evicted.reduce(0) { $0 + $1.block.size }
                    peak = max(peak, endElements + iteration.heldElements)
                }
            }
        }
    }

    static func check(_ made: PlanCase) {
        let walk = Walk(made.plan)
        #expect(walk.faults == [], "seed \(made.seed)")
        #expect(walk.loaded == Int(made.plan.loadedElements), "seed \(made.seed)")
        #expect(walk.evicted == Int(made.plan.evictedElements), "seed \(made.seed)")
        #expect(walk.peak == Int(made.plan.peakWorkingSet), "seed \(made.seed)")
    }

    @Test("Hold for random schedules, also where fast memory is just large enough")
    func random() throws {
        let random = try RandomCases(seeds: 1000..<1300)
        #expect(random.withoutPlan == [])
        random.expectAllMet()
        #expect((random.met["resident and written anew"] ?? 0) > 0)
        for made in random.cases { Self.check(made) }
    }

    @Test("Hold for random schedules of general ops")
    func generalOps() throws {
        let random = try RandomCases(seeds: 1000..<1200, variety: .general)
        #expect(random.withoutPlan == [])
        for made in random.cases { Self.check(made) }
    }

    @Test("Hold for the examples of RULES 5 and 7")
    func workedExamples() throws {
        for made in try WorkedCases.all() + WorkedCases.general() { Self.check(made) }
    }

    @Test("A slice that is asked for under two names has one address while it is there")
    func coincidingSlices() throws {
        // Rows of t0 as the k-range of the sink that op 0 feeds, and as the tile's rows of op 2; both are LHS.
        var graph = GraphBuilder()
        let shared = graph.tensor(6, 6)
        let right = graph.matMul(shared, graph.tensor(6, 6), cost: 1)
        let first = graph.matMul(graph.tensor(6, 6), right, cost: 1)
        let left = graph.matMul(shared, graph.tensor(6, 6), cost: 1)
        let second = graph.matMul(left, graph.tensor(6, 6), cost: 1)
        _ = graph.pointwise([first, second], cost: 1)
        let problem = try graph.problem(capacity: 1000, nativeWidth: 6, nativeHeight: 6)
        let step = Step([0, 1, 2, 3, 4], (6, 4, 4))
        let evaluation = try Evaluator(problem).evaluate(Schedule(steps: [step]))
        let tight = try problem.with(capacity: Int(evaluation.steps[0].peakWorkingSet))
        let made = try PlanCase(Schedule(steps: [step]), problem: tight)
        guard case .byIteration = made.plan.steps[0].layout else {
            Issue.record("no slices coincide")
            return
        }
        Self.check(made)
    }
}
