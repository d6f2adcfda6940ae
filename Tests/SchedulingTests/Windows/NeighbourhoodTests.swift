import CostModel
import ProblemFamilies
import TensorGraph
import TestSupport
import Testing

@testable import Scheduling

@Suite("Neighbourhoods")
struct NeighbourhoodTests {
    private func steps(_ schedule: Schedule, _ problem: Problem) throws -> [Candidate] {
        let latencies = try Evaluator(problem).evaluate(schedule).latencies
        return try Candidate.steps(of: schedule, latencies: latencies, problem: problem)
    }

    /// Schedules with hand-offs and recomputation, of small problems and of one with many readers of a tensor.
    private func samples() throws -> [(problem: Problem, steps: [Candidate])] {
        var samples: [(Problem, [Candidate])] = []
        var random = RandomSource(seed: 95)
        var problems = ProblemGenerator(seed: 96)
        while samples.count < 30 {
            let problem = try problems.next()
            let schedule = ScheduleGenerator(problem).schedule(using: &random)
            guard schedule.steps.count > 1, let steps = try? steps(schedule, problem) else { continue }
            samples.append((problem, steps))
        }
        for name in ["gqa-45", "random-40"] {
            let problem = try OwnProblem.read(name)
            samples.append((problem, try steps(try ListScheduler(problem).schedule(), problem)))
        }
        return samples
    }

    @Test("Each keeps all steps, each once and in an order that is valid, and picks windows that do not overlap")
    func plansAreValid() throws {
        var windows: [IncumbentSource: Int] = [:]
        for (problem, steps) in try samples() {
            let sizes = WindowSizes(problem)
            let latency = steps.reduce(0) { $0 + $1.latency }
            for (index, entry) in NeighbourhoodTable.entries.enumerated() {
                var random = RandomSource(seed: UInt64(index))
                var again = random
                let plan = entry.neighbourhood.plan(steps, of: problem, sizes: sizes, count: 4, using: &random)
                #expect(count(plan.sequence) == count(steps))
                let total = try Evaluator(problem).evaluate(Schedule(steps: plan.sequence.map(\.step))).totalLatency
                #expect(agree(total, latency), "\(entry.neighbourhood): \(ProblemFile.text(of: problem))")
                #expect(!plan.places.isEmpty)
                var end = 0
                for place in plan.places {
                    #expect(place.range.lowerBound >= end && place.range.upperBound <= steps.count)
                    #expect(!place.range.isEmpty)
                    end = place.range.upperBound
                    windows[place.source, default: 0] += 1
                }
                let repeated = entry.neighbourhood.plan(steps, of: problem, sizes: sizes, count: 4, using: &again)
                #expect(repeated.sequence == plan.sequence && repeated.places == plan.places)
            }
        }
        for source in [IncumbentSource.segment, .region, .readers] {
            #expect(windows[source, default: 0] > 30, "\(windows)")
        }
        #expect(windows.count == 3, "\(windows)")
    }

    private func count(_ steps: [Candidate]) -> [Candidate: Int] {
        steps.reduce(into: [:]) { $0[$1, default: 0] += 1 }
    }

