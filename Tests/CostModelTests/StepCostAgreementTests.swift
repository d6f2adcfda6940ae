import CostModel
import TensorGraph
import TestSupport
import Testing

@Suite("StepCost agrees with StepSimulator")
struct StepCostAgreementTests {
    @Test("on latency, compute, traffic and working set of random steps", .tags(.slow))
    func randomSteps() throws {
        var comparison = StepComparison(seed: 1)
        try comparison.run(Effort.cases(1500, thorough: 4000))
        let counts = comparison.counts
        // The run is worth something only if it meets the hard cases, and simulation is worth little if it is common.
        #expect(counts.multiOp > counts.steps / 3, "\(counts)")
        #expect(counts.manyDepths > counts.steps / 4, "\(counts)")
        #expect(counts.handOffs > counts.steps / 4, "\(counts)")
        #expect(counts.manySinks > counts.steps / 20, "\(counts)")
        #expect(counts.folded > counts.steps / 10, "\(counts)")
        #expect(counts.permuted > counts.steps / 10, "\(counts)")
        #expect(counts.needingSimulation > 0 && counts.needingSimulation < counts.steps / 20, "\(counts)")
    }

    @Test("on the smallest fast memory that a step fits in")
    func exactCapacity() throws {
        var random = RandomSource(seed: 2)
        var problems = ProblemGenerator(seed: 3)
        for _ in 0..<200 {
            let problem = try problems.next().with(capacity: 1 << 40)
            guard let stepCase = StepGenerator(problem).stepCase(using: &random) else { continue }
            let (step, resident) = (stepCase.step, stepCase.resident)
            let structure = try StepAnalyzer(problem).analyze(ops: step.ops, retained: step.retained)
            let simulator = StepSimulator(problem, structure, resident: Set(resident))
            let peak = try simulator.simulate(step.granularity, order: step.order).peakWorkingSet
            let tight = try problem.with(capacity: Int(peak))
            let tooTight = try problem.with(capacity: max(1, Int(peak) - 1))
            for method in [Evaluator.Method.classes, .simulation] {
                let evaluation = try Evaluator(tight, method: method).evaluate(step, structure, resident: resident)
                #expect(evaluation.peakWorkingSet == peak)
                let violation = #expect(throws: RuleViolation.self) {
                    try Evaluator(tooTight, method: method).evaluate(step, structure, resident: resident)
                }
                #expect(violation?.rule == .capacityExceeded)
            }
        }
    }

    @Test("or declines, because iterations of one class then cost differently")
    func declines() throws {
        var random = RandomSource(seed: 4)
        var problems = ProblemGenerator(seed: 5)
        var (declined, wrong) = (0, 0)
        while declined < 30 {
            let problem = try problems.next().with(capacity: 1 << 40)
            guard let stepCase = StepGenerator(problem).stepCase(using: &random) else { continue }
            let (step, resident) = (stepCase.step, stepCase.resident)
            let structure = try StepAnalyzer(problem).analyze(ops: step.ops, retained: step.retained)
            let cost = StepCost(structure, problem: problem, resident: resident)
            guard cost.needsSimulation(step.granularity) else { continue }
            declined += 1
            let simulated = try StepSimulator(problem, structure, resident: Set(resident))
                .simulate(step.granularity, order: step.order)
            if !agree(cost.latency(step.granularity, order: step.order), simulated.latency)
                || cost.workingSet(step.granularity) != simulated.peakWorkingSet
            {
                wrong += 1
            }
        }
        #expect(wrong > 0, "StepCost declines without need")
    }

    @Test("whether an order is named or listed tile by tile")
    func listedOrders() throws {
        var random = RandomSource(seed: 6)
        var problems = ProblemGenerator(seed: 7)
        for _ in 0..<300 {
            let problem = try problems.next()
            guard let stepCase = StepGenerator(problem).stepCase(using: &random) else { continue }
            let (step, resident) = (stepCase.step, stepCase.resident)
            let structure = try StepAnalyzer(problem).analyze(ops: step.ops, retained: step.retained)
            let cost = StepCost(structure, problem: problem, resident: resident)
            let grid = structure.grid(step.granularity)
            for order in TileOrder.named {
                let listed = TileOrder.permutation(order.tiles(rows: grid.rows, columns: grid.columns))
                let closed = cost.latency(step.granularity, order: order)
                let walked = cost.latency(step.granularity, order: listed)
                #expect(agree(closed, walked), "\(order.name) on \(grid): \(closed) and \(walked)")
            }
        }
    }

    @Test(
        "on steps of the contest's problems", .tags(.slow),
        .enabled(if: !ExternalFiles.benchmarkProblems().isEmpty, "needs $MLSYS_BENCHMARKS or ../shared/benchmarks"))
    func contestProblems() throws {
        var random = RandomSource(seed: 8)
        var comparison = StepComparison(seed: 9)
        for file in ExternalFiles.benchmarkProblems() {
            let problem = try ProblemFile.read(file.path).with(capacity: 1 << 40)
            let generator = StepGenerator(problem)
            for _ in 0..<20 {
                guard let stepCase = generator.stepCase(using: &random) else { continue }
                let structure = try StepAnalyzer(problem)
                    .analyze(ops: stepCase.step.ops, retained: stepCase.step.retained)
                let grid = structure.grid(stepCase.step.granularity)
                let depths = structure.reductionSteps(depth: stepCase.step.granularity.depth)
                // Walking is slow; narrow tiles of large tensors are left to the generated problems.
                if grid.rows * grid.columns * depths <= 2000 { try comparison.compare(stepCase) }
            }
        }
        #expect(comparison.counts.multiOp > 10, "\(comparison.counts)")
    }
}
