import CostModel
import TensorGraph
import TestSupport
import Testing

@testable import Scheduling

@Suite("Windows at their borders")
struct BorderTests {
    /// t0 > op0 > t1 > op1 > t2 > … of 8 x 8, Pointwise; three tensors fit.
    private func chain(_ count: Int) throws -> Problem {
        var graph = GraphBuilder()
        var tensor = graph.tensor(8, 8)
        for _ in 0..<count { tensor = graph.pointwise([tensor], cost: 1) }
        return try graph.problem(capacity: 192, nativeWidth: 8, nativeHeight: 8)
    }

    private let full = (8, 8, 1)

    @Test("What the step before retains is resident, what the last step retains is owed")
    func handOffs() throws {
        let schedule = Schedule(steps: [
            Step([0], full, keeping: [1]), Step([1], full, keeping: [2]), Step([2], full, keeping: [3]),
            Step([3], full),
        ])
        let example = try #require(try WindowCase(schedule, 1..<3, of: chain(4)))
        let border = example.window.border
        #expect(example.whole(border.resident) == [1])
        #expect(example.whole(border.retained) == [3])
        #expect(border.required.isEmpty)
        #expect(border.available.isEmpty)
        // Both ops in one step save computing time only.
        let (gain, better) = try example.solveAndPutBack()
        #expect(gain >= 0)
        #expect(better.steps.first?.retained == [TensorID(1)])
        #expect(better.steps.dropLast().last?.retained == [TensorID(3)])
    }

    @Test("Tensors that later steps read have to be evicted, those that no one reads again do not")
    func required() throws {
        let schedule = Schedule(steps: [0, 1, 2, 3].map { Step([$0], full) })
        let problem = try chain(4)
        let middle = try #require(try WindowCase(schedule, 1..<3, of: problem))
        #expect(middle.whole(middle.window.border.required) == [3])
        let end = try #require(try WindowCase(schedule, 2..<4, of: problem))
        #expect(end.whole(end.window.border.required) == [4])
        for example in [middle, end] {
            let border = example.window.border
            #expect(border.resident.isEmpty && border.retained.isEmpty && border.available.isEmpty)
            let (gain, better) = try example.solveAndPutBack()
            // The tensor between the two steps is neither evicted nor read again.
            #expect(better.steps.count == 3)
            #expect(abs(gain - 0.25) < 1e-9)
        }
    }

    @Test("An op computed before, with its tensor in slow memory, need not run again")
    func available() throws {
        var graph = GraphBuilder()
        let first = graph.pointwise([graph.tensor(8, 8)], cost: 1000)
        let second = graph.pointwise([first], cost: 10)
        _ = graph.pointwise([first, second], cost: 10)
        let problem = try graph.problem(capacity: 192, nativeWidth: 8, nativeHeight: 8)
        let schedule = Schedule(steps: [Step([0], full), Step([0, 1], full), Step([2], full)])
        let example = try #require(try WindowCase(schedule, 1..<3, of: problem))
        #expect(example.whole(example.window.border.available) == [1])
        #expect(example.whole(example.window.border.required) == [3])
        #expect(example.window.problem.ops.count == 3)
        let (gain, better) = try example.solveAndPutBack()
        #expect(gain > 0.4)
        #expect(better.steps.dropFirst().allSatisfy { !$0.ops.contains(OpID(0)) })
        let alone = try #require(try WindowCase(schedule, 1..<2, of: problem))
        #expect(alone.whole(alone.window.border.available) == [1])
        #expect(alone.whole(alone.window.border.required) == [2])
    }

