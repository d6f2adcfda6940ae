import Foundation
import Synchronization

/// Standard input and standard output in the place of files, where a command line calls both `-`.
public enum StandardStream {
    /// What a command line calls them.
    public static let name = "-"

    /// True for standard input in the place of a file to read.
    public static func isInput(_ path: String) -> Bool { path == name }

    /// True for standard output in the place of a file to write, also by the names that the system gives it.
    public static func isOutput(_ path: String) -> Bool {
        [name, "/dev/stdout", "/dev/fd/1", "/proc/self/fd/1"].contains(path)
    }

    /// True when what is written there goes on to a reader, a device or a terminal, and cannot be replaced later.
    public static func isStream(_ path: String) -> Bool {
        if isOutput(path) { return true }
        var status = stat()
        return stat(path, &status) == 0 && ![S_IFREG, S_IFDIR].contains(status.st_mode & S_IFMT)
    }

    private static let isRead = Mutex(false)

    /// At most `count` bytes of standard input, which can be read once.
    ///
    /// - Throws: ``FileError`` of kind `noInput`.
    static func read(upToCount count: Int) throws(FileError) -> Data {
        let isFirst = isRead.withLock { isRead in
            defer { isRead = true }
            return !isRead
        }
        guard isFirst else {
            throw FileError(path: name, kind: .noInput, message: "can be read once; only one input can be \(name)")
        }
        do {
            return try FileHandle.standardInput.read(upToCount: count) ?? Data()
        } catch {
            throw FileError(path: name, kind: .noInput, message: "cannot be read")
        }
    }
}
