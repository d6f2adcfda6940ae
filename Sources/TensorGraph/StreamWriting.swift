import Foundation

/// Writes text to standard output, a pipe, a terminal or a device.
///
/// A pipe is waited for: until someone opens it to read, and until the reader has room. A reader of standard output
/// that went away is no error where the path is `-`.
///
/// - Parameters:
///   - target: the path at the end of links.
///   - path: the path as the user gave it.
///   - deadline: when to give up waiting; nil for never.
/// - Throws: ``FileError`` of kind `cannotCreate`.
func writeToStream(
    _ text: String, _ target: String, until deadline: ContinuousClock.Instant?, reporting path: String
) throws(FileError) {
    let isOutput = StandardStream.isOutput(path)
    let descriptor = isOutput ? STDOUT_FILENO : openStream(target, until: deadline)
    guard descriptor >= 0 else { throw fault(path, errno) }
    let code = send(text, to: descriptor, until: deadline)
    let isClosed = isOutput || close(descriptor) == 0
    if code == EPIPE, path == StandardStream.name { return }
    guard code == 0 else { throw fault(path, code) }
    guard isClosed else { throw fault(path, errno) }
}

/// Opening a pipe for writing fails at once, rather than block, as long as nobody reads it.
private func openStream(_ target: String, until deadline: ContinuousClock.Instant?) -> Int32 {
    while true {
        let descriptor = open(target, O_WRONLY | O_NONBLOCK | O_CLOEXEC)
        guard descriptor < 0, errno == ENXIO || errno == EINTR else { return descriptor }
        if let deadline, ContinuousClock.now >= deadline {
            errno = ENXIO
            return -1
        }
        usleep(5000)
    }
}

/// As many bytes as a pipe takes without blocking once it is ready for any (POSIX, `PIPE_BUF`).
private let bytesAtOnce = 512

/// - Returns: 0, or the number of the error.
private func send(_ text: String, to descriptor: Int32, until deadline: ContinuousClock.Instant?) -> Int32 {
    var text = text
    return text.withUTF8 { bytes in
        var rest = UnsafeRawBufferPointer(bytes)[...]
        while !rest.isEmpty {
            guard isReady(descriptor, until: deadline) else { return ETIMEDOUT }
            let part = UnsafeRawBufferPointer(rebasing: rest.prefix(deadline == nil ? rest.count : bytesAtOnce))
            let count = Foundation.write(descriptor, part.baseAddress, part.count)
            if count < 0, errno == EINTR || errno == EAGAIN { continue }
            guard count > 0 else { return errno }
            rest = rest.dropFirst(count)
        }
        return 0
    }
}

private func isReady(_ descriptor: Int32, until deadline: ContinuousClock.Instant?) -> Bool {
    while true {
        let milliseconds = deadline.map { max(0, ContinuousClock.now.duration(to: $0) / .milliseconds(1)) }
        var request = pollfd(fd: descriptor, events: Int16(POLLOUT), revents: 0)
        let count = poll(&request, 1, milliseconds.map { Int32(min(1e9, $0.rounded(.up))) } ?? -1)
        if count > 0 { return true }
        if count == 0 { return false }
        // Whatever else is wrong, the write will tell.
        guard errno == EINTR else { return true }
    }
}

private func fault(_ path: String, _ code: Int32) -> FileError {
    let reason =
        switch code {
        case ENXIO: "nobody reads it"
        case ETIMEDOUT: "its reader stopped reading"
        default: String(cString: strerror(code))
        }
    return FileError(path: path, kind: .cannotCreate, message: "cannot be written: \(reason)")
}
