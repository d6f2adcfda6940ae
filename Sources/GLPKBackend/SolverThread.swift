import Foundation
import GLPKShims
import Logging

/// A thread on which a GLPK environment lives, from its first call to its last.
///
/// GLPK keeps its environment in thread-local storage: a problem must be created, used and deleted on one thread. Jobs
/// run one after the other, each while its caller waits; ``finish(_:)`` frees the environment.
final class SolverThread: Sendable {
    private static let stackBytes = 64 << 20

    /// Handed between callers and the thread, under the condition's lock.
    private final class Queue: @unchecked Sendable {
        let condition = NSCondition()
        var jobs: [@Sendable () -> Void] = []
        var isFinished = false

        func push(_ job: @escaping @Sendable () -> Void, last: Bool) {
            condition.withLock {
                jobs.append(job)
                isFinished = isFinished || last
                condition.signal()
            }
        }

        /// The next job; nil after the last.
        func pop() -> (@Sendable () -> Void)? {
            condition.withLock {
                while jobs.isEmpty && !isFinished { condition.wait() }
                return jobs.isEmpty ? nil : jobs.removeFirst()
            }
        }
    }

    /// Where a job leaves its result; the semaphore orders the accesses.
    private final class Slot<Value>: @unchecked Sendable {
        var result: Result<Value, any Error>?
    }

    private let queue = Queue()

    /// Starts the thread; everything that GLPK prints on it goes to `logger`, or nowhere.
    init(name: String, logger: Logger?) {
        let queue = queue
        let thread = Thread {
            let log = TerminalLog(logger: logger)
            log.install()
            while let job = queue.pop() { job() }
            guard_free_environment()
            log.flush()
        }
        thread.name = name
        thread.stackSize = Self.stackBytes
        thread.start()
    }

    /// Runs a job on the thread and waits for it.
    func run<Value: Sendable>(_ body: @escaping @Sendable () throws -> Value) throws -> Value {
        let slot = Slot<Value>()
        let done = DispatchSemaphore(value: 0)
        queue.push(
            {
                slot.result = Result { try body() }
                done.signal()
            }, last: false)
        done.wait()
        guard let result = slot.result else { preconditionFailure("a job ended without a result") }
        return try result.get()
    }

    /// Runs a last job, without waiting for it, and ends the thread.
    func finish(_ body: @escaping @Sendable () -> Void = {}) { queue.push(body, last: true) }

    /// Runs one job on a thread of its own, which has freed its environment when the call returns.
    static func runOnce<Value: Sendable>(
        name: String, logger: Logger?, _ body: @escaping @Sendable () throws -> Value
    ) throws -> Value {
        let thread = SolverThread(name: name, logger: logger)
        defer { thread.finish() }
        return try thread.run {
            defer { guard_free_environment() }
            return try body()
        }
    }
}
