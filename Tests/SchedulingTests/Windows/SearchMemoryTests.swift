import CostModel
import TensorGraph
import TestSupport
import Testing

@testable import Scheduling

@Suite("What the neighbourhood search remembers")
struct SearchMemoryTests {
    /// Candidates of one op that differ in what they retain and what they cost.
    private func candidate(_ number: Int, latency: Double, lowerBound: Double = 0) throws -> Candidate {
        let problem = try Fixtures.pointwisePair(side: 128)
        let structure = try StepAnalyzer(problem).analyze(ops: [OpID(0)], retained: [])
        let choice = GranularityChoice(
            granularity: Granularity(width: 128, height: 128, depth: 1), order: .raster, latency: latency)
        return Candidate(
            structure, resident: [TensorID(number)], choice: choice, lowerBound: lowerBound, problem: problem)
    }

    @Test("The pool keeps one candidate of each step, at its best granularity")
    func poolKeepsTheBest() throws {
        var pool = CandidatePool()
        pool.insert(try candidate(1, latency: 10))
        pool.insert(try candidate(2, latency: 20))
        pool.insert(try candidate(1, latency: 12, lowerBound: 5))
        #expect(pool.candidates.map(\.latency) == [10, 20])
        #expect(pool.candidates.map(\.lowerBound) == [5, 0])
        pool.insert(try candidate(1, latency: 8, lowerBound: 3))
        #expect(pool.candidates.map(\.latency) == [8, 20])
        #expect(pool.candidates[0].lowerBound == 5)
    }

    @Test("A full pool forgets its older half")
    func poolForgets() throws {
        let sample = try candidate(0, latency: 10)
        let problem = try Fixtures.pointwisePair(side: 128)
        let structure = try StepAnalyzer(problem).analyze(ops: [OpID(0)], retained: [])
        var pool = CandidatePool()
        for number in 0...24_000 {
            pool.insert(
                Candidate(structure, resident: [TensorID(number)], tuning: sample.tuning, problem: problem))
        }
        #expect(pool.candidates.count == 12_001)
        #expect(pool.candidates.first?.resident == [TensorID(12_000)])
        #expect(pool.candidates.last?.resident == [TensorID(24_000)])
        // Those that were kept are still known, those that were forgotten come back.
        pool.insert(try candidate(12_000, latency: 9))
        #expect(pool.candidates.count == 12_001 && pool.candidates[0].latency == 9)
        pool.insert(try candidate(0, latency: 9))
        #expect(pool.candidates.count == 12_002)
    }

    @Test("A search is stuck after rounds without anything better, and out of ideas after rounds without new windows")
    func patience() {
        var patience = Patience(opCount: 15, windowsPerRound: 8)
        // Six rounds without anything better; a last digit is no progress; better just in time starts the count anew.
        let latencies: [Double] = [100] + Array(repeating: 100, count: 6) + Array(repeating: 100, count: 5) + [99]
        let same = Array(repeating: 99 * (1 - 1e-12), count: 6)
        let stalls = (latencies + same).map { patience.isStalled(at: $0) }
        #expect(stalls.indices.filter { stalls[$0] } == [6, latencies.count + 5])
        patience.restart(at: 105)
        let isStalled = (0..<6).map { _ in patience.isStalled(at: 104) }
        #expect(!isStalled.contains(true), "better than what was started from")
        let advice = (0..<6).map { _ in patience.adviceForStall() }
        #expect(advice == [.perturb, .perturb, .startAnew, .perturb, .perturb, .startAnew])
        patience.idleRounds = 199
        #expect(patience.hasIdeas)
        patience.idleRounds = 200
        #expect(!patience.hasIdeas)
        // Large graphs need more rounds until windows have covered them.
        var patient = Patience(opCount: 1600, windowsPerRound: 40)
        _ = patient.isStalled(at: 1)
        let late = (0..<24).map { _ in patient.isStalled(at: 1) }
        #expect(late.count(where: \.self) == 1 && late.last == true)
    }

    @Test("A window that was solved is not solved again, and what helped it helps all that are equal")
    func knownWindows() throws {
        let problem = try OwnProblem.read("mlp-12")
        var schedules: [Schedule] = []
        try ListScheduler(problem).schedules { schedules.append($0) }
        let alone = try #require(schedules.last)
        let example = try #require(try WindowCase(alone, 0..<4, of: problem))
        let window = Window(
            place: .init(range: 0..<4, source: .segment), groups: nil, subproblem: example.window,
            current: example.current)
        var known = KnownWindows()
        #expect(!known.isTried(window) && known.better(than: window) == nil)
        known.insert(KnownWindows.Best(latency: window.latency, steps: window.current), for: window)
        #expect(known.isTried(window) && known.better(than: window) == nil)
        known.insert(KnownWindows.Best(latency: window.latency * 0.9, steps: []), for: window)
        #expect(known.better(than: window)?.latency == window.latency * 0.9)
        known.insert(KnownWindows.Best(latency: window.latency * 0.95, steps: []), for: window)
        #expect(known.better(than: window)?.latency == window.latency * 0.9, "a worse one is not taken")
        // In groups it is another window, for which the better steps hold all the same.
        var coarse = window
        coarse.groups = [OpSet([0, 1]), OpSet([2]), OpSet([3])]
        #expect(!known.isTried(coarse) && known.better(than: coarse) != nil)
    }
}