    @Test("A tensor that is handed over and made again: only what is of use stays")
    func residentAndMadeAgain() throws {
        var graph = GraphBuilder()
        let first = graph.pointwise([graph.tensor(5, 5)], outputs: 2, cost: 0.5)
        _ = graph.pointwise(first, cost: 8)
        let problem = try graph.problem(capacity: 54, bandwidth: 0.25, nativeWidth: 4, nativeHeight: 2)
        let schedule = Schedule(steps: [
            Step([0, 1], (1, 2, 1), keeping: [3]), Step([0, 1], (4, 1, 1), keeping: [3]), Step([0, 1], (4, 2, 1)),
        ])
        let last = try #require(try WindowCase(schedule, 2..<3, of: problem))
        #expect(last.whole(last.window.border.resident) == [3])
        #expect(last.whole(last.window.border.required) == [3])
        // Three columns at a time instead of four: nothing is computed for the border of a tile.
        #expect(last.latency == 200.5)
        #expect(try last.solve().latency == 200)
        // The tensor is at hand before the step as after it.
        let useless = try #require(try WindowCase(schedule, 1..<2, of: problem))
        #expect(useless.whole(useless.window.border.resident) == [3])
        #expect(useless.whole(useless.window.border.retained) == [3])
        let (_, better) = try useless.solveAndPutBack()
        #expect(better.steps.count == 2)
    }

    @Test("A tensor evicted before the window is not required of it again")
    func evictedTwice() throws {
        let schedule = Schedule(steps: [Step([0], full), Step([0], full), Step([1], full)])
        let example = try #require(try WindowCase(schedule, 1..<2, of: chain(2)))
        #expect(example.whole(example.window.border.available) == [1])
        #expect(example.window.border.required.isEmpty)
    }

    @Test("All four at once")
    func allAtOnce() throws {
        // op0 > t1, read by op1 and op3; op1 > t2 > op2 > t3, op3 reads t1 and t3.
        var graph = GraphBuilder()
        let t1 = graph.pointwise([graph.tensor(8, 8)], cost: 10)
        let t2 = graph.pointwise([t1], cost: 10)
        let t3 = graph.pointwise([t2], cost: 10)
        let t4 = graph.pointwise([t1, t3], cost: 10)
        _ = graph.pointwise([t2, t4], cost: 10)
        let problem = try graph.problem(capacity: 320, nativeWidth: 8, nativeHeight: 8)
        let schedule = Schedule(steps: [
            Step([0], full), Step([1], full, keeping: [2]), Step([2], full),
            Step([0, 1], full), Step([3], full, keeping: [4]), Step([4], full),
        ])
        let example = try #require(try WindowCase(schedule, 2..<5, of: problem))
        let border = example.window.border
        #expect(example.whole(border.resident) == [2])
        #expect(example.whole(border.retained) == [4])
        #expect(example.whole(border.required) == [2])
        #expect(example.whole(border.available) == [1])
        try example.solveAndPutBack()
    }

    @Test("Any window of any schedule, solved and put back: valid, and better by what the window gained")
    func randomWindows() throws {
        var random = RandomSource(seed: 41)
        var general = ProblemGenerator(seed: 42)
        var (windows, gains, resident, retained, available) = (0, 0, 0, 0, 0)
        while windows < 24 {
            let problem = try general.next()
            let schedule = ScheduleGenerator(problem).schedule(using: &random)
            guard problem.ops.count <= 6, schedule.steps.count > 2, (try? Evaluator(problem).evaluate(schedule)) != nil
            else { continue }
            let start = Int.random(in: 0..<schedule.steps.count - 1, using: &random)
            let end = min(schedule.steps.count, start + Int.random(in: 1...4, using: &random))
            guard let example = try WindowCase(schedule, start..<end, of: problem) else { continue }
            windows += 1
            if !example.window.border.resident.isEmpty { resident += 1 }
            if !example.window.border.retained.isEmpty { retained += 1 }
            if !example.window.border.available.isEmpty { available += 1 }
            if try example.solveAndPutBack().gain > 1e-9 { gains += 1 }
        }
        #expect(gains > 12)
        #expect(min(resident, retained, available) > 0, "\((resident, retained, available))")
    }
}
