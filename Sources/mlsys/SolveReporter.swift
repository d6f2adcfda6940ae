import Foundation
import Reporting
import Scheduling
import TensorGraph

/// Prints what came of a run, and logs it.
final class SolveReporter: Sendable {
    private let pipeline: SolvePipeline
    private let problem: Problem
    private let monitor: SolveMonitor
    private let log: EventLog?

    init(pipeline: SolvePipeline, problem: Problem, monitor: SolveMonitor, log: EventLog?) {
        self.pipeline = pipeline
        self.problem = problem
        self.monitor = monitor
        self.log = log
    }

    /// Prints what came of the run.
    ///
    /// - Throws: ``FileError``.
    func finish(_ result: SchedulingResult, isInterrupted: Bool) throws {
        var result = result
        if isInterrupted, case .feasible = result.status {
            result = try monitor.result(.limit(.interrupted), holding: result.incumbent) ?? result
        }
        try monitor.writeStream(waiting: isInterrupted ? RunEnder.streamWaitSeconds : nil)
        try report(result)
    }

    /// Prints what came of it until now.
    ///
    /// - Throws: ``FileError``.
    func finish(early result: SchedulingResult) throws {
        try monitor.writeStream(waiting: RunEnder.streamWaitSeconds)
        try report(result)
    }

    private func report(_ result: SchedulingResult) throws {
        let best = result.incumbent
        // List scheduling proves nothing.
        let proof = pipeline.method == .list ? nil : result
        let seconds = monitor.seconds
        let report = SolveReport(
            problem: pipeline.problemPath, schedule: pipeline.schedulePath, method: pipeline.method.rawValue,
            solveSeconds: seconds, phases: monitor.current.phases.totals(at: seconds),
            bestSeconds: best.seconds, proof: proof.map(ProofReport.init),
            outcome: ScheduleReport(best.schedule, best.evaluation, problem: problem))
        log?.append(
            EventLog.End(
                seconds: seconds, status: proof?.status.description, source: best.source.rawValue,
                latency: best.latency,
                dualBound: proof?.bestBound?.value, gap: proof?.gap))
        let summary = report.summary(width: Terminal.width)
        if pipeline.json, pipeline.progress.isOn { Console.error(String(summary.dropLast())) }
        let text = pipeline.json ? try jsonLine(report) : summary
        try Console.write(text, besides: pipeline.schedulePath)
    }
}
