import CostModel
import GLPKBackend
import TensorGraph
import TestSupport
import Testing

@testable import Scheduling

@Suite("StructuralBounds")
struct StructuralBoundsTests {
    private func optimum(_ problem: Problem, reductionCap: ReductionCap = .native) throws -> SchedulingResult {
        var options = Scheduler.Options(.exact)
        options.reductionCap = reductionCap
        options.threads = 1
        return try Scheduler(problem, solver: GLPKSolver(), options: options).schedule(control: SolveControl())
    }

    @Test("Never exceed the optimum of 200 random problems, and meet it now and then", .tags(.slow))
    func areBounds() throws {
        var (computeMet, trafficMet) = (0, 0)
        for example in try ExactCase.samples.get() {
            let best = try example.search().objective
            let compute = StructuralBounds.compute(example.problem)
            let traffic = StructuralBounds.traffic(example.problem)
            let text = Comment(rawValue: ProblemFile.text(of: example.problem))
            #expect(compute <= best * (1 + 1e-12), text)
            #expect(traffic <= best * (1 + 1e-12), text)
            if agree(compute, best) { computeMet += 1 }
            if agree(traffic, best) { trafficMet += 1 }
        }
        #expect(computeMet > 20)
        #expect(trafficMet > 20)
    }

    @Test("Count native tiles and elements of a worked example")
    func workedExample() throws {
        // 300 x 200 @ 260 x 300 (width x height): 3 x 2 native tiles; then a Pointwise op of two inputs.
        var graph = GraphBuilder()
        let product = graph.matMul(graph.tensor(300, 200), graph.tensor(260, 300), cost: 1500)
        _ = graph.pointwise([product, graph.tensor(260, 200)], cost: 100)
        let problem = try graph.problem(capacity: 1_000_000)
        #expect(StructuralBounds.compute(problem) == 6 * 1500 + 6 * 100)
        #expect(StructuralBounds.traffic(problem) == Double(60_000 + 78_000 + 52_000 + 52_000) / 10)
    }

    @Test("The diamond of RULES 5: both bounds, and the optimum that recomputes")
    func diamond() throws {
        let problem = try Fixtures.diamond()
        #expect(StructuralBounds.compute(problem) == 4500)
        #expect(StructuralBounds.traffic(problem) == 3276.8)
    }

    @Test("Operands that fast memory cannot hold count once per row or column of tiles")
    func streamedOperands() throws {
        // LHS 256 x 512 is loaded for each of 3 columns of tiles, RHS 384 x 256 for each of 4 rows.
        func problem(capacity: Int, reduction: Int) throws -> Problem {
            try Fixtures.matMul(width: 384, height: 512, reduction: reduction, capacity: capacity)
        }
        let (left, right, output) = (256 * 512, 384 * 256, 384 * 512)
        func time(_ elements: Int) -> Double { Double(elements) / 10 }
        let both = StructuralBounds.traffic(try problem(capacity: 50_000, reduction: 256))
        #expect(both == time(3 * left + 4 * right + output))
        let rightFits = StructuralBounds.traffic(try problem(capacity: 98_304, reduction: 256))
        #expect(rightFits == time(3 * left + right + output))
        // One k-step does: each slice of the LHS can stay for a whole row of tiles.
        let shallow = StructuralBounds.traffic(try problem(capacity: 30_000, reduction: 128))
        #expect(shallow == time(left / 2 + right / 2 + output))
    }

    @Test("An operand streamed by a MatMul that can be folded counts only as far as folding streams it too")
    func foldedStreams() throws {
        // (t0 @ t1) @ t3 and t4 @ (t5 @ t6): t1 and t5 feed on the side that streams them in any case.
        func traffic(first: Bool) throws -> (Double, streams: [Double]) {
            var graph = GraphBuilder()
            let left = graph.tensor(12, 12)
            let right = graph.tensor(12, 12)
            let product = graph.matMul(left, right, cost: 1)
            let other = graph.tensor(12, 12)
            _ = first ? graph.matMul(product, other, cost: 1) : graph.matMul(other, product, cost: 1)
            let problem = try graph.problem(capacity: 100, bandwidth: 1, nativeWidth: 4, nativeHeight: 4)
            let streams = [left, right, other].map { tensor in
                problem.graph.readers[tensor.index]
                    .map { StructuralBounds.streams(tensor, of: $0, in: problem, Behind(problem)) }.max() ?? 0
            }
            return (StructuralBounds.traffic(problem), streams)
        }
        // A product that is a LHS streams its own RHS however it is folded; of its LHS nothing is known.
        #expect(try traffic(first: true).streams == [1, 3, 3])
        #expect(try traffic(first: false).streams == [3, 1, 3])
        #expect(try traffic(first: true).0 == (1 + 3 + 3 + 1) * 144)
    }

    @Test("Streams of random deep products never exceed the optimum, with and without the reduction cap")
    func streamsAreBounds() throws {
        var random = RandomSource(seed: 6)
        var streamed = 0
        for _ in 0..<40 {
            func side() -> Int { Int.random(in: 3...9, using: &random) }
            var graph = GraphBuilder()
            let (height, reduction, width) = (side(), side(), side())
            var product = graph.matMul(graph.tensor(reduction, height), graph.tensor(width, reduction), cost: 1)
            if Bool.random(using: &random) {
                product = graph.matMul(product, graph.tensor(side(), width), cost: 1)
            }
            let problem = try graph.problem(
                capacity: Int.random(in: 12...60, using: &random), bandwidth: 1, nativeWidth: 3, nativeHeight: 3)
            for cap in ReductionCap.allCases {
                let bound = StructuralBounds.traffic(problem, reductionCap: cap)
                let best = try optimum(problem, reductionCap: cap)
                #expect(best.status == .optimal)
                #expect(bound <= best.incumbent.latency * (1 + 1e-12), "\(cap): \(ProblemFile.text(of: problem))")
            }
            let once = problem.tensors.indices.reduce(0) { sum, index in
                let tensor = TensorID(index)
                let counts = problem.graph.isGraphInput(tensor) || problem.graph.isGraphOutput(tensor)
                return sum + (counts ? problem[tensor].size : 0)
            }
            if StructuralBounds.traffic(problem) > Double(once) { streamed += 1 }
        }
        #expect(streamed > 10)
    }

    @Test("Without the reduction cap a single k-step loads a large operand once")
    func deepStepsDoNotStream() throws {
        // Columns of the RHS, whole reductions deep, stay while both rows of tiles pass: 640 + 21 * 32 + 640 elements.
        var graph = GraphBuilder()
        _ = graph.matMul(graph.tensor(8, 8), graph.tensor(80, 8), cost: 1)
        let problem = try graph.problem(capacity: 100, bandwidth: 1, nativeWidth: 4, nativeHeight: 4)
        #expect(StructuralBounds.traffic(problem) == 64 + 2 * 640 + 640)
        #expect(StructuralBounds.traffic(problem, reductionCap: .none) == 64 + 640 + 640)
        #expect(try optimum(problem, reductionCap: .none).incumbent.latency == 640 + 21 * 32 + 640)
    }
}
