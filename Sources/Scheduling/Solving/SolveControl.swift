import Foundation
import Synchronization

/// Where a schedule came from.
public enum IncumbentSource: String, Sendable, Hashable, CaseIterable {
    /// The list scheduler.
    case list
    /// Exhaustive search for the granularity of each step of an earlier schedule.
    case granularity
    /// The integer program.
    case integer
    /// The backward search.
    case search
}

/// The deadline of a solution, and the ways in which it is stopped and watched from outside.
///
/// Safe to share between threads.
public final class SolveControl: Sendable {
    /// What the caller is told while the solver works.
    public enum Event: Sendable {
        /// A better schedule, its latency in units of time, and where it came from. It has passed the evaluator.
        case incumbent(SchedulingSnapshot)
        /// A better bound.
        case bound(LowerBound)
        /// What the solver does now.
        case phase(String)
    }

    /// Wall-clock limit from the start, in seconds; nil for none.
    public let timeLimitSeconds: Double?
    /// The solver stops when (incumbent - bound) / incumbent is at most this.
    public let gap: Double
    private let start = ContinuousClock.now
    private let cancelled = Atomic(false)
    private let onEvent: @Sendable (Event) -> Void

    /// Starts the clock.
    public init(
        timeLimitSeconds: Double? = nil, gap: Double = 0, onEvent: @escaping @Sendable (Event) -> Void = { _ in }
    ) {
        self.timeLimitSeconds = timeLimitSeconds
        self.gap = gap
        self.onEvent = onEvent
    }

    /// Asks the solver to stop as soon as it can.
    public func cancel() { cancelled.store(true, ordering: .relaxed) }

    /// True when the solver was asked to stop.
    public var isCancelled: Bool { cancelled.load(ordering: .relaxed) }

    /// Seconds since the start.
    public var elapsedSeconds: Double {
        let elapsed = start.duration(to: .now).components
        return Double(elapsed.seconds) + Double(elapsed.attoseconds) * 1e-18
    }

    /// Seconds until the limit; infinite without one.
    public var remainingSeconds: Double { timeLimitSeconds.map { max(0, $0 - elapsedSeconds) } ?? .infinity }

    /// True when the solver was asked to stop or the time is up.
    public var shouldStop: Bool { isCancelled || remainingSeconds <= 0 }

    /// Tells the caller.
    func report(_ event: Event) { onEvent(event) }
}
