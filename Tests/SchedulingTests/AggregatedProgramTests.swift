import GLPKBackend
import TensorGraph
import TestSupport
import Testing

@testable import Scheduling

@Suite("The program in which interchangeable ops are one")
struct AggregatedProgramTests {
    /// Products of one shared matrix with matrices of their own, all of a size.
    private func siblings(_ random: inout RandomSource) throws -> Problem {
        func side(_ random: inout RandomSource) -> Int { Int.random(in: 1...5, using: &random) }
        let (rows, reduction, columns) = (side(&random), side(&random), side(&random))
        let count = Int.random(in: 2...4, using: &random)
        var tensors = [Tensor(width: reduction, height: rows)]
        var ops: [Op] = []
        let cost = Double(Int.random(in: 0...20, using: &random))
        for _ in 0..<count {
            let first = tensors.count
            tensors += [Tensor(width: columns, height: reduction), Tensor(width: columns, height: rows)]
            ops.append(
                Op(
                    kind: .matMul, inputs: [TensorID(0), TensorID(first)], outputs: [TensorID(first + 1)],
                    baseCost: cost))
        }
        let whole = rows * reduction + count * columns * (rows + reduction)
        return try Problem(
            tensors: tensors, ops: ops,
            hardware: Hardware(
                fastMemoryCapacity: Int.random(in: 3...max(3, whole), using: &random),
                slowMemoryBandwidth: Double(Int.random(in: 1...4, using: &random)),
                nativeWidth: Int.random(in: 1...5, using: &random), nativeHeight: Int.random(in: 1...5, using: &random))
        )
    }

    @Test("is never above the optimum of trying everything, and raises the bound of the relaxation")
    func isBelowOptimum() throws {
        var random = RandomSource(seed: 11)
        var (problems, raised, equal) = (0, 0, 0)
        while problems < 80 {
            let problem = try siblings(&random)
            guard let example = ExactCase(problem) else { continue }
            problems += 1
            let text = Comment(rawValue: ProblemFile.text(of: problem))
            let optimum = try example.search().objective
            let search = PricingSearch(problem, threads: 1)
            let pool = StartingPool(problem, reductionCap: .native).columns()
            let master = try RestrictedMaster(
                problem, interchangeable: search.interchangeable, pool: pool, solver: GLPKSolver())
            var generation = ColumnGeneration(engine: search, master: master)
            for eps in ColumnGeneration.ladder {
                _ = try generation.run(eps: eps, limits: PricingLimits(), isStopped: { false }) { _ in true }
            }
            // Steps of all schedules that cost at most a fifth more than the best.
            let outcome = search.run(
                generation.certificate, slack: .absolute(1.2 * optimum - generation.bound),
                limits: PricingLimits(columns: 100_000))
            #expect(outcome.isComplete, text)
            let program = AggregatedProgram(problem, rows: master.rows, solver: GLPKSolver())
            #expect(program.isWorthwhile, text)
            let session = Session(problem, control: SolveControl())
            let bound = try #require(try program.bound(outcome.columns, budget: session.budget), text)
            #expect(bound <= optimum * (1 + 1e-9), text)
            if bound > generation.bound * (1 + 1e-6) { raised += 1 }
            if bound >= optimum * (1 - 1e-6) { equal += 1 }
        }
        #expect(raised > 2, "\(raised), \(equal)")
        #expect(equal > 70, "\(raised), \(equal)")
    }
}
