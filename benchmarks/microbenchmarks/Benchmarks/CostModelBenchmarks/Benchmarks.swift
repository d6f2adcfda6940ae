import Benchmark
import CostModel
import TensorGraph

let benchmarks: @Sendable () -> Void = {
    let perSecond = Benchmark.Configuration(
        metrics: [.throughput], scalingFactor: .kilo, maxDuration: .seconds(1), maxIterations: 1_000_000)

    let contestSteps = [1, 2, 4, 8, 16].map { count in ("\(count) ops", { SampleStep(opCount: count) }) }
    let modelSteps = [("softmax", { SampleStep.softmax() }), ("attention", { SampleStep.attention() })]
    for (name, make) in contestSteps + modelSteps {
        Benchmark("Cost queries, \(name)", configuration: perSecond) { benchmark, step in
            let orders: [TileOrder] = [.raster, .rowSnake]
            var next = 0
            for _ in benchmark.scaledIterations {
                let granularity = step.granularities[next]
                next = next + 1 == step.granularities.count ? 0 : next + 1
                blackHole(step.cost.workingSet(granularity))
                blackHole(step.cost.latency(granularity, order: orders[next & 1]))
            }
        } setup: {
            make()
        }
    }

    let searches = Benchmark.Configuration(
        metrics: [.throughput], scalingFactor: .one, maxDuration: .seconds(1), maxIterations: 1_000_000)

    for (step, make) in contestSteps + modelSteps {
        for (name, mode) in [("fast", GranularityOptimizer.Mode.fast), ("exhaustive", .exhaustive)] {
            Benchmark("Granularity searches, \(name), \(step)", configuration: searches) { benchmark, step in
                let optimizer = GranularityOptimizer(step.problem, mode: mode)
                for _ in benchmark.scaledIterations {
                    blackHole(optimizer.best(for: step.cost, resident: []))
                }
            } setup: {
                make()
            }
        }
    }

    for opCount in [1, 4, 16] {
        Benchmark("Step analyses with cost preparation, \(opCount) ops", configuration: searches) { benchmark, step in
            let analyzer = StepAnalyzer(step.problem)
            for _ in benchmark.scaledIterations {
                guard let structure = try? analyzer.analyze(ops: step.structure.ops, retained: []) else { continue }
                blackHole(StepCost(structure, problem: step.problem))
            }
        } setup: {
            SampleStep(opCount: opCount)
        }
    }
}
