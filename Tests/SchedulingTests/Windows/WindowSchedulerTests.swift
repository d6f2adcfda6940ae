import CostModel
import Dispatch
import Synchronization
import TensorGraph
import TestSupport
import Testing

@testable import Scheduling

@Suite("Windows, and the whole portfolio")
struct WindowSchedulerTests {
    @Test(
        "The same seed and rounds give the same schedule on any number of threads",
        arguments: ["attention-15", "siblings-36", "random-40"].prefix(Effort.cases(2, thorough: 3)))
    func isDeterministic(name: String) throws {
        let problem = try OwnProblem.read(name)
        let results = try [1, 2, 3].map { threads in
            try solveByWindows(problem) { options in
                options.method = .hybrid
                options.maximumRounds = 1
                options.threads = threads
                options.seed = 7
            }
        }
        #expect(results[0].incumbent.schedule == results[1].incumbent.schedule)
        #expect(results[0].incumbent.schedule == results[2].incumbent.schedule)
        #expect(results[0].incumbent.source != .list)
        #expect(results[0].status == .feasible(.rounds))
    }

    // MARK: Warm starts

    /// Schedules at which the solver was, in order, and its result.
    private func solve(
        _ problem: Problem, from warmStart: Schedule?, rounds: Int
    ) throws -> (snapshots: [SchedulingSnapshot], result: SchedulingResult) {
        let seen = Mutex<[SchedulingSnapshot]>([])
        let control = SolveControl { event in
            if case .incumbent(let snapshot) = event { seen.withLock { $0.append(snapshot) } }
        }
        let result = try solveByWindows(problem, control) { options in
            options.method = .hybrid
            options.maximumRounds = rounds
            options.warmStart = warmStart
        }
        return (seen.withLock { $0 }, result)
    }

    @Test("A schedule that beats the list scheduler's is the next incumbent, and improved from there")
    func goodWarmStart() throws {
        let problem = try OwnProblem.read("attention-15")
        let start = try solve(problem, from: nil, rounds: 1).result.incumbent
        let (snapshots, result) = try solve(problem, from: start.schedule, rounds: 0)
        let next = snapshots.drop { $0.source == .list }.first
        #expect(next?.source == .warmStart)
        #expect(next?.schedule == start.schedule)
        #expect(result.incumbent.latency <= start.latency)
        #expect(start.latency < snapshots[0].latency)
    }

    @Test("A valid schedule to start from is never made worse")
    func anyWarmStart() throws {
        var (worse, kept) = (0, 0)
        var problems = ProblemGenerator(seed: 81)
        var random = RandomSource(seed: 82)
        for _ in 0..<8 {
            let problem = try problems.next()
            guard let list = try? ListScheduler(problem).schedule() else { continue }
            let listLatency = try Evaluator(problem).evaluate(list).totalLatency
            let start = ScheduleGenerator(problem).schedule(using: &random)
            let latency = try Evaluator(problem).evaluate(start).totalLatency
            let (snapshots, result) = try solve(problem, from: start, rounds: 1)
            #expect(result.incumbent.latency <= latency * (1 + 1e-9), "\(ProblemFile.text(of: problem))")
            #expect(snapshots.first?.source == .list)
            #expect(snapshots.last?.schedule == result.incumbent.schedule)
            if latency > listLatency * (1 + 1e-9) {
                worse += 1
                #expect(!snapshots.contains { $0.source == .warmStart })
            } else {
                kept += 1
            }
        }
        #expect(worse > 2, "\((worse, kept))")
    }

    @Test("A schedule to start from that breaks a rule is an error that says which")
    func invalidWarmStart() throws {
        let problem = try Fixtures.diamond()
        let missing = Schedule(steps: [Step([0], (128, 128, 1))])
        #expect(throws: RuleViolation.self) { try solve(problem, from: missing, rounds: 1) }
        let unavailable = Schedule(steps: [Step([0, 1], (128, 128, 1)), Step([2], (128, 128, 1))])
        let error = #expect(throws: RuleViolation.self) { try solve(problem, from: unavailable, rounds: 1) }
        #expect(error.map { "\($0)" } == (evaluationError(unavailable, problem).map { "\($0)" }))
    }

    private func evaluationError(_ schedule: Schedule, _ problem: Problem) -> RuleViolation? {
        do throws(RuleViolation) { _ = try Evaluator(problem).evaluate(schedule) } catch { return error }
        return nil
    }

    // MARK: Stopping

    @Test("Cancelled from another thread it ends soon, with a valid schedule")
    func cancellation() throws {
        let problem = try OwnProblem.read("attention-216")
        let control = SolveControl()
        let cancelled = Mutex(Double.infinity)
        DispatchQueue.global().asyncAfter(deadline: .now() + 1) {
            cancelled.withLock { $0 = control.elapsedSeconds }
            control.cancel()
        }
        let result = try solveByWindows(problem, control) { $0.method = .hybrid }
        let late = control.elapsedSeconds - cancelled.withLock { $0 }
        #expect(late < 1, "\(late) s after the call")
        #expect(result.status == .feasible(.interrupted))
        try expectValid(result, problem)
    }

    /// Enumeration looks at the clock seldom; without optimisation that is seconds.
    static let methods: [Scheduler.Method] = {
        #if DEBUG
            [.hybrid]
        #else
            [.hybrid, .auto]
        #endif
    }()

    @Test("The time limit is kept", arguments: methods)
    func timeLimit(method: Scheduler.Method) throws {
        let problem = try OwnProblem.read("attention-216")
        let control = SolveControl(timeLimitSeconds: 2)
        let result = try solveByWindows(problem, control) { $0.method = method }
        #expect(control.elapsedSeconds < 2.5)
        #expect(control.elapsedSeconds > 1.9)
        #expect(result.status == .feasible(.time))
        try expectValid(result, problem)
    }

    private func expectValid(_ result: SchedulingResult, _ problem: Problem) throws {
        let latency = try Evaluator(problem).evaluate(result.incumbent.schedule).totalLatency
        #expect(agree(latency, result.incumbent.latency))
        #expect(result.bounds.allSatisfy { $0.value <= latency * (1 + 1e-9) })
    }
}
