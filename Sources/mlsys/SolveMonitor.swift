import CostModel
import Foundation
import Reporting
import Scheduling
import Synchronization
import TensorGraph

/// Watches a run: writes every better schedule to a file, and keeps what was found and proven until now.
///
/// Safe to share between threads. It holds on to its session until ``finish()``.
final class SolveMonitor: Sendable {
    /// What is known until now.
    struct State {
        /// The best schedule; it is on disk, unless it goes to a stream, which gets the last one only.
        var best: SchedulingSnapshot?
        var improvements: [BenchRow.Improvement] = []
        var phases: PhaseTimes
        /// The first failure to write; it ends the solution, since later schedules could not be written either.
        var failure: FileError?
    }

    let start: ContinuousClock.Instant
    private let schedulePath: String
    private let isStream: Bool
    private let timeLimitSeconds = Mutex<Double?>(nil)
    private let observers: [any SolveObserver]
    private let state: Mutex<State>
    private let writing = Mutex(())
    private let control = Mutex<SolveControl?>(nil)
    private let session = Mutex<Session?>(nil)
    private let isEnding = Atomic(false)
    private let isWritingStream = Atomic(false)

    init(schedulePath: String, start: ContinuousClock.Instant, observers: [any SolveObserver] = []) {
        self.schedulePath = schedulePath
        isStream = StandardStream.isStream(schedulePath)
        self.start = start
        self.observers = observers
        state = Mutex(State(phases: PhaseTimes(.read)))
    }

    /// Seconds since the start.
    var seconds: Double { start.duration(to: .now) / .seconds(1) }

    /// What is known until now.
    var current: State { state.withLock { $0 } }

    /// Opens a session that reports here, its clock running since the start.
    func open(_ problem: Problem, reductionCap: ReductionCap, timeLimitSeconds: Double?, gap: Double) -> Session {
        let control = SolveControl(timeLimitSeconds: timeLimitSeconds, gap: gap, start: start) { self.receive($0) }
        let opened = Session(problem, reductionCap: reductionCap, control: control)
        self.control.withLock { $0 = control }
        session.withLock { $0 = opened }
        self.timeLimitSeconds.withLock { $0 = timeLimitSeconds }
        return opened
    }

    /// What is known now of a schedule, of a run that ended so; nil before there is a session.
    func result(_ ending: Ending, holding best: SchedulingSnapshot) throws -> SchedulingResult? {
        try session.withLock { $0 }?.result(ending, holding: best)
    }

    /// Asks the solver to stop as soon as it can.
    func cancel() { control.withLock { $0 }?.cancel() }

    /// Lets go of the session.
    func finish() {
        control.withLock { $0 = nil }
        session.withLock { $0 = nil }
    }

    /// True for the first caller, who has to bring the solution to its end.
    func claimEnding() -> Bool { !isEnding.exchange(true, ordering: .acquiringAndReleasing) }

    /// Whether someone has claimed the ending.
    var isClaimed: Bool { isEnding.load(ordering: .acquiring) }

    /// Whether the schedule is on its way to a stream, whose reader may be late or may never come.
    var waitsForReader: Bool { isWritingStream.load(ordering: .acquiring) }

    /// Takes an event of the solver, or of what leads up to it.
    func receive(_ event: SolveControl.Event) {
        switch event {
        case .incumbent(let snapshot): guard accept(snapshot) else { return }
        case .bound: break
        case .phase(let phase):
            let now = seconds
            state.withLock { $0.phases.enter(phase, at: now) }
        case .progress: break
        }
        let now = seconds
        for observer in observers { observer.observe(event, at: now) }
    }

    /// Writes a schedule if it is better than what is on disk.
    private func accept(_ snapshot: SchedulingSnapshot) -> Bool {
        writing.withLock { _ in
            guard state.withLock({ $0.failure == nil && snapshot.latency < $0.best?.latency ?? .infinity }) else {
                return false
            }
            do throws(FileError) {
                if !isStream { try write(snapshot) }
            } catch {
                state.withLock { $0.failure = error }
                cancel()
                return false
            }
            let improvement = BenchRow.Improvement(
                seconds: snapshot.seconds, latency: snapshot.latency, source: snapshot.source.rawValue)
            state.withLock {
                $0.best = snapshot
                $0.improvements.append(improvement)
            }
            return true
        }
    }

    /// A reader is waited for as long as the search may last, and this long in any case.
    static let shortestWaitSeconds = 1.0

    /// Writes the best schedule if it goes to a stream; the search is over.
    ///
    /// - Parameter wait: how long to wait for a reader; nil for what is left of the time limit.
    func writeStream(waiting wait: Double? = nil) throws(FileError) {
        guard isStream, let best = current.best else { return }
        isWritingStream.store(true, ordering: .releasing)
        defer { isWritingStream.store(false, ordering: .releasing) }
        let rest = timeLimitSeconds.withLock(\.self).map { max($0 - seconds, Self.shortestWaitSeconds) }
        try write(best, until: (wait ?? rest).map { .now + .seconds($0) })
    }

    private func write(
        _ snapshot: SchedulingSnapshot, until deadline: ContinuousClock.Instant? = nil
    ) throws(FileError) {
        try writeAtomically(
            ScheduleFile.text(of: snapshot.schedule, snapshot.evaluation), to: schedulePath, until: deadline)
    }

    /// Waits until nothing is being written, but not long, and has nothing be written from then on.
    func stopWriting(within limit: Duration) {
        let deadline = ContinuousClock.now + limit
        while writing.withLockIfAvailable({ _ in abandonUnfinishedFiles() }) == nil {
            guard ContinuousClock.now < deadline else { return abandonUnfinishedFiles() }
            usleep(500)
        }
    }
}
