import Foundation
import Reporting
import Scheduling
import Synchronization
import TensorGraph

/// Brings a solution to its end: prints what came of it, once, whether the solver or a signal ends it.
final class SolveReporter: Sendable {
    private let pipeline: SolvePipeline
    private let problem: Problem
    private let monitor: SolveMonitor
    private let log: EventLog?
    private let isInterrupted = Atomic(false)

    init(pipeline: SolvePipeline, problem: Problem, monitor: SolveMonitor, log: EventLog?) {
        self.pipeline = pipeline
        self.problem = problem
        self.monitor = monitor
        self.log = log
    }

    /// Returns when it is the solver's thread that ends the process; when a signal's does, it never returns.
    func awaitTurn() {
        while !monitor.claimEnding() { sleep(1000) }
    }

    /// Prints what came of the solution.
    ///
    /// - Throws: ``FileError``.
    func finish(_ solution: SolveJob.Solution) throws {
        var proof = solution.proof
        if isInterrupted.load(ordering: .acquiring), case .feasible? = proof?.status {
            proof?.ending = .limit(.interrupted)
        }
        try monitor.writeStream()
        try report(solution.best, proof)
    }

    // MARK: Time limit

    /// What the solver has after the limit to end in good order, in seconds, and between two looks for a schedule after that.
    private static let overtime = (grace: 0.1, interval: 0.005)

    /// Ends the process with the best schedule until then when the solver has not ended soon after the limit, whatever it is
    /// doing. Where there is no schedule yet, the first one is waited for.
    func watch(limitSeconds: Double) {
        Thread.detachNewThread { [self] in
            while monitor.seconds < limitSeconds + Self.overtime.grace || monitor.current.best == nil {
                let rest = limitSeconds + Self.overtime.grace - monitor.seconds
                // In pieces: no clock counts as far as a limit may reach.
                Thread.sleep(forTimeInterval: min(max(rest, Self.overtime.interval), 3600))
            }
            guard !monitor.isClaimed, monitor.claimEnding() else { return }
            monitor.cancel()
            monitor.stopWriting(within: Self.writeGrace)
            if let best = monitor.current.best { end(with: best, .time) }
        }
    }

    // MARK: Interruption

    /// What the solver has to end in good order, the rest being for a write that is under way and for the report.
    private static let grace = Duration.milliseconds(40)
    private static let writeGrace = Duration.milliseconds(20)
    private static let streamWaitSeconds = 0.1
    /// Nothing that hangs, such as a pipe that nobody reads, delays the end for longer.
    private static let patience = Duration.seconds(1)

    /// Ends the process: by the solver's own end if that comes at once, by the best schedule until now otherwise.
    ///
    /// Returns when there is no schedule.
    func interrupt(by signal: Int32) {
        isInterrupted.store(true, ordering: .releasing)
        monitor.cancel()
        let monitor = monitor
        Thread.detachNewThread {
            usleep(UInt32(Self.patience / .microseconds(1)))
            abandonUnfinishedFiles()
            _exit(monitor.current.best == nil ? 128 + signal : 0)
        }
        let deadline = ContinuousClock.now + Self.grace
        while !monitor.isClaimed, ContinuousClock.now < deadline { usleep(500) }
        // The solver's thread has the word: it exits.
        while !monitor.claimEnding() { sleep(1000) }
        monitor.stopWriting(within: Self.writeGrace)
        let state = monitor.current
        guard let best = state.best else {
            Console.error(
                "mlsys: \(pipeline.schedulePath): interrupted by \(Interruption.name(signal)) "
                    + "before there was a schedule")
            return
        }
        end(with: best, .interrupted)
    }

    /// Prints what came of it while the solver's thread is still at work, and ends the process.
    private func end(with best: SchedulingSnapshot, _ limit: SolveLimit) -> Never {
        let proof = SchedulingResult(
            incumbent: best, bounds: monitor.current.bounds, ending: .limit(limit), seconds: monitor.seconds)
        do {
            try monitor.writeStream(waiting: Self.streamWaitSeconds)
            try report(best, pipeline.method == .list ? nil : proof)
            _exit(0)
        } catch {
            if let message = Failure(error)?.message { Console.error("mlsys: \(message)") }
            _exit(ExitStatus.cannotCreate.rawValue)
        }
    }

    private func report(_ best: SchedulingSnapshot, _ proof: SchedulingResult?) throws {
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
        // Standard output then holds the schedule and nothing else.
        if StandardStream.isOutput(pipeline.schedulePath) {
            Console.error(String(text.dropLast()))
        } else {
            try Console.write(text)
        }
    }
}
