import CostModel
import Reporting
import TensorGraph
import TestSupport
import Testing

@Suite("Schedules side by side")
struct ScheduleComparisonTests {
    private func compare(
        _ a: [Step], _ b: [Step], _ problem: Problem
    ) throws -> ScheduleComparison {
        let evaluator = Evaluator(problem)
        func judged(_ steps: [Step]) throws -> (Schedule, Evaluation) {
            let schedule = Schedule(steps: steps)
            return (schedule, try evaluator.evaluate(schedule))
        }
        return try ScheduleComparison(judged(a), judged(b), paths: ("a.json", "b.json"), evaluator: evaluator)
    }

    @Test("The same schedule has no difference")
    func same() throws {
        let steps = [Step([0], (128, 128, 1)), Step([1], (128, 128, 1))]
        let comparison = try compare(steps, steps, Fixtures.pointwisePair(side: 128))
        #expect(comparison.difference == 0 && comparison.hasSameSequence)
        #expect(comparison.blocks.count == 2 && comparison.costs.isEmpty)
        #expect(comparison.blocks.allSatisfy { $0.costs.isEmpty })
        #expect(ComparisonTable(comparison).text.hasSuffix("the same in both: 2 steps, latency 6,553.6\n"))
    }

    @Test("Fusing two ops is a difference of grouping, and costs what RULES 5 says")
    func grouping() throws {
        let comparison = try compare(
            [Step([0], (128, 128, 1)), Step([1], (128, 128, 1))], [Step([0, 1], (128, 128, 1))],
            Fixtures.pointwisePair(side: 128))
        let block = try #require(comparison.blocks.first)
        #expect(comparison.blocks.count == 1)
        #expect(block.ops == [0, 1] && block.stepsA == [0, 1] && block.stepsB == [0])
        #expect(block.costs.map(\.decisions) == [[.grouping]])
        #expect(block.latencyA == 6553.6 && block.latencyB == 3276.8)
        #expect(abs(block.difference + 3276.8) < 1e-9)
    }

    @Test("A tile order costs what RULES 5 says, and a file's list of tiles is known for what it is")
    func order() throws {
        let comparison = try compare(
            [Step([0], (64, 64, 128))], [Step([0], (64, 64, 128), order: .permutation([0, 1, 3, 2]))], Fixtures.matMul()
        )
        #expect(comparison.costs.map(\.decisions) == [[.order]])
        #expect(comparison.costs.map(\.difference) == [6548.0 - 7096])
        #expect(comparison.b.steps.map(\.order) == ["row snake"])
        let named = try compare(
            [Step([0], (64, 64, 128), order: .rowSnake)],
            [Step([0], (64, 64, 128), order: .permutation([0, 1, 3, 2]))], Fixtures.matMul())
        #expect(named.costs.isEmpty)
    }

    @Test("Retention is a decision of one step, and shows in the next")
    func retention() throws {
        let comparison = try compare(
            [Step([0], (128, 128, 1)), Step([1], (128, 128, 1)), Step([2], (128, 128, 1))],
            [Step([0], (128, 128, 1)), Step([1], (128, 128, 1), keeping: [2]), Step([2], (128, 128, 1))],
            Fixtures.diamond())
        #expect(comparison.blocks.map { $0.costs.map(\.decisions) } == [[], [[.retention]], [[.resident]]])
        for (cost, expected) in zip(comparison.costs, [1638.4 - 3276.8, 3276.8 - 4915.2]) {
            #expect(abs(cost.difference - expected) < 1e-9)
        }
        #expect(comparison.b.steps.map(\.resident) == [[], [], [2]])
    }

    @Test("Decisions that no valid step takes alone are costed together")
    func together() throws {
        // A permutation of four tiles has no meaning on a grid of two: granularity and order change at once.
        let comparison = try compare(
            [Step([0], (64, 64, 128), order: .permutation([3, 0, 1, 2]))],
            [Step([0], (64, 128, 64), order: .permutation([1, 0]))],
            Fixtures.matMul(capacity: 50000))
        #expect(comparison.costs.map(\.decisions) == [[.granularity, .order]])
    }

    @Test("Blocks in another sequence are found, and pair with their counterparts")
    func sequence() throws {
        var graph = GraphBuilder()
        _ = graph.pointwise([graph.tensor(128, 128)], cost: 100)
        _ = graph.pointwise([graph.tensor(128, 128)], cost: 200)
        let problem = try graph.problem(capacity: 50000)
        let (first, second) = (Step([0], (128, 128, 1)), Step([1], (128, 128, 1)))
        let comparison = try compare([first, second], [second, first], problem)
        #expect(!comparison.hasSameSequence)
        #expect(comparison.blocks.map(\.stepsB) == [[1], [0]])
        #expect(comparison.costs.isEmpty)
    }

    @Test("Differences of blocks and of decisions add up to that of the latencies, whatever the schedules")
    func sums() throws {
        var random = RandomSource(seed: 20)
        var problems = ProblemGenerator(seed: 21)
        var (blocks, decisions) = (0, Set<ScheduleComparison.Decision>())
        for _ in 0..<60 {
            let problem = try problems.next().with(capacity: 1 << 40)
            let schedules = ScheduleGenerator(problem)
            let (first, second) = (schedules.schedule(using: &random), schedules.schedule(using: &random))
            let comparison = try compare(first.steps, second.steps, problem)
            let scale = 1e-9 * max(1, comparison.a.totalLatency + comparison.b.totalLatency)
            #expect(abs(comparison.blocks.reduce(0) { $0 + $1.difference } - comparison.difference) <= scale)
            #expect(abs(comparison.costs.reduce(0) { $0 + $1.difference } - comparison.difference) <= scale)
            for block in comparison.blocks {
                #expect(abs(block.costs.reduce(0) { $0 + $1.difference } - block.difference) <= scale)
            }
            #expect(comparison.blocks.flatMap(\.stepsA).sorted() == Array(comparison.a.steps.indices))
            #expect(comparison.blocks.flatMap(\.stepsB).sorted() == Array(comparison.b.steps.indices))
            #expect(comparison.blocks.flatMap(\.ops).sorted() == Array(problem.ops.indices))
            blocks += comparison.blocks.count
            decisions.formUnion(comparison.costs.flatMap(\.decisions))
        }
        #expect(blocks > 60 && decisions.count >= 4, "\(blocks) blocks, \(decisions)")
    }
}
