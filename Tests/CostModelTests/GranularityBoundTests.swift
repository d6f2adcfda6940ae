import TensorGraph
import TestSupport
import Testing

@testable import CostModel

@Suite("Bounds of a step's cost never exceed what they bound")
struct GranularityBoundTests {
    @Test("compute of a tile and traffic, at this tile size and all smaller ones", .tags(.slow))
    func tileBounds() throws {
        var cases = GranularityCases(seed: 41)
        for _ in 0..<GranularityOptimizerTests.count / 2 {
            let step = try cases.next()
            let cost = step.cost
            let structure = step.structure
            let hardware = step.problem.hardware
            let unlimited = try step.problem.with(capacity: 1 << 40)
            let isOneDeep = structure.sinkReduction <= step.optimizer(.exhaustive).depthLimit(structure)
            for choice in step.choices {
                let (granularity, order) = (choice.granularity, choice.order)
                let chosen = Step(
                    ops: structure.ops, granularity: granularity, retained: structure.retained, order: order)
                let evaluation = try Evaluator(unlimited).evaluate(chosen, structure, resident: step.resident)
                let tiles = Double(evaluation.gridRows * evaluation.gridColumns)
                #expect(
                    cost.tileComputeBound * tiles <= evaluation.compute * (1 + 1e-9),
                    "compute at \(granularity): \(step.text)")
                // The search stops at a size whose bound is too high: so it must hold for smaller sizes as well.
                for (width, height) in [(0, 0), (0, 1), (1, 0), (2, 3)] {
                    let width = min(granularity.width + width, structure.outputWidth, hardware.nativeWidth)
                    let height = min(granularity.height + height, structure.outputHeight, hardware.nativeHeight)
                    let bound = cost.trafficBound(width: width, height: height, canBeSingleDepth: isOneDeep)
                    let moved = evaluation.trafficElements
                    #expect(
                        bound <= moved * (1 + 1e-9),
                        "\(bound) at \(width) x \(height), moves \(moved) at \(granularity) \(order): \(step.text)")
                }
            }
        }
    }

    @Test("latency at all depths with several k-steps", .tags(.slow))
    func depthBounds() throws {
        var cases = GranularityCases(seed: 43)
        var compared = 0
        for _ in 0..<GranularityOptimizerTests.count {
            let step = try cases.next()
            let cost = step.cost
            for choice in step.choices {
                var shallow = choice.granularity
                guard step.structure.reductionSteps(depth: shallow.depth) > 1 else { continue }
                shallow.depth = 1
                guard cost.depthsAddUp(shallow) else { continue }
                compared += 1
                let bound = cost.mergedBound(shallow, order: choice.order)
                #expect(
                    bound <= choice.latency, "\(bound) for \(choice.granularity) \(choice.order.name): \(step.text)")
            }
        }
        #expect(compared > 1000)
    }
}
