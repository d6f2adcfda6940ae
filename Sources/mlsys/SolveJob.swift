import CostModel
import GLPKBackend
import MIP
import Scheduling
import TensorGraph

/// A problem and how it is to be solved.
struct SolveJob: Sendable {
    var problem: Problem
    /// For messages.
    var problemPath: String
    var method: SolveMethod
    var listOptions = ListScheduler.Options()
    var options = Scheduler.Options()
    var solver: any MIPSolver = GLPKSolver()

    /// The time limit that applies, in seconds; nil for none.
    ///
    /// With a number of rounds for a limit there is no clock, so that the schedule depends on nothing else.
    func timeLimitSeconds(asked: Double?) -> Double? {
        if let asked { return asked }
        return options.maximumRounds == nil ? method.defaultTimeLimitSeconds(opCount: problem.ops.count) : nil
    }

    /// Solves the problem in a session that the monitor has opened, and so learns of every better schedule and writes
    /// it.
    ///
    /// - Throws: ``FileError`` or ``Failure``.
    func run(_ monitor: SolveMonitor, in session: Session) throws -> SchedulingResult {
        let result: SchedulingResult
        do {
            result = try method == .list ? list(session) : search(session)
        } catch let error as InfeasibleOp {
            throw Failure(error, problemPath: problemPath)
        } catch {
            throw Failure(
                .internalError, "internal error: \(error); the best schedule before it, if any, is written")
        }
        let state = monitor.current
        if let failure = state.failure { throw failure }
        // Written is what the session told of.
        guard state.best?.latency == result.incumbent.latency else {
            throw Failure(.internalError, "internal error: the best schedule is not the one that is written")
        }
        return result
    }

    private func list(_ session: Session) throws -> SchedulingResult {
        session.enter(.list)
        let budget = session.budget
        try ListScheduler(problem, options: listOptions).schedules(
            shouldStop: { budget.isCancelled || budget.remainingSeconds <= $0 }
        ) { schedule in
            try session.accept(schedule, from: .list)
        }
        return try session.result(budget.stop.map(Ending.limit) ?? .exhausted)
    }

    private func search(_ session: Session) throws -> SchedulingResult {
        var options = options
        options.method = method.scheduling ?? options.method
        return try Scheduler(problem, solver: solver, options: options).schedule(in: session)
    }
}
