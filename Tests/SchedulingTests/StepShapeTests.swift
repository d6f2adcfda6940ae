import CostModel
import TensorGraph
import TestSupport
import Testing

@testable import Scheduling

@Suite("Shapes of steps")
struct StepShapeTests {
    /// Chains of a product and two maps beside each other, all alike but the last, which reads one matrix twice.
    private func branches() throws -> Problem {
        var graph = GraphBuilder()
        for branch in 0..<4 {
            let (lhs, rhs) = (graph.tensor(64, 64), graph.tensor(64, 64))
            let product = graph.matMul(lhs, branch == 3 ? lhs : rhs, cost: 100)
            _ = graph.pointwise([graph.pointwise([product], cost: 10)], cost: 10)
        }
        return try graph.problem(capacity: 30_000)
    }

    @Test("Are the same for alike steps, and tell apart what costs differently")
    func alike() throws {
        var shapes = StepShapes(try branches())
        func shape(_ ops: [Int], finds: [TensorID] = [], keeps: [TensorID] = []) -> StepShapes.Shape {
            shapes.shape(of: StepKey(ops: ops.map { OpID($0) }, resident: finds, retained: keeps))
        }
        #expect(shape([0, 1]) == shape([3, 4]) && shape([1]) == shape([2]) && shape([1]) == shape([11]))
        #expect(shape([0]) != shape([9]), "the same tensor twice")
        #expect(shape([0]) != shape([1]) && shape([0, 1]) != shape([0, 1, 2]))
        let problem = try branches()
        let (lhs, product) = (problem[OpID(0)].inputs[0], problem[OpID(0)].outputs[0])
        let other = problem[OpID(3)].outputs[0]
        #expect(shape([0], keeps: [product]) == shape([3], keeps: [other]))
        #expect(shape([0], keeps: [product]) != shape([0]))
        #expect(shape([0], finds: [lhs]) != shape([0], finds: [problem[OpID(0)].inputs[1]]))
        #expect(shape([1], finds: [product]) != shape([1], keeps: [product]))
    }

    @Test("A tuning found for one step is that of all of its shape", arguments: [11, 12, 13] as [UInt64])
    func tunings(seed: UInt64) throws {
        var problems = ProblemGenerator(seed: seed)
        var random = RandomSource(seed: seed)
        var (keys, searches) = (0, 0)
        for _ in 0..<8 {
            let problem = try problems.next()
            let generator = StepGenerator(problem)
            let optimizer = GranularityOptimizer(problem, reductionCap: .native)
            let shared = StepTuner(problem, optimizer: optimizer)
            for _ in 0..<12 {
                guard let made = generator.stepCase(using: &random) else { continue }
                let key = StepKey(
                    ops: made.step.ops, resident: made.resident, retained: made.step.retained.sorted())
                #expect(shared.tune(key) == StepTuner(problem, optimizer: optimizer).tune(key))
                keys += 1
            }
            searches += shared.searches
        }
        #expect(searches > 0 && searches < keys)
    }

    @Test("One branch of many is searched")
    func sharing() throws {
        let problem = try branches()
        let tuner = StepTuner(problem, optimizer: GranularityOptimizer(problem, reductionCap: .native))
        for op in problem.opIDs { #expect(tuner.tune(StepKey(ops: [op])) != nil) }
        #expect(tuner.searches == 3)
    }
}
