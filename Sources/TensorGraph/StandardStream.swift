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
    /// Standard input as a mapped file, once it is one; whoever asks again gets the same.
    private static let mappedInput = Mutex<Data?>(nil)

    /// At most `count` bytes of standard input, which can be read once.
    ///
    /// - Throws: ``FileError`` of kind `noInput`.
    static func read(upToCount count: Int) throws(FileError) -> Data {
        try claim()
        do {
            return try FileHandle.standardInput.read(upToCount: count) ?? Data()
        } catch {
            throw FileError(path: name, kind: .noInput, message: "cannot be read")
        }
    }

    /// All of standard input in bounded memory: a file is mapped, what comes through a pipe goes to a temporary file.
    ///
    /// - Throws: ``FileError`` of kind `noInput`.
    package static func mapped() throws(FileError) -> Data {
        if let known = mappedInput.withLock({ $0 }) { return known }
        try claim()
        let data: Data
        do {
            data = try mapFile() ?? mapCopy()
        } catch {
            throw FileError(path: name, kind: .noInput, message: "cannot be read, or not be kept in a temporary file")
        }
        mappedInput.withLock { $0 = data }
        return data
    }

    private static func claim() throws(FileError) {
        let isFirst = isRead.withLock { isRead in
            defer { isRead = true }
            return !isRead
        }
        guard isFirst else {
            throw FileError(path: name, kind: .noInput, message: "can be read once; only one input can be \(name)")
        }
    }

    /// - Returns: nil where standard input is no file, or is one that was read in part.
    private static func mapFile() throws -> Data? {
        var status = stat()
        guard fstat(STDIN_FILENO, &status) == 0, status.st_mode & S_IFMT == S_IFREG,
            lseek(STDIN_FILENO, 0, SEEK_CUR) == 0
        else { return nil }
        return try Data(contentsOf: URL(fileURLWithPath: "/dev/stdin"), options: .alwaysMapped)
    }

    private static func mapCopy() throws -> Data {
        let file = FileManager.default.temporaryDirectory.appendingPathComponent("mlsys-\(UUID().uuidString)")
        guard
            FileManager.default.createFile(atPath: file.path, contents: nil, attributes: [.posixPermissions: 0o600])
        else { throw CocoaError(.fileWriteUnknown) }
        // What is mapped stays as long as it is needed, without a name.
        defer { try? FileManager.default.removeItem(at: file) }
        let copy = try FileHandle(forWritingTo: file)
        defer { try? copy.close() }
        while let part = try FileHandle.standardInput.read(upToCount: 1 << 20), !part.isEmpty {
            try copy.write(contentsOf: part)
        }
        return try Data(contentsOf: file, options: .alwaysMapped)
    }
}
