import CostModel
import Synchronization
import TensorGraph
import TestSupport
import Testing

@testable import Scheduling

@Suite("CandidateEnumerator")
struct CandidateEnumeratorTests {
    /// Limits that tiny problems, whose tensors fit in fast memory by the dozen, do not meet.
    static var wide: CandidateEnumerator.Limits {
        var limits = CandidateEnumerator.Limits()
        (limits.retainedSets, limits.retainedTensors) = (1 << 12, 12)
        return limits
    }

    @Test("prices every candidate as the evaluator does, and says what it reads and evicts")
    func candidatesAreValid() throws {
        var problems = OracleProblemGenerator(seed: 11, opCounts: 2...4, maximumWritten: 5)
        var count = 0
        for _ in 0..<40 {
            let problem = try problems.next()
            let set = CandidateEnumerator(problem, limits: Self.wide, threads: 1).enumerate()
            #expect(set.statistics.kept == set.candidates.count)
            let analyzer = StepAnalyzer(problem)
            for candidate in set.candidates {
                count += 1
                let structure = try analyzer.analyze(ops: candidate.ops, retained: candidate.retained)
                let evaluation = try Evaluator(problem)
                    .evaluate(candidate.step, structure, resident: candidate.resident)
                #expect(agree(evaluation.latency, candidate.latency), "\(candidate)")
                #expect(candidate.evicted == structure.evicted)
                let reads = structure.reads.filter {
                    !problem.graph.isGraphInput($0) && !candidate.resident.contains($0)
                }
                #expect(candidate.slowReads == reads)
            }
        }
        #expect(count > 2000)
    }

    @Test("names each step once")
    func candidatesAreDistinct() throws {
        var problems = OracleProblemGenerator(seed: 12, opCounts: 3...4, maximumWritten: 5)
        for _ in 0..<20 {
            let set = CandidateEnumerator(try problems.next(), limits: Self.wide, threads: 1).enumerate()
            let keys = Set(
                set.candidates.map { StepKey(ops: $0.ops, resident: $0.resident, retained: $0.retained) })
            #expect(keys.count == set.candidates.count)
        }
    }

    @Test("gives the same result on one core and on two")
    func threads() throws {
        var problems = OracleProblemGenerator(seed: 13, opCounts: 3...4, maximumWritten: 5)
        for _ in 0..<8 {
            let problem = try problems.next()
            let one = CandidateEnumerator(problem, limits: Self.wide, threads: 1).enumerate()
            let two = CandidateEnumerator(problem, limits: Self.wide, threads: 2).enumerate()
            #expect(one.candidates == two.candidates)
            #expect(one.statistics == two.statistics)
            #expect(one.omissions == two.omissions)
        }
    }

    @Test("says which limit left something out")
    func limits() throws {
        var graph = GraphBuilder()
        let shared = graph.tensor(4, 4)
        for _ in 0..<14 { _ = graph.pointwise([shared], outputs: 1, cost: 1) }
        let fan = try graph.problem(capacity: 6, nativeWidth: 4, nativeHeight: 4)
        var few = CandidateEnumerator.Limits()
        few.connectedSets = 10
        let cut = CandidateEnumerator(fan, limits: few).enumerate()
        #expect(!cut.isComplete)
        #expect(cut.omissions.contains { if case .stopped = $0 { true } else { false } })

        let pair = try Fixtures.pointwisePair(side: 4, capacity: 100, native: 4)
        #expect(CandidateEnumerator(pair).enumerate().isComplete)
        few = CandidateEnumerator.Limits()
        few.candidates = 2
        let short = CandidateEnumerator(pair, limits: few).enumerate()
        #expect(short.candidates.count == 2)
        #expect(short.omissions == [.tooManyCandidates(limit: 2)])
        few = CandidateEnumerator.Limits()
        few.retainedTensors = 0
        let forgetful = CandidateEnumerator(pair, limits: few).enumerate()
        #expect(forgetful.candidates.allSatisfy { $0.retained.isEmpty })
        #expect(!forgetful.isComplete)
        #expect(forgetful.omissions.first == .handOffs(tensors: 0, sets: 64))
    }

    @Test("returns at once when it is cancelled, and says so")
    func cancellation() throws {
        let problem = try Fixtures.diamond()
        let atOnce = CandidateEnumerator(problem).enumerate(isCancelled: { true })
        #expect(atOnce.candidates.isEmpty)
        #expect(atOnce.omissions.contains { if case .stopped = $0 { true } else { false } })
        // The clock is looked at once for each last op of op sets, then for granularities.
        let looks = Atomic(0)
        let later = CandidateEnumerator(problem).enumerate(isCancelled: {
            looks.add(1, ordering: .relaxed).oldValue >= problem.ops.count
        })
        #expect(later.omissions.contains { if case .granularitiesStopped = $0 { true } else { false } })
    }
}
