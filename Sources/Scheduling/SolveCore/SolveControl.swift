import Synchronization

/// The clock of a run, and the ways in which it is stopped and watched from outside.
///
/// Safe to share between threads.
public final class SolveControl: Sendable {
    /// What the caller is told while the solver works.
    public enum Event: Sendable {
        /// A better schedule, its latency in units of time, and where it came from. It has passed the evaluator.
        case incumbent(SchedulingSnapshot)
        /// A bound.
        case bound(LowerBound)
        /// What the solver does now.
        case phase(Phase)
        /// How far it has come; several times a second.
        case progress(SolveProgress)
    }

    /// Wall-clock limit from the start, in seconds; nil for none.
    public let timeLimitSeconds: Double?
    /// The solver stops when (incumbent - bound) / incumbent is at most this.
    public let gap: Double
    private let start: ContinuousClock.Instant
    private let cancelled = Atomic(false)
    private let onEvent: @Sendable (Event) -> Void

    /// Starts the clock, or takes it as started before, to count in what was done since.
    ///
    /// - Parameters:
    ///   - timeLimitSeconds: from the start, in seconds; nil for none.
    ///   - gap: a gap, as a fraction, at which the solver stops.
    ///   - start: when the clock was started.
    ///   - onEvent: called on whatever thread has something to tell, also while solvers wait for it: it should be
    ///     quick.
    public init(
        timeLimitSeconds: Double? = nil, gap: Double = 0, start: ContinuousClock.Instant = .now,
        onEvent: @escaping @Sendable (Event) -> Void = { _ in }
    ) {
        self.start = start
        self.timeLimitSeconds = timeLimitSeconds
        self.gap = gap
        self.onEvent = onEvent
    }

    /// Asks the solver to stop as soon as it can.
    public func cancel() { cancelled.store(true, ordering: .relaxed) }

    /// True when the solver was asked to stop.
    public var isCancelled: Bool { cancelled.load(ordering: .relaxed) }

    /// Seconds since the start.
    public var elapsedSeconds: Double { start.duration(to: .now) / .seconds(1) }

    /// Seconds until the limit; infinite without one.
    public var remainingSeconds: Double { timeLimitSeconds.map { max(0, $0 - elapsedSeconds) } ?? .infinity }

    /// True when the solver was asked to stop or the time is up.
    public var shouldStop: Bool { isCancelled || remainingSeconds <= 0 }

    /// Tells the caller.
    func report(_ event: Event) { onEvent(event) }
}
