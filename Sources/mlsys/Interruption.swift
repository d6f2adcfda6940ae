import Foundation
import Synchronization
import TensorGraph

/// SIGTERM and SIGINT, taken by a thread of their own, so that they are answered whatever the others are doing.
enum Interruption {
    /// What a signal makes the process do.
    typealias Handler = @Sendable (_ signal: Int32) -> Void

    private static let handler = Mutex<Handler?>(nil)

    /// Starts the thread. To be called first of all: threads started later inherit that these signals are blocked.
    static func watch() {
        var signals = sigset_t()
        sigemptyset(&signals)
        for number in [SIGTERM, SIGINT] {
            // A shell makes its background jobs ignore the interrupt key; that stays so.
            var action = sigaction()
            sigaction(number, nil, &action)
            if !isIgnored(action) { sigaddset(&signals, number) }
        }
        pthread_sigmask(SIG_BLOCK, &signals, nil)
        let waited = signals
        Thread.detachNewThread {
            var waited = waited
            var number: Int32 = 0
            while true {
                guard sigwait(&waited, &number) == 0 else { continue }
                answer(number)
            }
        }
    }

    /// Has a signal answered by this handler from now on. When the handler returns, the process ends by `128 + signal`.
    static func handle(_ body: @escaping Handler) { handler.withLock { $0 = body } }

    /// Back to ending at once.
    static func handleNoMore() { handler.withLock { $0 = nil } }

    /// The name of a signal for people.
    static func name(_ number: Int32) -> String { number == SIGINT ? "SIGINT" : "SIGTERM" }

    private static func answer(_ number: Int32) -> Never {
        if let handle = handler.withLock({ $0 }) {
            handle(number)
        } else {
            abandonUnfinishedFiles()
            Console.error("mlsys: interrupted by \(name(number))")
        }
        endAtOnce(128 + number)
    }

    private static func isIgnored(_ action: sigaction) -> Bool {
        #if os(Linux)
            let disposition = action.__sigaction_handler.sa_handler
        #else
            let disposition = action.__sigaction_u.__sa_handler
        #endif
        return unsafeBitCast(disposition, to: Int.self) == unsafeBitCast(SIG_IGN, to: Int.self)
    }
}
