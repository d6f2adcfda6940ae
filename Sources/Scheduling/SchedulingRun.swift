import Foundation
import TensorGraph

/// A run of a scheduler on a thread of its own, and the sequence of its events.
///
/// ```swift
/// let run = scheduler.start(timeLimit: .seconds(10))
/// for await case .incumbent(let best) in run { print(best.latency) }
/// let result = try await run.result
/// ```
///
/// The sequence ends when the run does. One task may iterate it; whoever comes later finds nothing.
///
/// Cancelling a task that iterates, or that waits for the ``result``, asks the run to stop, and so does ``cancel()``.
/// A run that was asked to stop still has a result, with the best schedule until then and the ending
/// ``SolveLimit/interrupted``. A run that nobody holds any more is asked to stop as well. Nobody has to iterate: events
/// wait.
public struct SchedulingRun: AsyncSequence, Sendable {
    /// What the sequence consists of.
    public typealias Element = SolveControl.Event

    /// As large as a main thread's: searches recurse once for each op of a step.
    private static let stackBytes = 8 << 20

    private let events: AsyncStream<SolveControl.Event>
    private let control: SolveControl
    private let outcome: Task<SchedulingResult, any Error>

    /// Starts a run.
    ///
    /// - Parameters:
    ///   - timeLimit: the wall-clock limit from now; nil for none.
    ///   - gap: a gap, as a fraction, at which the run stops.
    ///   - body: what works until it is done, or is asked to stop, on a thread that it may block.
    init(
        timeLimit: Duration?, gap: Double, _ body: @escaping @Sendable (SolveControl) throws -> SchedulingResult
    ) {
        let (events, continuation) = AsyncStream.makeStream(of: SolveControl.Event.self)
        let control = SolveControl(timeLimitSeconds: timeLimit.map { $0 / .seconds(1) }, gap: gap) {
            continuation.yield($0)
        }
        // The listening task was cancelled, or nobody holds the sequence any more.
        continuation.onTermination = { if case .cancelled = $0 { control.cancel() } }
        self.events = events
        self.control = control
        outcome = Task {
            try await withCheckedThrowingContinuation { waiting in
                // Searches block their thread for long, which the threads that tasks share are not there for.
                let thread = Thread {
                    let result = Result { try body(control) }
                    continuation.finish()
                    waiting.resume(with: result)
                }
                thread.stackSize = Self.stackBytes
                thread.start()
            }
        }
    }

    /// Asks the run to stop as soon as it can.
    public func cancel() { control.cancel() }

    /// What the run hands back, when it is over.
    ///
    /// - Throws: what ``Scheduler/schedule(control:)`` throws; `CancellationError` when the run was asked to stop
    ///   before it had a schedule.
    public var result: SchedulingResult {
        get async throws {
            // A run that nobody holds is stopped.
            defer { withExtendedLifetime(events) {} }
            return try await withTaskCancellationHandler {
                do {
                    return try await outcome.value
                } catch is InconsistencyError where control.isCancelled {
                    throw CancellationError()
                }
            } onCancel: {
                control.cancel()
            }
        }
    }

    /// Iterates over the events.
    public func makeAsyncIterator() -> AsyncStream<SolveControl.Event>.Iterator { events.makeAsyncIterator() }
}

extension Scheduler {
    /// Starts to schedule, on a thread of its own.
    ///
    /// - Parameters:
    ///   - timeLimit: the wall-clock limit from now; nil for none.
    ///   - gap: a gap, (latency - bound) / latency, as a fraction, at which the run stops.
    public func start(timeLimit: Duration? = nil, gap: Double = 0) -> SchedulingRun {
        SchedulingRun(timeLimit: timeLimit, gap: gap) { try schedule(control: $0) }
    }

    /// The best schedule that can be found, and proven if possible, without blocking the caller's thread.
    ///
    /// Cancelling the task asks for an early end, which still has a result.
    ///
    /// - Parameters:
    ///   - timeLimit: the wall-clock limit from now; nil for none.
    ///   - gap: a gap, (latency - bound) / latency, as a fraction, at which the run stops.
    /// - Throws: what ``schedule(control:)`` throws; `CancellationError` when the task was cancelled before there was a
    ///   schedule.
    public func schedule(timeLimit: Duration?, gap: Double = 0) async throws -> SchedulingResult {
        try await start(timeLimit: timeLimit, gap: gap).result
    }
}
