import MIP
import Synchronization

/// Keeps what a solver tells.
final class EventCounter: Sendable {
    private let events = Mutex<[MIPEvent]>([])

    func add(_ event: MIPEvent) { events.withLock { $0.append(event) } }

    /// The progress events in their order.
    var snapshots: [MIPProgress] {
        events.withLock { events in
            events.compactMap { if case .progress(let progress) = $0 { progress } else { nil } }
        }
    }
}
