import CostModel
import TensorGraph
import TestSupport
import Testing

@Suite("Traffic of tensors and ops")
struct ScheduleTrafficTests {
    @Test(
        "Tensors and ops each add up to what the steps move, and each tensor to what a walk sees of it",
        arguments: [ProblemGenerator.Variety.contest, .general])
    func addsUp(variety: ProblemGenerator.Variety) throws {
        var problems = ProblemGenerator(seed: 8, variety: variety)
        var random = RandomSource(seed: 9)
        var (steps, simulated, shared) = (0, 0, 0)
        for _ in 0..<60 {
            let problem = try problems.next().with(capacity: 1 << 40)
            let schedule = ScheduleGenerator(problem).schedule(using: &random)
            guard let evaluation = try? Evaluator(problem).evaluate(schedule) else { continue }
            let traffic = try ScheduleTraffic(schedule, problem: problem)
            for part in [traffic.tensors, traffic.ops] {
                #expect(
                    agree(
                        part.reduce(0) { $0 + $1.loadedElements }, evaluation.steps.reduce(0) { $0 + $1.loadedElements }
                    ))
                #expect(
                    agree(
                        part.reduce(0) { $0 + $1.evictedElements },
                        evaluation.steps.reduce(0) { $0 + $1.evictedElements }))
            }
            var walked = Array(repeating: 0.0, count: problem.tensors.count)
            var resident: [TensorID] = []
            for step in schedule.steps {
                let structure = try StepAnalyzer(problem).analyze(ops: step.ops, retained: step.retained)
                let loads = structure.loadedTensors(resident: Set(resident), problem: problem)
                _ = try StepSimulator(problem, structure, resident: Set(resident)).simulate(
                    step.granularity, order: step.order
                ) {
                    for (tensor, loaded) in zip(loads, $0.loaded) { walked[tensor.index] += loaded }
                    return true
                }
                steps += 1
                if StepCost(structure, problem: problem, resident: resident).needsSimulation(step.granularity) {
                    simulated += 1
                }
                if loads.contains(where: { tensor in structure.ops.count { problem[$0].inputs.contains(tensor) } > 1 })
                {
                    shared += 1
                }
                resident = structure.retained
            }
            for (amount, loaded) in zip(traffic.tensors, walked) { #expect(agree(amount.loadedElements, loaded)) }
        }
        #expect(steps > 100 && shared > 20, "\(steps) \(shared) \(simulated)")
    }

    @Test("A tensor that is evicted and loaded again moves twice; one that is kept does not move")
    func byHand() throws {
        let problem = try Fixtures.diamond()
        let kept = Schedule(steps: [Step([0], (128, 128, 1), keeping: [1]), Step([1, 2], (128, 128, 1))])
        let moved = try ScheduleTraffic(kept, problem: problem)
        #expect(moved.tensors.map(\.movedElements) == [16384, 0, 0, 16384])
        #expect(moved.ops.map(\.loadedElements) == [16384, 0, 0] && moved.ops.map(\.evictedElements) == [0, 0, 16384])
        let apart = Schedule(steps: [0, 1, 2].map { Step([$0], (128, 128, 1)) })
        #expect(try ScheduleTraffic(apart, problem: problem).tensors.map(\.steps) == [1, 3, 2, 1])
    }
}
