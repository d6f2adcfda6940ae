import CostModel
import GLPKBackend
import TensorGraph
import TestSupport
import Testing

@testable import Scheduling

@Suite("Perturbation of windows")
struct PerturbationTests {
    private let solver = WindowSolver(solver: GLPKSolver(), reductionCap: .native)

    private func perturb(_ example: WindowCase, seed: UInt64, share: Double) throws -> [Candidate]? {
        let window = Window(
            place: .init(range: example.range, source: .region), groups: nil, subproblem: example.window,
            current: example.current)
        return try solver.perturb(
            window, known: KnownTunings(), seed: seed, share: share, budget: Budget(SolveControl()))
    }

    @Test("The same seed gives the same steps, others give others; all are valid and cost what they claim")
    func seeds() throws {
        let problem = try OwnProblem.read("attention-15")
        let schedule = try ListScheduler(problem).schedule()
        let example = try #require(try WindowCase(schedule, 0..<min(6, schedule.steps.count), of: problem))
        var found = Set<[Candidate]>()
        for seed in 0..<12 as Range<UInt64> {
            let steps = try #require(try perturb(example, seed: seed, share: 0.2))
            #expect(try perturb(example, seed: seed, share: 0.2) == steps)
            found.insert(steps)
            let total = try Evaluator(problem).evaluate(try example.replacing(steps)).totalLatency
            let outside = example.steps.reduce(0) { $0 + $1.latency } - example.latency
            #expect(agree(total, outside + steps.reduce(0) { $0 + $1.latency }))
        }
        #expect(found.count > 1)
    }

    @Test("The larger the share, the more the steps cost; without any they are the best, up to tuning")
    func shares() throws {
        var problems = OracleProblemGenerator(seed: 97, opCounts: 3...4, maximumWritten: 4)
        var (cases, worse) = (0, 0)
        while cases < 10 {
            let problem = try problems.next()
            guard let schedule = try? ListScheduler(problem).schedule(),
                let example = try WindowCase(schedule, schedule.steps.indices, of: problem),
                let plain = try perturb(example, seed: 1, share: 0)
            else { continue }
            cases += 1
            let best = plain.reduce(0) { $0 + $1.latency }
            #expect(best <= example.latency * (1 + 1e-9))
            for seed in 0..<4 as Range<UInt64> {
                guard let steps = try perturb(example, seed: seed, share: 0.5) else { continue }
                let latency = steps.reduce(0) { $0 + $1.latency }
                // Every step counts for up to half as much again, so the choice is at most that much worse.
                #expect(latency >= best * (1 - 1e-9) && latency <= best * 1.5 * (1 + 1e-9))
                if latency > best * (1 + 1e-9) { worse += 1 }
            }
        }
        #expect(worse > 0)
    }
}
