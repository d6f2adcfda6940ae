import Foundation
import TensorGraph

/// Reads files of JSON lines that a run which was stopped may have left unfinished.
enum JSONLines {
    /// The records of a file, with the number of the line that each stands on.
    ///
    /// A last line without a newline that is no record was torn off while it was written: it is left out, and said so
    /// on standard error. Any other line that is no record is a fault, and so is one with none before it: that is some
    /// other file. A file without a byte holds no records.
    ///
    /// - Parameters:
    ///   - path: the file.
    ///   - what: what a line should be, for the message.
    /// - Throws: ``FileError`` of kind `noInput` or `badData`, with the line.
    static func read<Record: Decodable>(
        _ path: String, as type: Record.Type, what: String
    ) throws(FileError) -> [(line: Int, record: Record)] {
        let decoder = JSONDecoder()
        decoder.keyDecodingStrategy = .convertFromSnakeCase
        var status = stat()
        if stat(path, &status) == 0, status.st_mode & S_IFMT == S_IFREG, status.st_size == 0 { return [] }
        let data = try readFile(path)
        let newline = UInt8(ascii: "\n")
        let lines = data.split(separator: newline, omittingEmptySubsequences: false)
        var records: [(line: Int, record: Record)] = []
        for (index, line) in lines.enumerated() where !line.isEmpty {
            if let record = try? decoder.decode(Record.self, from: Data(line)) {
                records.append((index + 1, record))
            } else if index == lines.count - 1, data.last != newline, !records.isEmpty {
                Console.error("mlsys: \(path): line \(index + 1) is torn off and left out")
            } else {
                throw FileError(path: path, kind: .badData, message: "line \(index + 1) is not \(what)")
            }
        }
        return records
    }
}
