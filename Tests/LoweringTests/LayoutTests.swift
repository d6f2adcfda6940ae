import CostModel
import Lowering
import TensorGraph
import TestSupport
import Testing

/// Buffers lie in fast memory, apart from each other, and never move.
@Suite struct LayoutTests {
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
                    if end > plan.problem.hardware.fastMemoryCapacity { faults.append("step \(number): beyond the end") }
                    loaded += iteration.loaded.reduce(0) { $0 + $1.block.size }
                    evicted += iteration.evicted.reduce(0) { $0 + $1.block.size }
                    peak = max(peak, endElements + iteration.heldElements)
                }
            }
        }
    }

    @Test func random() throws {
        let random = try RandomCases(seeds: 1000..<3000)
        #expect(random.withoutPlan == [])
        for made in random.cases {
            let walk = Walk(made.plan)
            #expect(walk.faults == [], "seed \(made.seed)")
            #expect(walk.loaded == Int(made.plan.loadedElements), "seed \(made.seed)")
            #expect(walk.evicted == Int(made.plan.evictedElements), "seed \(made.seed)")
            #expect(walk.peak == Int(made.plan.peakWorkingSet), "seed \(made.seed)")
        }
        print(random.cases.count, random.counts, random.met)
    }
}
