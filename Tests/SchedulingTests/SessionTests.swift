import CostModel
import Synchronization
import TensorGraph
import TestSupport
import Testing

@testable import Scheduling

@Suite("Session")
struct SessionTests {
    /// Events of a run, from whatever thread.
    final class Recorder: Sendable {
        private let events = Mutex<[SolveControl.Event]>([])

        func control(timeLimitSeconds: Double? = nil, gap: Double = 0) -> SolveControl {
            SolveControl(timeLimitSeconds: timeLimitSeconds, gap: gap) { event in
                self.events.withLock { $0.append(event) }
            }
        }

        var incumbents: [SchedulingSnapshot] {
            events.withLock { $0.compactMap { if case .incumbent(let snapshot) = $0 { snapshot } else { nil } } }
        }

        var progress: [SolveProgress] {
            events.withLock { $0.compactMap { if case .progress(let progress) = $0 { progress } else { nil } } }
        }
    }

    @Test("A better schedule is the incumbent and told of; an equal or an invalid one is neither")
    func submits() throws {
        let problem = try Fixtures.diamond()
        let list = try ListScheduler(problem).schedule()
        let alone = try #require(try schedules(problem).max { try latency($0, problem) < latency($1, problem) })
        let recorder = Recorder()
        let session = Session(problem, control: recorder.control())
        #expect(session.gap == 1 && !session.isDone)
        #expect(isBetter(session.submit(alone, from: .warmStart)) == true)
        #expect(isBetter(session.submit(list, from: .list)) == true)
        let verdict = session.submit(list, from: .search)
        #expect(isBetter(verdict) == false)
        let again = try #require(verdict.snapshot)
        #expect(isBetter(session.submit(Schedule(steps: []), from: .list)) == nil)
        #expect(session.incumbent?.source == .list && again.source == .search)
        #expect(recorder.incumbents.map(\.source) == [.warmStart, .list])
        #expect(throws: InconsistencyError.self) { try session.accept(Schedule(steps: []), from: .search) }
        #expect(throws: InconsistencyError.self) {
            try session.accept(list, from: .search, claiming: again.latency * 0.9)
        }
    }

    @Test("Schedules from many threads: the best stays, and is told of last")
    func isSafe() throws {
        let problem = try OwnProblem.read("attention-15")
        let all = try schedules(problem)
        let recorder = Recorder()
        let session = Session(problem, control: recorder.control())
        _ = parallelMap(count: 64, threads: 8) { session.submit(all[$0 % all.count], from: .list).snapshot?.latency }
        let best = try all.map { try latency($0, problem) }.min()
        #expect(session.incumbent?.latency == best)
        #expect(recorder.incumbents.last?.latency == best)
        let told = recorder.incumbents.map(\.latency)
        #expect(zip(told, told.dropFirst()).allSatisfy { $0 > $1 })
    }

    @Test("Bounds: those of the problem count, and what they prove goes before how the run ended")
    func bounds() throws {
        let problem = try Fixtures.diamond()
        let session = Session(problem, control: SolveControl(gap: 0.5))
        #expect(throws: InconsistencyError.self) { try session.result(.exhausted) }
        let latency = try session.accept(try ListScheduler(problem).schedule(), from: .list).latency
        session.add(LowerBound(.search, latency, scope: .candidates([.recomputation])))
        #expect(session.bestBound == 0)
        #expect(try session.result(.limit(.nodes)).status == .feasible(.nodes))
        #expect(try session.result(.proven).status == .bestOfCandidates)
        #expect(try session.result(.exhausted).status.description == "feasible (nothing more to try)")
        session.add(LowerBound(.linear, latency * 0.6, scope: .namedOrders))
        #expect(session.isDone && agree(session.gap, 0.4))
        #expect(try session.result(.proven).status == .feasible(.gap))
        session.add(LowerBound(.linear, latency, scope: .problem))
        #expect(try session.result(.limit(.time)).status == .optimal)
    }

    @Test("A share of a budget is a share of the time that is left, and keeps the counts")
    func budget() {
        let control = SolveControl(timeLimitSeconds: 100)
        var budget = Budget(control)
        (budget.rounds, budget.states) = (7, 11)
        let half = budget.share(0.5)
        #expect(abs(half.remainingSeconds - 50) < 1 && abs(budget.remainingSeconds - 100) < 1)
        #expect(abs(half.share(0.1).remainingSeconds - 5) < 1)
        #expect(half.rounds == 7 && half.states == 11)
        #expect(half.solverSeconds(share: 0.2).map { abs($0 - 10) < 1 } == true)
        #expect(half.stop == nil && budget.share(0).stop == .time)
        let endless = Budget(SolveControl()).share(0.5)
        #expect(endless.remainingSeconds == .infinity && endless.solverSeconds() == nil && !endless.shouldStop)
        control.cancel()
        #expect(half.stop == .interrupted && budget.share(0).stop == .interrupted)
    }

    /// Nil for a schedule that is not valid.
    private func isBetter(_ verdict: Session.Verdict) -> Bool? {
        switch verdict {
        case .better: true
        case .notBetter: false
        case .invalid: nil
        }
    }

    private func schedules(_ problem: Problem) throws -> [Schedule] {
        var all: [Schedule] = []
        try ListScheduler(problem).schedules { all.append($0) }
        return all
    }

    private func latency(_ schedule: Schedule, _ problem: Problem) throws -> Double {
        try Evaluator(problem).evaluate(schedule).totalLatency
    }
}
