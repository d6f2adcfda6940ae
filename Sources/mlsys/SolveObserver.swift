import Foundation
import Reporting
import Scheduling
import Synchronization
import TensorGraph

/// Someone who is told what happens while a problem is solved. Safe to share between threads.
protocol SolveObserver: Sendable {
    /// Called for every event, with the seconds since the start. A better schedule is on disk by then.
    func observe(_ event: SolveControl.Event, at seconds: Double)
}

/// When progress is printed.
enum ProgressMode: String, CaseIterable {
    /// When standard error is a terminal.
    case auto
    case always
    case never

    var isOn: Bool { self == .always || (self == .auto && isatty(STDERR_FILENO) == 1) }
}

/// Prints progress to standard error, a line every few seconds at least.
final class ProgressPrinter: SolveObserver {
    private let log = Mutex(ProgressLog())

    /// Starts to print; the seconds are those since the start.
    init(start: ContinuousClock.Instant) {
        Thread.detachNewThread { [weak self] in
            while true {
                usleep(200_000)
                guard let self else { return }
                self.print { $0.text(at: start.duration(to: .now) / .seconds(1)) }
            }
        }
    }

    func observe(_ event: SolveControl.Event, at seconds: Double) {
        print { $0.text(for: event, at: seconds) }
    }

    private func print(_ text: (inout ProgressLog) -> String) {
        log.withLock { log in
            let text = text(&log)
            if !text.isEmpty { Console.error(String(text.dropLast())) }
        }
    }
}
