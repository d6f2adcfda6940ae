import Foundation
import Reporting
import Scheduling
import Synchronization
import TensorGraph

/// A file of JSON lines that tell what happened while a problem was solved, each written as it happens.
///
/// A line is appended by a single call, so that several processes may share a file. The fields of each event are
/// described in `models/schema/log.schema.json`.
final class EventLog: SolveObserver {
    private let path: String
    private let descriptor: Int32
    private let hasFailed = Atomic(false)

    /// Opens the file, or standard error for `-`.
    ///
    /// - Throws: ``FileError`` of kind `cannotCreate`.
    init(_ path: String) throws(FileError) {
        self.path = path
        descriptor = path == "-" ? STDERR_FILENO : open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0o666)
        guard descriptor >= 0 else { throw Self.error(path) }
    }

    deinit { if descriptor != STDERR_FILENO { close(descriptor) } }

    func observe(_ event: SolveControl.Event, at seconds: Double) {
        switch event {
        case .incumbent(let snapshot):
            append(
                Incumbent(
                    seconds: seconds, source: snapshot.source.rawValue, latency: snapshot.latency,
                    steps: snapshot.schedule.steps.count))
        case .bound(let bound):
            append(
                Bound(
                    seconds: seconds, kind: bound.kind.rawValue, value: bound.value, scope: bound.scope.description,
                    isAboutProblem: bound.scope.isAboutProblem))
        case .phase(let phase): append(Phase(seconds: seconds, phase: phase.rawValue))
        case .progress: break
        }
    }

    /// Appends any record that has a field `event`.
    func append(_ record: some Encodable) {
        guard !hasFailed.load(ordering: .relaxed) else { return }
        guard var line = try? jsonLine(record) else { return }
        let isWritten = line.withUTF8 { bytes in
            var count = 0
            repeat { count = write(descriptor, bytes.baseAddress, bytes.count) } while count < 0 && errno == EINTR
            return count == bytes.count
        }
        // Told once; a schedule is worth more than its log.
        if !isWritten, !hasFailed.exchange(true, ordering: .relaxed) { Console.error("mlsys: \(Self.error(path))") }
    }

    private static func error(_ path: String) -> FileError {
        FileError(path: path, kind: .cannotCreate, message: "cannot be written: " + String(cString: strerror(errno)))
    }

    /// The first line of a solution.
    struct Start: Encodable {
        let event = "start"
        let seconds: Double
        let version = MLSysCommand.version
        let problem: String
        let fingerprint: String
        let ops: Int
        let method: String
        let timeLimitSeconds: Double?
        let threads: Int
        let seed: UInt64
    }

    private struct Incumbent: Encodable {
        let event = "incumbent"
        let seconds: Double
        let source: String
        let latency: Double
        let steps: Int
    }

    private struct Bound: Encodable {
        let event = "bound"
        let seconds: Double
        let kind: String
        let value: Double
        let scope: String
        let isAboutProblem: Bool
    }

    private struct Phase: Encodable {
        let event = "phase"
        let seconds: Double
        let phase: String
    }

    /// The last line of a solution.
    struct End: Encodable {
        let event = "end"
        let seconds: Double
        let status: String?
        let source: String
        let latency: Double
        let dualBound: Double?
        let gap: Double?
    }
}
