import TensorGraph
import TestSupport
import Testing

@testable import CostModel

@Suite("Bounds of a step's cost never exceed what they bound")
struct GranularityBoundTests {
    @Test(
        "compute of a tile and traffic, at this tile size and all smaller ones", .tags(.slow),
        arguments: [ProblemGenerator.Variety.contest, .general])
    func tileBounds(variety: ProblemGenerator.Variety) throws {
        var cases = GranularityCases(seed: 41, variety)
        for _ in 0..<GranularityOptimizerTests.count / 2 {
            let step = try cases.next()
            let cost = step.cost
            let structure = step.structure
            let unlimited = try step.problem.with(capacity: 1 << 40)
            for choice in step.choices {
                let (granularity, order) = (choice.granularity, choice.order)
                let chosen = Step(
                    ops: structure.ops, granularity: granularity, retained: structure.retained, order: order)
                let evaluation = try Evaluator(unlimited).evaluate(chosen, structure, resident: step.resident)
                let tiles = Double(evaluation.gridRows * evaluation.gridColumns)
                let steps = structure.reductionSteps(depth: granularity.depth)
                #expect(
                    cost.tileComputeBound * tiles <= evaluation.compute * (1 + 1e-9),
                    "compute at \(granularity): \(step.text)")
                // The search stops at a size whose bound is too high: so it must hold for smaller sizes as well.
                for (width, height) in [(0, 0), (0, 1), (1, 0), (2, 3), (0, 1 << 20), (1 << 20, 0), (1 << 20, 1 << 20)]
                {
                    let width = min(granularity.width + width, structure.outputWidth, unlimited.hardware.nativeWidth)
                    let height = min(
                        granularity.height + height, structure.outputHeight, unlimited.hardware.nativeHeight)
                    let depths: StepCost.Depths = steps > 1 ? .several : .single
                    let bound = cost.trafficBound(width: width, height: height, depths)
                    let moved = evaluation.trafficElements
                    #expect(
                        bound <= moved * (1 + 1e-9),
                        "\(bound) at \(width) x \(height), moves \(moved) at \(granularity) \(order): \(step.text)")
                }
            }
        }
    }

    @Test(
        "latency at all depths with several k-steps", .tags(.slow),
        arguments: [ProblemGenerator.Variety.contest, .general])
    func depthBounds(variety: ProblemGenerator.Variety) throws {
        var cases = GranularityCases(seed: 43, variety)
        var compared = 0
        for _ in 0..<GranularityOptimizerTests.count {
            let step = try cases.next()
            let cost = step.cost
            for choice in step.choices {
                let steps = step.structure.reductionSteps(depth: choice.granularity.depth)
                guard steps > 1, cost.isLinearInDepth(choice.granularity) else { continue }
                // The bound is for this depth and all smaller ones.
                let deepest = (step.structure.sinkReduction - 1) / (steps - 1)
                for depth in choice.granularity.depth...max(choice.granularity.depth, deepest) {
                    var deeper = choice.granularity
                    deeper.depth = depth
                    compared += 1
                    let bound = cost.evenDepthBound(deeper, order: choice.order)
                    #expect(
                        bound <= choice.latency,
                        "\(bound) at depth \(depth) for \(choice.granularity) \(choice.order.name): \(step.text)")
                }
            }
        }
        #expect(compared > 1000)
    }

    @Test("latency and memory where demands coincide, and what a search that simulates nothing says of the rest")
    func coincidences() throws {
        var cases = GranularityCases(seed: 47, .general)
        var (steps, compared, close) = (0, 0, 0)
        while steps < GranularityOptimizerTests.count / 5 {
            let step = try cases.next()
            let cost = step.cost
            guard cost.hasOverlaps else { continue }
            steps += 1
            for choice in step.choices {
                #expect(
                    cost.sureWorkingSet(choice.granularity) <= choice.workingSet,
                    "memory at \(choice.granularity): \(step.text)")
                guard cost.needsSimulation(choice.granularity) else { continue }
                compared += 1
                let bound = cost.coincidenceBound(choice.granularity)
                #expect(
                    bound <= choice.latency,
                    "\(bound), not \(choice.latency) at \(choice.granularity) \(choice.order.name): \(step.text)")
                if bound > choice.latency * 0.8 { close += 1 }
            }
            let optimizer = GranularityOptimizer(
                step.problem, mode: .exhaustive, effort: .init(attempts: .max, simulatedIterations: 0))
            let found = optimizer.search(for: cost, resident: step.resident)
            guard let best = step.best?.latency else {
                #expect(found.choice == nil)
                continue
            }
            let known = min(found.passedOver, found.choice?.latency ?? .infinity)
            #expect(known <= best * (1 + 1e-9), "\(known), not \(best): \(step.text)")
            #expect(found.isComplete == (found.passedOver == .infinity))
        }
        #expect(compared > 1000)
        #expect(close > compared / 10, "\(close) of \(compared) bounds tell something")
        print("\(compared) granularities of \(steps) steps: \(close) bounds within a fifth")
    }
}
