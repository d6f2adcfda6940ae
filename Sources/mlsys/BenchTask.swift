import CostModel
import Foundation
import Reporting
import Scheduling
import TensorGraph

/// Solves one problem of a folder and describes what came of it, failures included.
struct BenchTask {
    var method: SolveMethod
    var options: Scheduler.Options
    var timeLimit: BenchTimeLimit
    /// Where the schedule goes; it is read again from there to be evaluated.
    var schedulePath: String

    /// The row of a problem; its error says why there is no schedule.
    func row(of problemPath: String, reference: Double?) -> BenchRow {
        let start = ContinuousClock.now
        var row = BenchRow(problem: Self.name(of: problemPath))
        do {
            try solve(problemPath, start: start, into: &row)
            row.reference = reference
            if let reference, let latency = row.latency { row.ratio = latency / reference }
        } catch {
            row.error = Failure(error)?.message ?? "\(error)"
        }
        row.seconds = start.duration(to: .now) / .seconds(1)
        return row
    }

    /// A problem's name: its file's, without the extension.
    static func name(of path: String) -> String {
        URL(fileURLWithPath: path).deletingPathExtension().lastPathComponent
    }

    private func solve(_ problemPath: String, start: ContinuousClock.Instant, into row: inout BenchRow) throws {
        let problem = try ProblemFile.read(problemPath)
        row.ops = problem.ops.count
        let job = SolveJob(problem: problem, problemPath: problemPath, method: method, options: options)
        unlink(schedulePath)
        let monitor = SolveMonitor(schedulePath: schedulePath, start: start)
        defer {
            monitor.finish()
            row.improvements = monitor.current.improvements
        }
        row.timeLimitSeconds =
            method == .list || options.maximumRounds != nil ? nil : timeLimit.seconds(opCount: problem.ops.count)
        let session = monitor.open(
            problem, reductionCap: options.reductionCap, timeLimitSeconds: row.timeLimitSeconds, gap: 0)
        let result = try job.run(monitor, in: session)
        let schedule = try ScheduleFile.read(schedulePath)
        do throws(RuleViolation) {
            row.latency = try Evaluator(problem).evaluate(schedule).totalLatency
        } catch {
            throw Failure(.internalError, "the schedule written is invalid: \(error)")
        }
        row.steps = schedule.steps.count
        row.source = result.incumbent.source.rawValue
        row.secondsToBest = monitor.current.improvements.last?.seconds
        guard method != .list else { return }
        row.bound = result.bestBound?.value
        row.gap = result.gap
        row.status = result.status.description
        row.scope = result.scope.description
    }
}
