import Foundation
import Scheduling
import Synchronization
import TensorGraph

/// Brings a run to its end, once: the solver does, or a signal, or the time limit, whatever the solver is doing by
/// then.
final class RunEnder: Sendable {
    private let monitor: SolveMonitor
    private let name: String
    private let printEarly: @Sendable (SchedulingResult) throws -> Void
    private let interrupted = Atomic(false)

    /// Watches over a run.
    ///
    /// - Parameters:
    ///   - monitor: what is known of the run.
    ///   - name: the file that messages name.
    ///   - printEarly: prints what is known when the run ends before the solver does.
    init(
        _ monitor: SolveMonitor, name: String,
        printEarly: @escaping @Sendable (SchedulingResult) throws -> Void
    ) {
        self.monitor = monitor
        self.name = name
        self.printEarly = printEarly
    }

    /// Whether a signal came.
    var isInterrupted: Bool { interrupted.load(ordering: .acquiring) }

    /// Returns when it is the solver's thread that ends the process; when another's does, it never returns.
    func awaitTurn() {
        while !monitor.claimEnding() { sleep(1000) }
    }

    // MARK: Time limit

    /// What the solver has after the limit to end in good order, in seconds, and between two looks for a schedule after
    /// that.
    private static let overtime = (grace: 0.1, interval: 0.005)

    /// Ends the process with the best schedule until then when the solver has not ended soon after the limit, whatever
    /// it is doing. Where there is no schedule yet, the first one is waited for.
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
    static let streamWaitSeconds = 0.1
    /// Nothing that hangs, such as a pipe that nobody reads, delays the end for longer.
    private static let patience = Duration.seconds(1)

    /// Ends the process: by the solver's own end if that comes at once, by the best schedule until now otherwise.
    ///
    /// Returns when there is no schedule.
    func interrupt(by signal: Int32) {
        interrupted.store(true, ordering: .releasing)
        monitor.cancel()
        let monitor = monitor
        Thread.detachNewThread {
            usleep(UInt32(Self.patience / .microseconds(1)))
            endAtOnce(monitor.current.best == nil ? 128 + signal : 0)
        }
        let deadline = ContinuousClock.now + Self.grace
        while !monitor.isClaimed, ContinuousClock.now < deadline { usleep(500) }
        if monitor.isClaimed, monitor.waitsForReader {
            usleep(UInt32(Self.streamWaitSeconds * 1e6))
            guard !monitor.waitsForReader else {
                Console.error("mlsys: \(name): interrupted by \(Interruption.name(signal)), and nobody reads it")
                endAtOnce(ExitStatus.cannotCreate.rawValue)
            }
        }
        // The solver's thread has the word: it exits.
        while !monitor.claimEnding() { sleep(1000) }
        monitor.stopWriting(within: Self.writeGrace)
        let state = monitor.current
        guard let best = state.best else {
            Console.error(
                "mlsys: \(name): interrupted by \(Interruption.name(signal)) "
                    + "before there was a schedule")
            return
        }
        end(with: best, .interrupted)
    }

    /// Prints what came of it while the solver's thread is still at work, and ends the process.
    private func end(with best: SchedulingSnapshot, _ limit: SolveLimit) -> Never {
        do {
            guard let result = try monitor.result(.limit(limit), holding: best) else { endAtOnce(0) }
            try printEarly(result)
            endAtOnce(0)
        } catch {
            if let message = Failure(error)?.message { Console.error("mlsys: \(message)") }
            endAtOnce(ExitStatus.cannotCreate.rawValue)
        }
    }
}
