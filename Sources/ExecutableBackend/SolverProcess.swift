import Foundation
import MIP
import ProcessShims
import Synchronization

/// An executable at work in a folder; neither stays behind when this process ends.
///
/// On Linux the kernel ends the executable with the thread that started it, even if that is killed. Elsewhere, and for
/// programs that the executable starts itself, ``endSolverPrograms()`` does it.
struct SolverProcess: ~Copyable {
    private let process: pid_t
    private let folder: URL

    private static let running = Mutex<(folders: [pid_t: URL], isOver: Bool)>(([:], false))

    /// Starts an executable in a folder, both its streams going to a file; nil when this process is about to end.
    ///
    /// - Throws: `POSIXError` when it cannot be run.
    init?(_ path: String, _ arguments: [String], in folder: URL, log: FileHandle) throws {
        // With the lock held: whoever ends all of them finds this one, or it is not started.
        let started = Self.running.withLock { state -> pid_t? in
            guard !state.isOver else { return nil }
            var words = ([path] + arguments).map { strdup($0) }
            defer { words.forEach { free($0) } }
            words.append(nil)
            let child = child_start(path, words, folder.path, log.fileDescriptor)
            if child > 0 { state.folders[child] = folder }
            return child
        }
        guard let started else { return nil }
        guard started > 0 else { throw POSIXError(POSIXErrorCode(rawValue: errno) ?? .ENOEXEC) }
        process = started
        self.folder = folder
    }

    /// What ended an executable.
    enum Ending {
        case exit
        case signal(Int32)
    }

    /// How it ended; nil as long as it runs.
    borrowing func ending() -> Ending? {
        var status: Int32 = 0
        let found = waitpid(process, &status, WNOHANG)
        guard found != 0, !(found < 0 && errno == EINTR) else { return nil }
        Self.running.withLock { _ = $0.folders.removeValue(forKey: process) }
        let signal = status & 0x7f
        return found < 0 || signal == 0 ? .exit : .signal(signal)
    }

    /// Ends it and what it started, and waits until it is gone.
    consuming func kill() {
        child_kill(process)
        while ending() == nil { Thread.sleep(forTimeInterval: 0.001) }
    }

    /// Ends all executables and removes their folders; no more are started.
    static func endAll() {
        running.withLock { state in
            state.isOver = true
            for (process, folder) in state.folders {
                child_kill(process)
                try? FileManager.default.removeItem(at: folder)
            }
        }
    }
}

/// Ends the executables of all solvers and removes their files, for a process that is about to end.
package func endSolverPrograms() { SolverProcess.endAll() }
