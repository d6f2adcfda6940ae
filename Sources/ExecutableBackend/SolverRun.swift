import Foundation
import MIP

/// One run of an executable: a model goes in as a file, a solution comes out as one.
struct SolverRun {
    let command: SolverCommand
    let path: String

    /// What a run came to.
    struct Outcome {
        /// What the solution file says; nil if there is none.
        var file: MIPSolutionFile?
        /// Its first line, or the last one of the log without one; for reports.
        var words: String
        /// Nodes, as far as the log tells.
        var nodes = 0
        /// What ended it before it was done, other than its own limits.
        var stopped: Limit?
    }

    /// Seconds that an executable may take beyond its time limit before it is ended.
    private static let grace = 1.0

    /// Runs the executable and waits.
    ///
    /// - Parameter isCancelled: polled every hundredth of a second; true ends the executable.
    /// - Throws: `MIPSolverError.solverFailure` when it cannot be run or its file not be read.
    func run(
        _ model: MIPModel, start: [Double]?, _ request: SolverRequest, isCancelled: (@Sendable () -> Bool)?
    ) throws -> Outcome {
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent("mlsys-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        let files = SolverFiles(in: folder)
        var request = request
        try Data(LPWriter(model).text().utf8).write(to: files.model)
        if let start {
            try Data(MIPStartWriter(start, of: model).text(command.startFormat).utf8).write(to: files.start)
            request.hasStart = true
        }
        if let options = command.optionsText(request) { try Data(options.utf8).write(to: files.options) }
        let stopped = try launch(files, request, isCancelled)
        let log = (try? String(contentsOf: files.log, encoding: .utf8)) ?? ""
        var outcome = Outcome(words: String(log.split(separator: "\n").last ?? ""), stopped: stopped)
        outcome.nodes = Self.nodes(in: log)
        if let text = try? String(contentsOf: files.solution, encoding: .utf8), !text.isEmpty {
            outcome.words = String(text.split(separator: "\n").first ?? "")
            do throws(MIPSolutionError) {
                outcome.file = try MIPSolutionFile(text)
            } catch {
                if stopped == nil { throw failure("its solution file: \(error)") }
            }
        } else if stopped == nil, log.localizedCaseInsensitiveContains("infeasible") {
            // Some runs that presolve decides leave no file.
            outcome.words = "infeasible, without a solution file"
        }
        return outcome
    }

    private func failure(_ meaning: String, code: Int = 0) -> MIPSolverError {
        .solverFailure(call: command.program, code: code, meaning: meaning)
    }

    private func launch(
        _ files: SolverFiles, _ request: SolverRequest, _ isCancelled: (@Sendable () -> Bool)?
    ) throws -> Limit? {
        try Data().write(to: files.log)
        let log = try FileHandle(forWritingTo: files.log)
        defer { try? log.close() }
        let folder = files.model.deletingLastPathComponent()
        let started: SolverProcess?
        do {
            started = try SolverProcess(path, command.arguments(files, request), in: folder, log: log)
        } catch {
            throw failure("cannot be run: \(error.localizedDescription)")
        }
        guard let process = started else { return .interrupted }
        let deadline = request.seconds.map { ContinuousClock.now + .seconds($0 + Self.grace) }
        while true {
            if let ending = process.ending() {
                if case .signal(let number) = ending { throw failure("ended by a signal", code: Int(number)) }
                return nil
            }
            let isLate = deadline.map { ContinuousClock.now > $0 } ?? false
            if isLate || isCancelled?() ?? false {
                process.kill()
                return isLate ? .time : .interrupted
            }
            Thread.sleep(forTimeInterval: 0.01)
        }
    }

    /// The number in CBC's `Enumerated nodes:` or HiGHS's `Nodes`.
    private static func nodes(in log: String) -> Int {
        for line in log.split(separator: "\n").reversed() {
            let words = line.split(separator: " ")
            if line.hasPrefix("Enumerated nodes:") || words.first == "Nodes",
                let count = words.last.flatMap({ Int($0) })
            {
                return count
            }
        }
        return 0
    }
}
