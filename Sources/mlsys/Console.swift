import Foundation
import TensorGraph

/// Standard output and standard error.
enum Console {
    /// Writes text to standard output. A reader that went away is no error.
    ///
    /// - Throws: ``FileError`` of kind `cannotCreate`, when the disk is full for example.
    static func write(_ text: String) throws(FileError) {
        let code = send(text, to: STDOUT_FILENO)
        guard code == 0 || code == EPIPE else {
            throw FileError(
                path: "standard output", kind: .cannotCreate,
                message: "cannot be written: " + String(cString: strerror(code)))
        }
    }

    /// Writes a summary to standard output, or to standard error when one of the results goes to standard output, which
    /// then holds nothing else.
    ///
    /// - Throws: ``FileError`` of kind `cannotCreate`, when the disk is full for example.
    static func write(_ summary: String, besides results: String?...) throws(FileError) {
        if results.contains(where: { $0.map(StandardStream.isOutput) ?? false }) {
            _ = send(summary, to: STDERR_FILENO)
        } else {
            try write(summary)
        }
    }

    /// Writes one line to standard error.
    static func error(_ line: String) {
        _ = send(line + "\n", to: STDERR_FILENO)
    }

    /// The error number of the first write that failed, or 0.
    private static func send(_ text: String, to descriptor: Int32) -> Int32 {
        var text = text
        return text.withUTF8 { bytes in
            var rest = UnsafeRawBufferPointer(bytes)[...]
            while !rest.isEmpty {
                let count = Foundation.write(descriptor, UnsafeRawBufferPointer(rebasing: rest).baseAddress, rest.count)
                if count < 0, errno == EINTR { continue }
                guard count > 0 else { return errno }
                rest = rest.dropFirst(count)
            }
            return 0
        }
    }
}
