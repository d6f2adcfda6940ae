import DesignSpace
import Foundation
import Reporting
import TensorGraph

/// Results of a sweep as JSON lines: those of the runs first, then one for each point.
struct SweepFile {
    var runs: [SweepRun] = []
    var rows: [SweepRow] = []
    /// The file that each row is from, and its line.
    private var origins: [Int: (path: String, line: Int)] = [:]

    /// Nothing yet.
    init() {}

    /// Reads files that ``text()`` made, a torn last line left out, and puts them together in the order of the sweep.
    ///
    /// - Parameters:
    ///   - paths: the files.
    ///   - problem: the problem that they have to be about.
    ///   - reductionCap: with which rows were found.
    /// - Throws: ``FileError`` when a file cannot be read, is about another problem, or holds a point that another one
    ///   holds.
    init(_ paths: [String], about problem: Problem, reductionCap: String) throws(FileError) {
        for path in paths {
            for (line, record) in try JSONLines.read(path, as: SweepRecord.self, what: "a result of sweep") {
                switch record {
                case .run(let run):
                    guard run.fingerprint == problem.fingerprint, run.reductionCap == reductionCap else {
                        throw FileError(
                            path: path, kind: .badData,
                            message: "line \(line) is about another problem or reduction cap (\(run.problem))")
                    }
                    runs.append(run)
                case .point(let row):
                    guard !runs.isEmpty else {
                        throw FileError(
                            path: path, kind: .badData, message: "line \(line) is a point, and no run stands before it")
                    }
                    if let other = origins.updateValue((path, line), forKey: row.number) {
                        throw FileError(
                            path: path, kind: .badData,
                            message: "line \(line): point \(row.number) is in \(other.path) as well")
                    }
                    rows.append(row)
                }
            }
        }
        rows.sort { $0.number < $1.number }
    }

    /// Where a row was read, and why it cannot be used.
    func fault(_ row: SweepRow, _ message: String) -> FileError {
        let origin = origins[row.number]
        return FileError(
            path: origin?.path ?? "", kind: .badData,
            message: "line \(origin?.line ?? 0): point \(row.number) \(message)")
    }

    /// The file's text.
    func text() throws -> String {
        try (runs.map(SweepRecord.run) + rows.map(SweepRecord.point)).map { try jsonLine($0) }.joined()
    }
}
