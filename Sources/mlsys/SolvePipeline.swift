import CostModel
import Foundation
import MIP
import Reporting
import Scheduling
import TensorGraph

/// From a problem file to a schedule file: read, solve, let the evaluator judge, write, report.
///
/// Nothing is written that the evaluator does not find valid, and an existing schedule is replaced only by a whole one.
/// While the search goes on, every better schedule is written as soon as it is found.
struct SolvePipeline: Sendable {
    var problemPath: String
    var schedulePath: String
    var method: SolveMethod
    var listOptions: ListScheduler.Options
    var options: Scheduler.Options
    var solver: any MIPSolver
    var timeLimitSeconds: Double?
    var gap: Double
    var warmStartPath: String?
    var logPath: String?
    var progress: ProgressMode
    var json: Bool

    /// Reads, solves, writes and prints.
    ///
    /// - Throws: ``FileError`` or ``Failure``.
    func run() throws {
        let problem = try InputWatch.within(timeLimitSeconds, problemPath) { try ProblemFile.read(problemPath) }
        try OutputFile.check(schedulePath, isNot: problemPath)
        let job = SolveJob(
            problem: problem, problemPath: problemPath, method: method, listOptions: listOptions, options: options,
            solver: solver)
        let warmStart = try warmStartPath.map { path in
            try InputWatch.within(timeLimitSeconds, path) { try ScheduleFile.read(path) }
        }
        let log = try openLog()
        var observers: [any SolveObserver] = log.map { [$0] } ?? []
        if progress.isOn { observers.append(ProgressPrinter(start: ProcessClock.start)) }
        let monitor = SolveMonitor(schedulePath: schedulePath, start: ProcessClock.start, observers: observers)
        let reporter = SolveReporter(pipeline: self, problem: problem, monitor: monitor, log: log)
        let ender = RunEnder(monitor, name: schedulePath) { try reporter.finish(early: $0) }
        Interruption.handle { ender.interrupt(by: $0) }
        let limit = job.timeLimitSeconds(asked: timeLimitSeconds)
        let session = monitor.open(
            problem, reductionCap: listOptions.reductionCap, timeLimitSeconds: limit, gap: gap)
        log?.append(
            EventLog.Start(
                seconds: monitor.seconds, problem: problemPath, fingerprint: problem.fingerprint,
                ops: problem.ops.count, method: method.rawValue, timeLimitSeconds: limit,
                threads: options.threads, seed: options.seed))
        if let limit { ender.watch(limitSeconds: limit) }
        // Before the list scheduler's, which may be worse than what the schedule file holds already.
        if let warmStart, let warmStartPath { try submit(warmStart, from: warmStartPath, to: session) }
        let outcome = Result { try job.run(monitor, in: session) }
        ender.awaitTurn()
        try reporter.finish(outcome.get(), isInterrupted: ender.isInterrupted)
    }

    private func submit(_ warmStart: Schedule, from path: String, to session: Session) throws(Failure) {
        guard case .invalid(let violation) = session.submit(warmStart, from: .warmStart) else { return }
        throw Failure(.invalidSchedule, "\(path): invalid: \(violation)")
    }

    private func openLog() throws -> EventLog? {
        guard let logPath else { return nil }
        if logPath != "-" { try OutputFile.check(logPath, isNot: problemPath) }
        return try InputWatch.within(timeLimitSeconds, logPath, is: "opened") { try EventLog(logPath) }
    }
}
