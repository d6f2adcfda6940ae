import CostModel
import TensorGraph
import TestSupport
import Testing

@testable import Reporting

@Suite("Iterations of a step")
struct IterationStripTests {
    @Test("They add up to what the evaluator finds, step by step")
    func sums() throws {
        var whole = 0
        for example in try ReportCase.random(seed: 41, count: 120) {
            let model = try example.model()
            #expect(model.strips.count == example.schedule.steps.count)
            for (strip, step) in zip(model.strips, example.evaluation.steps) {
                let strip = try #require(strip)
                #expect(strip.loaded.count == strip.tensors.count && strip.held.count == strip.tensors.count)
                for (loaded, held) in zip(strip.loaded, strip.held) {
                    #expect(zip(loaded, held).allSatisfy { $0 >= 0 && $0 <= $1 })
                }
                #expect(strip.workingSet.allSatisfy { $0 <= step.peakWorkingSet })
                guard Double(strip.iterations) == step.iterations else { continue }
                whole += 1
                #expect(isClose(strip.loaded.joined().reduce(0, +), step.loadedElements))
                #expect(isClose(strip.evicted.reduce(0, +), step.evictedElements))
                #expect(isClose(strip.compute.reduce(0, +), step.compute))
                #expect(strip.workingSet.max() == step.peakWorkingSet)
                #expect(strip.tiles.count * strip.reductionSteps == strip.iterations)
            }
        }
        #expect(whole > 100)
    }

    @Test("The numbers of a large schedule's page are limited")
    func size() throws {
        for name in ["random-160", "swiglu-248"] {
            let strips = try ReportCase(own: name).model().strips
            let numbers = strips.compactMap(\.self).reduce(0) { $0 + $1.iterations * (2 * $1.tensors.count + 3) }
            #expect(numbers <= 150_000 && numbers > 1000)
        }
    }

    private func isClose(_ a: Double, _ b: Double) -> Bool { abs(a - b) <= 1e-9 * max(1, abs(a), abs(b)) }
}
