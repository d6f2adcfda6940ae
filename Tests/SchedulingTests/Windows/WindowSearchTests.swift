import CostModel
import GLPKBackend
import Synchronization
import TensorGraph
import TestSupport
import Testing

@testable import Scheduling

@Suite("Neighbourhood search, change by change")
struct WindowSearchTests {
    /// Changes of the steps and phases of a run, in order.
    private final class Record: Sendable {
        let changes = Mutex<[WindowSearch.Change]>([])
        let phases = Mutex<[Phase]>([])
    }

    /// Runs so many rounds on a schedule of every op alone, which leaves much to be found.
    private func run(
        _ problem: Problem, rounds: Int, starts: Int = 0, seed: UInt64
    ) throws -> (record: Record, search: WindowSearch, session: Session) {
        let record = Record()
        let control = SolveControl { event in
            if case .phase(let phase) = event { record.phases.withLock { $0.append(phase) } }
        }
        let session = Session(problem, control: control)
        var schedules: [Schedule] = []
        try ListScheduler(problem).schedules { schedules.append($0) }
        let alone = try #require(schedules.last)
        try session.accept(alone, from: .list)
        for schedule in schedules.prefix(starts) {
            session.keepAsStart(
                SchedulingSnapshot(
                    schedule: schedule, evaluation: try Evaluator(problem).evaluate(schedule), source: .list,
                    seconds: 0))
        }
        var search = WindowSearch(
            problem, solver: GLPKSolver(), reductionCap: .native, threads: 1, seed: seed)
        search.onChange = { change in record.changes.withLock { $0.append(change) } }
        var budget = session.budget
        budget.rounds = rounds
        _ = try search.run(in: session, budget: budget)
        return (record, search, session)
    }

    /// Checks every change against the evaluator; returns how often each reason occurred.
    private func check(_ record: Record, _ problem: Problem) throws -> [WindowSearch.Reason: Int] {
        var counts: [WindowSearch.Reason: Int] = [:]
        for change in record.changes.withLock({ $0 }) {
            counts[change.reason, default: 0] += 1
            let schedule = Schedule(steps: change.after.map(\.step))
            let latencies = try Evaluator(problem).evaluate(schedule).latencies
            #expect(latencies.count == change.after.count)
            for (step, latency) in zip(change.after, latencies) {
                #expect(agree(step.latency, latency), "\(change.reason): \(step.step)")
                #expect(step.lowerBound <= step.latency)
            }
            guard case .windows = change.reason else { continue }
            let (before, after) = (latency(change.before), latency(change.after))
            #expect(after < before, "\(change.reason): \(after) in place of \(before)")
        }
        return counts
    }

    private func latency(_ steps: [Candidate]) -> Double { steps.reduce(0) { $0 + $1.latency } }

    @Test("Whatever is put in the place of windows is valid, cheaper, and costs what the evaluator says", .tags(.slow))
    func everyChange() throws {
        var counts: [WindowSearch.Reason: Int] = [:]
        var problems = ProblemGenerator(seed: 91)
        var (cases, seed) = (0, UInt64(0))
        while cases < Effort.cases(7, thorough: 12) {
            let problem = try problems.next()
            guard problem.ops.count > 3, (try? ListScheduler(problem).schedule()) != nil else { continue }
            cases += 1
            seed += 1
            let (record, _, _) = try run(problem, rounds: 8, seed: seed)
            counts.merge(try check(record, problem), uniquingKeysWith: +)
        }
        #expect(counts[.incumbent, default: 0] >= cases)
        #expect(counts.filter { if case .windows = $0.key { true } else { false } }.values.reduce(0, +) > cases)
    }

    @Test("Rounds alone lead to the master, to perturbations and to other starts", .tags(.slow))
    func masterAndRestarts() throws {
        let problem = try OwnProblem.read("attention-15")
        let (record, search, session) = try run(problem, rounds: 80, starts: 3, seed: 2)
        let counts = try check(record, problem)
        #expect(search.roundsDone == 80)
        #expect(record.phases.withLock { $0.count { $0 == .master } } == 2, "every 40 rounds")
        #expect(counts[.perturbation, default: 0] > 0, "\(counts)")
        #expect(counts[.otherStart, default: 0] > 0, "\(counts)")
        #expect(counts[.windows(.segment), default: 0] + counts[.windows(.region), default: 0] > 0, "\(counts)")
        #expect(!search.pool.candidates.isEmpty && !search.tunings.tunings.isEmpty)
        // Perturbed steps may be worse; what the session holds never is.
        let incumbent = try #require(session.incumbent)
        #expect(incumbent.latency <= latency(search.steps) * (1 + 1e-9))
        let first = try #require(record.changes.withLock { $0.first })
        #expect(incumbent.latency < latency(first.after))
    }

    @Test("The master picks from the pool what no single window has")
    func master() throws {
        let problem = try OwnProblem.read("mlp-12")
        let session = Session(problem, control: SolveControl())
        var best: Schedule?
        var schedules: [Schedule] = []
        try ListScheduler(problem).schedules { schedules.append($0) }
        let evaluator = Evaluator(problem)
        best = try schedules.min { try evaluator.evaluate($0).totalLatency < evaluator.evaluate($1).totalLatency }
        let alone = try session.accept(try #require(schedules.last), from: .list)
        let target = SchedulingSnapshot(
            schedule: try #require(best), evaluation: try evaluator.evaluate(try #require(best)), source: .list,
            seconds: 0)
        #expect(target.latency < alone.latency)
        var search = WindowSearch(problem, solver: GLPKSolver(), reductionCap: .native, threads: 1, seed: 3)
        try search.takeIncumbent(of: session)
        for step in try Candidate.steps(of: target, problem: problem) { search.pool.insert(step) }
        let changes = Mutex<[WindowSearch.Change]>([])
        search.onChange = { change in changes.withLock { $0.append(change) } }
        try search.solveMaster(in: session, session.budget)
        #expect(changes.withLock { $0.map(\.reason) } == [.windows(.master)])
        #expect(try #require(session.incumbent).latency <= target.latency * (1 + 1e-9))
        #expect(session.incumbent?.source == .master)
        // Its duals say where windows are worth the most: nowhere nothing, somewhere more than elsewhere.
        #expect(search.sizes.slack.allSatisfy { $0 > 0 })
    }

    @Test("A search that is run again goes on, and one that is out of rounds says so")
    func goesOn() throws {
        let problem = try OwnProblem.read("siblings-9")
        func search(_ rounds: [Int]) throws -> (WindowSearch, [Ending], Session) {
            let session = Session(problem, control: SolveControl())
            try session.accept(try ListScheduler(problem).schedule(), from: .list)
            var search = WindowSearch(problem, solver: GLPKSolver(), reductionCap: .native, threads: 1, seed: 4)
            let endings = try rounds.map { count in
                var budget = session.budget
                budget.rounds = count
                return try search.run(in: session, budget: budget)
            }
            return (search, endings, session)
        }
        let (twice, endings, _) = try search([2, 4])
        let (once, _, _) = try search([4])
        #expect(endings == [.limit(.rounds), .limit(.rounds)])
        #expect(twice.roundsDone == 4 && once.roundsDone == 4)
        #expect(twice.steps == once.steps)
        let (idle, ending, session) = try search([0])
        #expect(idle.progress.windows == 0 && ending == [.limit(.rounds)])
        #expect(session.incumbent?.source == .list)
    }
}
