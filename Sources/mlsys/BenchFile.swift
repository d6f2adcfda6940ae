import Foundation
import Reporting
import TensorGraph

/// Results of bench as JSON lines: those of the runs first, then one for each problem.
struct BenchFile {
    var runs: [BenchRun] = []
    var rows: [BenchRow] = []

    /// Nothing yet.
    init() {}

    /// Reads a file that ``text`` made; a last line that is torn off is left out.
    ///
    /// - Throws: ``FileError`` of kind `noInput` or `badData`, with the line.
    init(path: String) throws(FileError) {
        for (_, record) in try JSONLines.read(path, as: BenchRecord.self, what: "a result of bench") {
            switch record {
            case .run(let run): runs.append(run)
            case .problem(let row): rows.append(row)
            }
        }
    }

    /// Puts parts of a run together, in the order of a run that was not split.
    ///
    /// - Throws: ``FileError`` when a part cannot be read, or a problem is in two of them.
    init(merging paths: [String]) throws(FileError) {
        var origin: [String: String] = [:]
        for path in paths {
            let part = try BenchFile(path: path)
            for row in part.rows {
                if let other = origin.updateValue(path, forKey: row.problem) {
                    throw FileError(
                        path: path, kind: .badData, message: "problem \(row.problem) is in \(other) as well")
                }
            }
            runs += part.runs
            rows += part.rows
        }
        rows.sort { naturallyPrecedes($0.problem, $1.problem) }
    }

    /// The file's text.
    func text() throws -> String {
        try (runs.map(BenchRecord.run) + rows.map(BenchRecord.problem)).map { try jsonLine($0) }.joined()
    }
}

/// Order of names in which 2 comes before 10; the same everywhere.
func naturallyPrecedes(_ left: String, _ right: String) -> Bool {
    switch left.compare(right, options: [.numeric]) {
    case .orderedAscending: true
    case .orderedDescending: false
    case .orderedSame: left < right
    }
}
