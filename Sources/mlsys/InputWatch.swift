import Foundation
import Synchronization
import TensorGraph

/// A time limit while input is read: a pipe into which nobody writes, or a file that takes long.
enum InputWatch {
    /// What reading may take beyond the limit, in seconds. A file that is there comes to its end, and a schedule is
    /// worth more than a message: it has more, of processor time, so that a busy machine does not count. For a pipe
    /// nobody knows.
    private static let overtime = (stream: 0.2, processor: 0.7, file: 5.0)

    /// Does what needs a file, and ends the process with a line that says so when that is not done in time.
    ///
    /// Nothing is written by then. Whoever reads may hang in the system, so the reader is not asked to stop.
    ///
    /// - Parameters:
    ///   - limitSeconds: the time limit, from the start of the process; nil for none.
    ///   - path: the file.
    ///   - verb: what is done with it.
    ///   - body: does it.
    static func within<Value>(
        _ limitSeconds: Double?, _ path: String, is verb: String = "read", _ body: () throws -> Value
    ) rethrows -> Value {
        guard let limitSeconds else { return try body() }
        let isOver = SharedFlag()
        let isStream = StandardStream.isStream(path)
        Thread.detachNewThread {
            while !isOver.isSet {
                let rest = limitSeconds - ProcessClock.seconds + (isStream ? overtime.stream : overtime.file)
                let work = limitSeconds - ProcessClock.processorSeconds + overtime.processor
                guard rest <= 0 || (!isStream && work <= 0) else {
                    // In pieces: no clock counts as far as a limit may reach.
                    Thread.sleep(forTimeInterval: min(rest, isStream ? rest : max(work, 0.02), 3600))
                    continue
                }
                guard isOver.set() else { return }
                let limit = String(format: "%g", limitSeconds)
                let error = FileError(
                    path: path, kind: verb == "read" ? .noInput : .cannotCreate,
                    message: "could not be \(verb) within the time limit of \(limit) s; nothing is written")
                Console.error("mlsys: \(error)")
                endAtOnce(ExitStatus.noSchedule.rawValue)
            }
        }
        // Where the limit was first, the process ends before this returns.
        defer { while !isOver.set() { sleep(1000) } }
        return try body()
    }
}

/// A flag that several threads hold.
private final class SharedFlag: Sendable {
    private let flag = Atomic(false)

    var isSet: Bool { flag.load(ordering: .acquiring) }

    /// True for the first caller.
    func set() -> Bool { !flag.exchange(true, ordering: .acquiringAndReleasing) }
}
