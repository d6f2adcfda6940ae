import CostModel
import Foundation
import GLPKBackend
import TensorGraph
import TestSupport
import Testing

@testable import Scheduling

@Suite("Relaxation and search with a border")
struct BorderSearchTests {
    static let windows =
        ProcessInfo.processInfo.environment["MLSYS_HYBRID_WINDOWS"].flatMap { Int($0) } ?? 30

    private struct State: Hashable {
        var stored: Set<TensorID>
        var resident: [TensorID]
    }

    /// The cheapest sequence of candidates from the first step to the last, by trying whatever can follow.
    private func cheapest(_ candidates: [Candidate], _ border: Border) -> Double {
        let start = State(stored: Set(border.available), resident: border.resident)
        var best: [State: Double] = [start: 0]
        var done = Set<State>()
        while let (state, latency) = best.filter({ !done.contains($0.key) }).min(by: { $0.value < $1.value }) {
            if state.resident == border.retained, border.required.allSatisfy(state.stored.contains) { return latency }
            done.insert(state)
            for candidate in candidates
            where candidate.resident == state.resident && candidate.slowReads.allSatisfy(state.stored.contains) {
                let next = State(stored: state.stored.union(candidate.evicted), resident: candidate.retained)
                best[next] = min(best[next] ?? .infinity, latency + candidate.latency)
            }
        }
        return .infinity
    }

    @Test("find what trying every sequence of candidates finds, in small windows of random schedules", .tags(.slow))
    func agreesWithBruteForce() throws {
        var random = RandomSource(seed: 51)
        var tiny = OracleProblemGenerator(seed: 52, opCounts: 2...3, maximumWritten: 4)
        var (windows, handOffs, owed) = (0, 0, 0)
        while windows < Self.windows {
            let problem = try tiny.next()
            let schedule = ScheduleGenerator(problem).schedule(using: &random)
            guard !schedule.steps.isEmpty, (try? Evaluator(problem).evaluate(schedule)) != nil else { continue }
            let start = Int.random(in: 0..<schedule.steps.count, using: &random)
            let end = min(schedule.steps.count, start + Int.random(in: 1...3, using: &random))
            guard let example = try WindowCase(schedule, start..<end, of: problem) else { continue }
            let window = example.window
            // Three in four have something at the border.
            let isPlain = window.border.resident.isEmpty && window.border.retained.isEmpty
            guard !isPlain || Int.random(in: 0..<8, using: &random) == 0 else { continue }
            var candidates = CandidateEnumerator(
                window, purpose: .window, reductionCap: .native, limits: CandidateEnumeratorTests.wide, threads: 1,
                tuning: .exhaustive
            ).enumerate().candidates
            // Without any, because windows throw nothing away, the steps at hand stay.
            guard !candidates.isEmpty, candidates.count < 250 else { continue }
            CandidateSet.add(example.current, to: &candidates)
            windows += 1
            if !window.border.resident.isEmpty { handOffs += 1 }
            if !window.border.retained.isEmpty { owed += 1 }
            let columns = try #require(
                CandidateColumns(candidates, of: Subproblem(window.problem, border: window.border)))
            let relaxation = try #require(
                try Relaxation(
                    columns, candidates, problem: window.problem, solver: GLPKSolver(), budget: Budget(SolveControl())))
            let expected = cheapest(candidates, window.border)
            for prices in [SearchPrices(columns: columns), relaxation.prices] {
                let found = BackwardSearch(columns).run(prices: prices, cutoff: .infinity)
                #expect(found.isProven)
                #expect(agree(found.latency, expected), "\(found.latency), not \(expected): \(example.text)")
            }
            #expect(relaxation.bound <= expected * (1 + 1e-9), "\(example.text)")
            let outcome = try example.solve()
            #expect(outcome.isProven, "\(example.text)")
            let found = (outcome.steps ?? example.current).map { "\($0.ops) \($0.resident) to \($0.retained)" }
            #expect(
                outcome.latency <= expected * (1 + 1e-9),
                "\(outcome.latency), not \(expected), by \(found): \(example.text)")
            // Less where steps at hand that are no candidates of their own were given a better granularity.
            try example.solveAndPutBack()
        }
        #expect(min(handOffs, owed) > 5, "\((handOffs, owed))")
    }

    @Test("A border that wants the graph outputs and gives nothing: as good as the whole problem, or nearly always")
    func wholeProblems() throws {
        var equal = 0
        let samples = try ExactCase.samples.get().prefix(Effort.cases(30, thorough: 60))
        for example in samples {
            var border = Border()
            border.required = example.problem.tensors.indices.map { TensorID($0) }.filter {
                example.problem.graph.producers[$0.index] != nil && example.problem.graph.isGraphOutput($0)
            }
            let columns = try #require(
                CandidateColumns(example.candidates, of: Subproblem(example.problem, border: border)))
            let found = BackwardSearch(columns).run(prices: SearchPrices(columns: columns), cutoff: .infinity)
            // A last step may not throw anything away where another step follows.
            let optimum = try example.search().objective
            #expect(found.latency >= optimum * (1 - 1e-9))
            if agree(found.latency, optimum) { equal += 1 }
        }
        #expect(Double(equal) >= 0.9 * Double(samples.count), "\(equal)")
    }
}
