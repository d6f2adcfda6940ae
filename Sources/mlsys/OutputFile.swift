import Foundation
import TensorGraph

/// Checks of an output path that are cheap to make before the work that it waits for.
///
/// Writing may still fail later; this only spares people a long search whose result has no place to go.
enum OutputFile {
    /// - Throws: ``FileError`` of kind `cannotCreate` when the file can certainly not be written, or is the input.
    static func check(
        _ path: String, isNot input: String, named name: String = "problem file"
    ) throws(FileError) {
        if let output = identity(path), let source = identity(input), output == source {
            throw FileError(path: path, kind: .cannotCreate, message: "is the \(name) itself")
        }
        try check(path)
    }

    /// - Throws: ``FileError`` of kind `cannotCreate` when the file can certainly not be written.
    static func check(_ path: String) throws(FileError) {
        if StandardStream.isOutput(path) { return }
        let target = URL(fileURLWithPath: try endOfLinks(path))
        var status = stat()
        if stat(target.path, &status) == 0 {
            guard status.st_mode & S_IFMT != S_IFDIR else {
                throw FileError(path: path, kind: .cannotCreate, message: "is a directory, not a file")
            }
            guard access(target.path, W_OK) == 0 else { throw systemError(path) }
            // A file that is there can be written in place if its folder takes no new one.
            return
        }
        guard access(target.deletingLastPathComponent().path, W_OK | X_OK) == 0 else { throw systemError(path) }
    }

    private struct Identity: Equatable {
        let device: dev_t
        let node: ino_t
    }

    private static func identity(_ path: String) -> Identity? {
        var status = stat()
        guard stat(path, &status) == 0, status.st_mode & S_IFMT == S_IFREG else { return nil }
        return Identity(device: status.st_dev, node: status.st_ino)
    }

    private static func systemError(_ path: String) -> FileError {
        FileError(path: path, kind: .cannotCreate, message: "cannot be written: " + String(cString: strerror(errno)))
    }
}
