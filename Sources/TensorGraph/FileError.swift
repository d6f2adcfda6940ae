import Foundation

/// Why a file could not be read or written; one line for people, and what kind of exit it deserves.
public struct FileError: Error, Sendable, CustomStringConvertible {
    /// What went wrong, in the terms of sysexits(3).
    public enum Kind: Sendable, Hashable {
        /// The file says something wrong (exit code 65).
        case badData
        /// The file is not there or cannot be read (exit code 66).
        case noInput
        /// The file cannot be written (exit code 73).
        case cannotCreate
    }

    /// The path as the user gave it.
    public let path: String
    /// What went wrong.
    public let kind: Kind
    /// What is wrong, without the path.
    public let message: String

    /// Creates an error about one file.
    public init(path: String, kind: Kind, message: String) {
        self.path = path
        self.kind = kind
        self.message = message
    }

    /// One line: path and message, control characters made visible.
    public var description: String {
        let isStream = kind == .cannotCreate ? StandardStream.isOutput(path) : StandardStream.isInput(path)
        let place = isStream ? "standard \(kind == .cannotCreate ? "output" : "input")" : path
        return "\(place): \(message)".unicodeScalars
            .map { $0.value < 32 || $0.value == 127 ? "?" : String($0) }.joined()
    }
}

/// Reads a JSON file into `Value` and turns every fault into a ``FileError`` that says where in the file it is.
///
/// - Parameter describe: what an element of a list is about: an op, a tensor, a step, or nothing.
/// - Throws: ``FileError`` of kind `noInput` or `badData`.
func readJSON<Value: JSONReadable>(
    _ type: Value.Type, path: String, describe: (_ list: String, _ index: Int) -> String?
) throws(FileError) -> Value {
    let data = try readFile(path)
    let message: String
    do throws(JSONSyntaxError) {
        let (value, fault) = try JSONReader.read(type, from: data)
        guard let fault else { return value }
        message = fault.description(describe)
    } catch {
        message = "is not valid JSON: \(error.message)"
    }
    throw FileError(path: path, kind: .badData, message: message)
}

/// Files above this size are refused unread: no graph that this program can schedule comes near it.
private let largestFileBytes = 512 << 20

/// The bytes of a file that is not empty; of standard input for `-`.
///
/// - Throws: ``FileError`` of kind `noInput`, or `badData` when the file is empty or larger than 512 MiB.
package func readFile(_ path: String) throws(FileError) -> Data {
    let data =
        StandardStream.isInput(path)
        ? try StandardStream.read(upToCount: largestFileBytes + 1) : try readNamedFile(path)
    guard data.count <= largestFileBytes else {
        throw FileError(path: path, kind: .badData, message: "is larger than \(largestFileBytes >> 20) MiB")
    }
    guard !data.isEmpty else { throw FileError(path: path, kind: .badData, message: "is empty") }
    return data
}

private func readNamedFile(_ path: String) throws(FileError) -> Data {
    var isDirectory: ObjCBool = false
    guard FileManager.default.fileExists(atPath: path, isDirectory: &isDirectory) else {
        throw FileError(path: path, kind: .noInput, message: "no such file")
    }
    guard !isDirectory.boolValue else {
        throw FileError(path: path, kind: .noInput, message: "is a directory, not a file")
    }
    guard let handle = FileHandle(forReadingAtPath: path) else {
        throw FileError(path: path, kind: .noInput, message: "cannot be read")
    }
    defer { try? handle.close() }
    do {
        // An empty file reads as nil on some systems, as no bytes on others.
        return try handle.read(upToCount: largestFileBytes + 1) ?? Data()
    } catch {
        throw FileError(path: path, kind: .noInput, message: "cannot be read")
    }
}
