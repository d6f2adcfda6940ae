import Foundation
import Synchronization

/// Replaces a file by new text in one step: readers see the old content or the new, never half of one.
///
/// The text goes to a temporary file in the same folder, which is then renamed. A symbolic link is followed, so that
/// the link stays and its target changes; the mode of an existing file is kept. Standard output, which is called `-`,
/// and special files such as pipes cannot be replaced and are written to, and so is a file in a folder that takes no
/// temporary file: it alone may be left half written.
///
/// - Parameters:
///   - text: what the file is to hold.
///   - path: the file.
///   - deadline: when to give up waiting for someone who reads a pipe; nil for never.
///   - isLast: true for what the process writes on its way to its end, after ``abandonUnfinishedFiles()``.
/// - Throws: ``FileError`` of kind `cannotCreate`; an existing file is then unchanged.
package func writeAtomically(
    _ text: String, to path: String, until deadline: ContinuousClock.Instant? = nil, isLast: Bool = false
) throws(FileError) {
    if StandardStream.isOutput(path) {
        return try writeToStream(text, path, until: deadline, reporting: path)
    }
    let target = try endOfLinks(path)
    var status = stat()
    let exists = stat(target, &status) == 0
    let kind = status.st_mode & S_IFMT
    if exists, kind == S_IFDIR {
        throw FileError(path: path, kind: .cannotCreate, message: "is a directory, not a file")
    }
    if exists, kind != S_IFREG {
        return try writeToStream(text, target, until: deadline, reporting: path)
    }
    if exists, access(target, W_OK) != 0 { throw systemError(path) }
    if exists, access(folder(of: target) + ".", W_OK | X_OK) != 0, isLast || !unfinished.withLock(\.isOver) {
        return try write(text, opening: target, flags: O_WRONLY | O_TRUNC, mode: 0, isLast: isLast, reporting: path)
    }
    // Named without the target's name, which may already be as long as a name can be.
    let temporary = folder(of: target) + ".mlsys.\(getpid()).\(UInt32.random(in: 0...UInt32.max)).tmp"
    do throws(FileError) {
        try write(
            text, opening: temporary, flags: O_WRONLY | O_CREAT | O_EXCL,
            mode: exists ? status.st_mode & 0o7777 : 0o666, isLast: isLast, reporting: path)
        if exists { _ = chmod(temporary, status.st_mode & 0o7777) }
        guard rename(temporary, target) == 0 else { throw systemError(path) }
        forget(temporary)
    } catch {
        unlink(temporary)
        forget(temporary)
        throw error
    }
}

/// Temporary files that are being written, and whether new ones may be made.
private let unfinished = Mutex<(files: Set<String>, isOver: Bool)>(([], false))

/// Removes the temporary files of all writes that are under way, for a process that is about to end.
///
/// Those writes fail and their targets keep what they had; every later write fails as well, but for last ones.
package func abandonUnfinishedFiles() {
    unfinished.withLock { state in
        for file in state.files { unlink(file) }
        state.isOver = true
    }
}

/// Opens a new temporary file, unless the process is about to end.
private func create(_ file: String, _ flags: Int32, _ mode: mode_t, isLast: Bool) -> Int32 {
    unfinished.withLock { state in
        guard isLast || !state.isOver else {
            errno = EINTR
            return -1
        }
        state.files.insert(file)
        return open(file, flags | O_CLOEXEC, mode)
    }
}

private func forget(_ file: String) { unfinished.withLock { _ = $0.files.remove(file) } }

/// The path at the end of a chain of symbolic links, whether there is a file or not yet.
///
/// - Throws: ``FileError`` of kind `cannotCreate` when the chain does not end.
package func endOfLinks(_ path: String) throws(FileError) -> String {
    var target = path
    // As many as the kernel follows.
    for _ in 0..<40 {
        guard let next = try? FileManager.default.destinationOfSymbolicLink(atPath: target) else { return target }
        let resolved = next.hasPrefix("/") ? next : folder(of: target) + next
        // Links such as /proc/self/fd/1 may name what is not in the file system, a pipe for example.
        guard !target.hasPrefix("/proc/") || access(resolved, F_OK) == 0 else { return target }
        target = resolved
    }
    throw FileError(path: path, kind: .cannotCreate, message: "is a symbolic link that leads to no file")
}

/// The part of a path before its last name: empty, or ending in a slash.
private func folder(of path: String) -> String {
    path.lastIndex(of: "/").map { String(path[...$0]) } ?? ""
}

private func write(
    _ text: String, opening target: String, flags: Int32, mode: mode_t, isLast: Bool, reporting path: String
) throws(FileError) {
    let isNew = flags & O_CREAT != 0
    let descriptor =
        isNew ? create(target, flags, mode, isLast: isLast) : open(target, flags | O_CLOEXEC)
    guard descriptor >= 0 else { throw systemError(path) }
    var bytes = ContiguousArray(text.utf8)[...]
    while !bytes.isEmpty {
        let written = bytes.withUnsafeBytes { Foundation.write(descriptor, $0.baseAddress, $0.count) }
        if written < 0, errno == EINTR { continue }
        guard written > 0 else {
            let failure = systemError(path)
            close(descriptor)
            throw failure
        }
        bytes = bytes.dropFirst(written)
    }
    guard close(descriptor) == 0 else { throw systemError(path) }
}

private func systemError(_ path: String) -> FileError {
    FileError(path: path, kind: .cannotCreate, message: "cannot be written: " + String(cString: strerror(errno)))
}
