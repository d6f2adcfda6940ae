import CostModel
import Foundation
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
        let problem = try ProblemFile.read(problemPath)
        try OutputFile.check(schedulePath, isNot: problemPath)
        var job = SolveJob(
            problem: problem, problemPath: problemPath, method: method, listOptions: listOptions, options: options)
        let warmStart = try warmStartPath.map { try readWarmStart($0, problem) }
        job.options.warmStart = warmStart?.schedule
        let log = try openLog()
        var observers: [any SolveObserver] = log.map { [$0] } ?? []
        if progress.isOn { observers.append(ProgressPrinter(start: ProcessClock.start)) }
        let monitor = SolveMonitor(schedulePath: schedulePath, start: ProcessClock.start, observers: observers)
        let reporter = SolveReporter(pipeline: self, problem: problem, monitor: monitor, log: log)
        let ender = RunEnder(monitor, name: schedulePath) { try reporter.finish(early: $0, $1) }
        Interruption.handle { ender.interrupt(by: $0) }
        let limit = job.timeLimitSeconds(asked: timeLimitSeconds)
        let control = monitor.makeControl(timeLimitSeconds: limit, gap: gap)
        log?.append(
            EventLog.Start(
                seconds: monitor.seconds, problem: problemPath, fingerprint: problem.fingerprint,
                ops: problem.ops.count, method: method.rawValue, timeLimitSeconds: limit,
                threads: options.threads, seed: options.seed))
        if let limit { ender.watch(limitSeconds: limit) }
        // Before the list scheduler's, which may be worse than what the schedule file holds already.
        if let warmStart { monitor.receive(.incumbent(warmStart)) }
        let outcome = Result { try job.run(monitor, control: control) }
        ender.awaitTurn()
        try reporter.finish(outcome.get(), isInterrupted: ender.isInterrupted)
    }

    private func readWarmStart(_ path: String, _ problem: Problem) throws -> SchedulingSnapshot {
        let schedule = try ScheduleFile.read(path)
        do throws(RuleViolation) {
            let evaluation = try Evaluator(problem, reductionCap: listOptions.reductionCap).evaluate(schedule)
            return SchedulingSnapshot(
                schedule: schedule, evaluation: evaluation, source: .warmStart, seconds: ProcessClock.seconds)
        } catch {
            throw Failure(.invalidSchedule, "\(path): invalid: \(error)")
        }
    }

    private func openLog() throws(FileError) -> EventLog? {
        guard let logPath else { return nil }
        if logPath != "-" { try OutputFile.check(logPath, isNot: problemPath) }
        return try EventLog(logPath)
    }
}
