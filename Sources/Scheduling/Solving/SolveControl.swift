import Foundation
import Synchronization

/// Where a schedule came from.
public enum IncumbentSource: String, Sendable, Hashable, CaseIterable {
    /// The list scheduler.
    case list
    /// The schedule that the caller gave to start from.
    case warmStart = "warm start"
    /// Exhaustive search for the granularity of each step of an earlier schedule.
    case granularity
    /// The integer program over complete candidates.
    case integer
    /// The backward search over complete candidates.
    case search
    /// The restricted master: the integer program over the pool.
    case master
    /// A window: a stretch of the schedule.
    case stretch
    /// A window: a region of the graph.
    case region
    /// A window: steps that read one tensor.
    case readers
    /// Windows varied at random, to leave a schedule that no window improves.
    case variation
    /// What had improved a window, done to another that looks the same.
    case twin
}

/// How far the solver has come, in counts that mean the same on every machine.
public struct SolveProgress: Sendable, Hashable {
    /// What the solver does.
    public var phase: String
    /// Nodes of branch and bound, and states of the backward search, so far.
    public var nodes: Int
    /// Nodes or states that wait; nil when there is no such search.
    public var open: Int?
    /// Candidates at hand.
    public var columns: Int
    /// Windows solved by large-neighbourhood search.
    public var windows: Int

    /// Creates a record.
    public init(phase: String, nodes: Int = 0, open: Int? = nil, columns: Int = 0, windows: Int = 0) {
        self.phase = phase
        self.nodes = nodes
        self.open = open
        self.columns = columns
        self.windows = windows
    }
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
        /// How far it has come; several times a second.
        case progress(SolveProgress)
    }

    /// Wall-clock limit from the start, in seconds; nil for none.
    public let timeLimitSeconds: Double?
    /// The solver stops when (incumbent - bound) / incumbent is at most this.
    public let gap: Double
    private let start: ContinuousClock.Instant
    private let cancelled = Atomic(false)
    private let parent: SolveControl?
    private let onEvent: @Sendable (Event) -> Void

    /// Starts the clock, or takes it as started before, to count in what was done since.
    public init(
        timeLimitSeconds: Double? = nil, gap: Double = 0, start: ContinuousClock.Instant = .now,
        onEvent: @escaping @Sendable (Event) -> Void = { _ in }
    ) {
        self.start = start
        self.timeLimitSeconds = timeLimitSeconds
        self.gap = gap
        self.onEvent = onEvent
        parent = nil
    }

    private init(part parent: SolveControl, timeLimitSeconds: Double?) {
        start = parent.start
        self.timeLimitSeconds = timeLimitSeconds
        gap = parent.gap
        onEvent = parent.onEvent
        self.parent = parent
    }

    /// A control for a part of the work: the same clock, events and cancellation, an earlier limit.
    ///
    /// - Parameter share: part of the remaining time.
    func limited(toShare share: Double) -> SolveControl {
        SolveControl(
            part: self, timeLimitSeconds: timeLimitSeconds.map { _ in elapsedSeconds + remainingSeconds * share })
    }

    /// Asks the solver to stop as soon as it can.
    public func cancel() { cancelled.store(true, ordering: .relaxed) }

    /// True when the solver was asked to stop.
    public var isCancelled: Bool { cancelled.load(ordering: .relaxed) || parent?.isCancelled == true }

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