    @Test("Segments cover all steps, with no more ops than the sizes allow unless it is one step")
    func segments() throws {
        for (problem, steps) in try samples() {
            let sizes = WindowSizes(problem)
            var random = RandomSource(seed: 1)
            var starts = Set<Int>()
            for _ in 0..<20 {
                let plan = Segments().plan(steps, of: problem, sizes: sizes, count: 1, using: &random)
                #expect(plan.sequence == steps)
                #expect(plan.places.map(\.range.lowerBound) == [0] + plan.places.dropLast().map(\.range.upperBound))
                #expect(plan.places.last?.range.upperBound == steps.count)
                for place in plan.places {
                    let ops = steps[place.range].reduce(0) { $0 + $1.ops.count }
                    #expect(place.range.count == 1 || Double(ops) <= sizes.opCounts[0])
                }
                if let second = plan.places.dropFirst().first { starts.insert(second.range.lowerBound) }
            }
            // The first segment's length is random, so that the borders of the others are not always the same.
            if steps.count > 12 { #expect(starts.count > 2) }
        }
    }

    @Test("Regions are connected by tensors; readers touch one tensor; no window has more ops than its limit")
    func regions() throws {
        let (problem, steps) = try #require(try samples().last { $0.problem.ops.count == 45 })
        let sizes = WindowSizes(problem)
        var random = RandomSource(seed: 2)
        var merged = 0
        for growth in [ChainRegions.Growth.region, .readers] {
            for isCoarse in [false, true] {
                for _ in 0..<10 {
                    let plan = ChainRegions(growth: growth, isCoarse: isCoarse)
                        .plan(steps, of: problem, sizes: sizes, count: 3, using: &random)
                    #expect(plan.places.count <= 3)
                    for place in plan.places {
                        #expect(place.isCoarse == isCoarse && place.source == growth.source)
                        let window = plan.sequence[place.range]
                        let ops = window.flatMap(\.ops)
                        #expect(place.range.count == 1 || ops.count <= (isCoarse ? 128 : 8))
                        if place.range.count > 1 { merged += 1 }
                        if growth == .region { #expect(isConnected(ops, problem)) }
                    }
                }
            }
        }
        #expect(merged > 20)
    }

    @Test("Readers gathers what reads one tensor")
    func readers() throws {
        var graph = GraphBuilder()
        let hub = graph.pointwise([graph.tensor(64, 64)], cost: 100)
        for _ in 0..<6 { _ = graph.pointwise([hub], cost: 100) }
        let problem = try graph.problem(capacity: 100_000)
        let schedule = Schedule(steps: (0..<7).map { Step([$0], (64, 64, 1)) })
        let steps = try steps(schedule, problem)
        var random = RandomSource(seed: 3)
        var sizes: Set<Int> = []
        for _ in 0..<20 {
            let plan = ChainRegions(growth: .readers, isCoarse: false)
                .plan(steps, of: problem, sizes: WindowSizes(problem), count: 1, using: &random)
            for place in plan.places { sizes.insert(place.range.count) }
        }
        // A share of the limit of 8 ops, at random: 4 to 7 of the 7.
        #expect((sizes.min() ?? 0) >= 4 && (sizes.max() ?? 0) > 5, "\(sizes)")
    }

    @Test("Each is picked as often as its weight says")
    func weights() {
        var random = RandomSource(seed: 4)
        let picks = 10_000
        var coarse = 0
        var segments = 0
        for _ in 0..<picks {
            switch NeighbourhoodTable.pick(using: &random) {
            case is Segments: segments += 1
            case let regions as ChainRegions: coarse += regions.isCoarse ? 1 : 0
            default: Issue.record("a neighbourhood that is in no table")
            }
        }
        #expect(abs(Double(segments) / Double(picks) - 0.3) < 0.02)
        #expect(abs(Double(coarse) / Double(picks) - 0.3) < 0.02)
        #expect(NeighbourhoodTable.entries.reduce(0) { $0 + $1.weight } == 10)
    }

    @Test("Sizes shrink faster than they grow, within their range")
    func sizes() throws {
        let problem = try OwnProblem.read("mlp-4")
        var sizes = WindowSizes(problem)
        let op = OpID(1)
        sizes.adapt([op], isTooLarge: true)
        let small = sizes.opCounts[1]
        #expect(small < 8 && sizes.opCounts[0] == 8)
        sizes.adapt([op], isTooLarge: false)
        #expect(sizes.opCounts[1] > small && sizes.opCounts[1] < 8)
        for _ in 0..<100 { sizes.adapt([op], isTooLarge: true) }
        #expect(sizes.opCounts[1] == 3)
        for _ in 0..<100 { sizes.adapt([op], isTooLarge: false) }
        #expect(sizes.opCounts[1] == 64)
        for _ in 0..<100 { sizes.adaptGroups(isTooLarge: true) }
        #expect(sizes.groupCount == 4)
        for _ in 0..<100 { sizes.adaptGroups(isTooLarge: false) }
        #expect(sizes.groupCount == 24)
        var random = RandomSource(seed: 5)
        for _ in 0..<100 {
            #expect((2...64).contains(sizes.limit(at: op, isCoarse: false, using: &random)))
            #expect(sizes.limit(at: op, isCoarse: true, using: &random) == 128)
        }
    }

    private func isConnected(_ ops: [OpID], _ problem: Problem) -> Bool {
        var open = Array(Set(ops))
        guard let first = open.popLast() else { return false }
        func touched(_ op: OpID) -> [TensorID] { problem[op].inputs + problem[op].outputs }
        var reached = Set(touched(first))
        while let index = open.firstIndex(where: { touched($0).contains(where: reached.contains) }) {
            reached.formUnion(touched(open.remove(at: index)))
        }
        return open.isEmpty
    }
}
