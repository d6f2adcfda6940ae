import CostModel
import TensorGraph
import TestSupport
import Testing

@testable import Scheduling

/// What a proof over a list leaves out, against all candidates of random problems.
@Suite("Steps that others replace")
struct ReplacedStepsTests {
    private static func optimum(_ candidates: [Candidate], _ problem: Problem) throws -> Double {
        let columns = try #require(CandidateColumns(candidates, of: Subproblem(whole: problem)))
        let outcome = BackwardSearch(columns).run(prices: SearchPrices(columns: columns), cutoff: .infinity)
        #expect(outcome.isProven)
        return outcome.latency
    }

    private static func left(
        _ candidates: [Candidate], _ problem: Problem, _ dropped: (CandidateColumns) -> [Bool]
    ) throws -> [Candidate] {
        let columns = try #require(CandidateColumns(candidates, of: Subproblem(whole: problem), cost: \.lowerBound))
        return zip(candidates, dropped(columns)).filter { !$0.1 }.map(\.0)
    }

    private static func withoutSplit(_ candidates: [Candidate], _ problem: Problem) throws -> [Candidate] {
        try left(candidates, problem) { SplitSteps($0, candidates).dropped() }
    }

    private static func withoutVain(_ candidates: [Candidate], _ problem: Problem) throws -> [Candidate] {
        try left(candidates, problem) { VainHandOffs($0, candidates).dropped() }
    }

    /// The same problem where compute takes all the time: there many steps cost the same.
    private static func computeBound(_ problem: Problem) throws -> Problem {
        let hardware = problem.hardware
        return try Problem(
            tensors: problem.tensors, ops: problem.ops,
            hardware: Hardware(
                fastMemoryCapacity: hardware.fastMemoryCapacity,
                slowMemoryBandwidth: 1000 * hardware.slowMemoryBandwidth, nativeWidth: hardware.nativeWidth,
                nativeHeight: hardware.nativeHeight))
    }

    @Test("No optimum is lost: one is made of what is left", arguments: [false, true])
    func optimaStay(isComputeBound: Bool) throws {
        var (split, vain, compared) = (0, 0, 0)
        for example in try ExactCase.samples.get().prefix(Effort.cases(80, thorough: 200)) {
            var example = example
            if isComputeBound {
                guard let other = ExactCase(try Self.computeBound(example.problem), candidatesAtMost: 400) else {
                    continue
                }
                example = other
            }
            let problem = example.problem
            let all = try Self.optimum(example.candidates, problem)
            let first = try Self.withoutSplit(example.candidates, problem)
            let second = try Self.withoutVain(example.candidates, problem)
            let both = try Self.withoutVain(first, problem)
            for candidates in [first, second, both] {
                #expect(try agree(Self.optimum(candidates, problem), all))
            }
            split += example.candidates.count - first.count
            vain += example.candidates.count - second.count
            compared += 1
        }
        #expect(split > 100 && vain > 20 && compared > 50, "\(split), \(vain), \(compared)")
    }

    @Test("Where three readers of a tensor cost as much together as one by one, they are left one by one")
    func equalHeads() throws {
        var graph = GraphBuilder()
        let shared = graph.tensor(4, 4)
        for _ in 0..<3 { _ = graph.pointwise([shared], cost: 1000) }
        let problem = try graph.problem(capacity: 1000)
        let example = try #require(ExactCase(problem))
        #expect(example.candidates.contains { $0.ops.count == 3 })
        let left = try Self.withoutSplit(example.candidates, problem)
        #expect(left.allSatisfy { $0.ops.count == 1 } && left.count >= 3)
    }

    @Test("A hand-off that saves nothing goes, one that saves something stays")
    func handOffs() throws {
        for (cost, stays) in [(1000.0, false), (0.001, true)] {
            var graph = GraphBuilder()
            let middle = graph.pointwise([graph.tensor(4, 4)], cost: cost)
            _ = graph.pointwise([middle], cost: cost)
            let problem = try graph.problem(capacity: 1000)
            let example = try #require(ExactCase(problem))
            // Each op alone, with the tensor between them handed over and without.
            let candidates = example.candidates.filter {
                $0.ops == [OpID(0)] && $0.resident.isEmpty && [[], [middle]].contains($0.retained)
                    || $0.ops == [OpID(1)] && $0.retained.isEmpty && [[], [middle]].contains($0.resident)
            }
            #expect(candidates.count == 4)
            let left = try Self.withoutVain(candidates, problem)
            #expect(left.count == (stays ? 4 : 2) && left.contains { !$0.resident.isEmpty } == stays)
        }
    }
}
