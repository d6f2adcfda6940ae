import CostModel
import GLPKBackend
import TensorGraph
import TestSupport
import Testing

@testable import Scheduling

/// The scheduler with GLPK.
func solveByWindows(
    _ problem: Problem, _ control: SolveControl = SolveControl(),
    _ change: (inout Scheduler.Options) -> Void = { _ in }
) throws -> SchedulingResult {
    var options = Scheduler.Options()
    change(&options)
    return try Scheduler(problem, solver: GLPKSolver(), options: options).schedule(control: control)
}

/// Problems solved by windows alone, compared with the list scheduler and with what exact search proves.
struct WindowComparison: CustomStringConvertible {
    /// Problems that have a schedule.
    private(set) var solved = 0
    /// Problems of which an op fits at no granularity.
    private(set) var infeasible = 0
    /// Schedules better than the list scheduler's.
    private(set) var improved = 0
    /// Problems whose optimum is proven.
    private(set) var proven = 0
    /// Schedules that are optimal.
    private(set) var optimal = 0
    /// The most by which a schedule is above the optimum, as a fraction of it.
    private(set) var largestExcess = 0.0
    /// Schedules for the referee.
    private(set) var kept: [(problem: Problem, schedule: Schedule, latency: Double)] = []

    private let rounds: Int
    private let exactSeconds: Double
    private let keptAtMost: Int

    /// - Parameters:
    ///   - exactSeconds: time for a proof; without one the schedule is compared with the bound only.
    ///   - keepingAtMost: schedules for the referee.
    init(rounds: Int, exactSeconds: Double, keepingAtMost keptAtMost: Int = 0) {
        self.rounds = rounds
        self.exactSeconds = exactSeconds
        self.keptAtMost = keptAtMost
    }

    mutating func compare(_ problem: Problem, seed: UInt64) throws {
        guard let list = try? ListScheduler(problem).schedule() else {
            infeasible += 1
            #expect(throws: InfeasibleOp.self) { try windows(problem, seed) }
            return
        }
        let text = Comment(rawValue: "seed \(seed): \(ProblemFile.text(of: problem))")
        let result: SchedulingResult
        do { result = try windows(problem, seed) } catch {
            Issue.record("\(error), \(text)")
            return
        }
        solved += 1
        let latency: Double
        do { latency = try Evaluator(problem).evaluate(result.incumbent.schedule).totalLatency } catch {
            Issue.record("\(error), \(text)")
            return
        }
        #expect(agree(latency, result.incumbent.latency), text)
        let listLatency = try Evaluator(problem).evaluate(list).totalLatency
        #expect(latency <= listLatency * (1 + 1e-9), text)
        if latency < listLatency * (1 - 1e-9) { improved += 1 }
        if kept.count < keptAtMost { kept.append((problem, result.incumbent.schedule, latency)) }
        let exact = try solveExactly(problem, control: SolveControl(timeLimitSeconds: exactSeconds))
        for bound in (exact.bounds + result.bounds) where bound.scope.isAboutProblem {
            #expect(bound.value <= latency * (1 + 1e-9), "\(bound), \(latency) found, \(text)")
        }
        guard exact.status == .optimal else { return }
        proven += 1
        #expect(latency >= exact.incumbent.latency * (1 - 1e-9), text)
        if agree(latency, exact.incumbent.latency) { optimal += 1 }
        largestExcess = max(largestExcess, latency / exact.incumbent.latency - 1)
    }

    private func windows(_ problem: Problem, _ seed: UInt64) throws -> SchedulingResult {
        try solveByWindows(problem) { options in
            options.method = .hybrid
            options.maximumRounds = rounds
            options.threads = 1
            options.seed = seed
        }
    }

    /// Asks the referee about the schedules kept.
    func compareWithReferee() throws {
        var referee = Referee()
        for (problem, schedule, _) in kept { referee.add(schedule, for: problem) }
        for (verdict, (_, schedule, latency)) in zip(try referee.verdicts(), kept) {
            #expect(verdict.total.map { agree($0, latency) } == true, "\(verdict), not \(latency): \(schedule)")
        }
    }

    var description: String {
        "\(solved) solved, \(infeasible) infeasible, \(improved) better than the list scheduler's, "
            + "\(optimal) of \(proven) proven optima, \(100 * largestExcess)% above at most"
    }
}
