import DesignSpace
import Foundation
import GLPKBackend
import Reporting
import Scheduling
import TensorGraph

/// Runs a sweep, goes on with one, or puts the parts of one together.
struct SweepJob {
    let command: Sweep
    let source: SweepSource
    /// The problem on its own hardware.
    let base: Problem

    private static let defaultTimeLimitSeconds = 60.0

    private var options: SweepEngine.Options {
        var options = SweepEngine.Options()
        options.scheduler.method = command.method.scheduling ?? .auto
        options.scheduler.threads = command.threads
        options.scheduler.seed = command.seed
        options.scheduler.reductionCap = command.reductionCap
        options.scheduler.maximumRounds = command.rounds
        options.timeLimitSeconds = command.timeLimit ?? (command.rounds == nil ? Self.defaultTimeLimitSeconds : nil)
        options.gap = command.gap
        options.shares = command.rounds == nil
        return options
    }

    // MARK: Running

    /// Solves the points of this part, those of an earlier run left out.
    ///
    /// - Throws: ``FileError`` or ``Failure``.
    func run() throws -> SweepFile {
        let grid = try command.axes.grid(base.hardware)
        let shard = try command.shard?.resolved()
        let numbers = shard?.part(of: Array(grid.points.indices)) ?? Array(grid.points.indices)
        var results = try resumed()
        var engine = SweepEngine(
            try source.problems(base, at: numbers.map { grid.points[$0] }), solver: GLPKSolver(), options: options)
        let positions = Dictionary(uniqueKeysWithValues: numbers.enumerated().map { ($0.element, $0.offset) })
        for row in results.rows {
            guard let position = positions[row.number], row.point == grid.points[row.number] else {
                throw results.fault(row, "is not one of these points")
            }
            try take(row, at: position, of: results, into: &engine)
        }
        results.runs.append(description(shard))
        Interruption.handle { signal in
            abandonUnfinishedFiles()
            Console.error("mlsys: \(source.path): interrupted by \(Interruption.name(signal))")
        }
        defer { Interruption.handleNoMore() }
        let open = grid.order.compactMap { positions[$0] }.filter { engine.findings[$0] == nil }
        for (index, position) in open.enumerated() {
            do {
                try engine.solve(position)
            } catch {
                throw Failure(.internalError, "internal error at \(grid.points[numbers[position]]): \(error)")
            }
            results.rows = SweepRow.rows(engine.outcomes, engine.findings, numbers: numbers)
            // A stream takes the whole once, at the end.
            if let json = command.json, !StandardStream.isStream(json) { try writeAtomically(results.text(), to: json) }
            if command.progress.isOn {
                report(engine.outcomes[position], engine.findings[position], index + 1, of: open.count)
            }
        }
        results.rows = SweepRow.rows(engine.outcomes, engine.findings, numbers: numbers)
        return results
    }

    private func take(_ row: SweepRow, at position: Int, of file: SweepFile, into engine: inout SweepEngine) throws {
        guard let finding = row.finding else { throw file.fault(row, "holds what no sweep finds") }
        if let latency = finding.latency, let bound = row.found?.bound, bound > latency * (1 + Tolerance.agreement) {
            throw file.fault(row, "has a bound above its latency")
        }
        do {
            try engine.take(finding, at: position)
        } catch {
            throw file.fault(row, "holds an invalid schedule: \(error)")
        }
    }

    /// What the file of an earlier run holds; nothing without one.
    private func resumed() throws -> SweepFile {
        guard command.resume, let json = command.json, FileManager.default.fileExists(atPath: json) else {
            return SweepFile()
        }
        return try SweepFile([json], about: base, reductionCap: command.reductionCap.rawValue)
    }

    private func report(_ outcome: SweepOutcome, _ finding: Finding?, _ number: Int, of count: Int) {
        let latency = outcome.latency.map { "\(readable($0)), gap \(gapText(outcome.gap))" } ?? "no schedule"
        Console.error(
            "\(number)/\(count) \(outcome.point): \(latency), \(finding?.status ?? ""), "
                + "\(readable(finding?.seconds ?? 0)) s")
    }

    // MARK: Merging

    /// Puts parts together and shares among all points what the parts found.
    ///
    /// - Throws: ``FileError``.
    func merged() throws -> SweepFile {
        var results = try SweepFile(command.merge, about: base, reductionCap: command.reductionCap.rawValue)
        let points = try results.rows.map { row in
            guard let point = row.point else { throw results.fault(row, "has no native tile") }
            return point
        }
        var engine = SweepEngine(try source.problems(base, at: points), solver: GLPKSolver(), options: options)
        for (position, row) in results.rows.enumerated() { try take(row, at: position, of: results, into: &engine) }
        let numbers = results.rows.map(\.number)
        results.rows = SweepRow.rows(engine.outcomes, engine.findings, numbers: numbers)
        return results
    }

    // MARK: Writing

    /// Writes what is asked for; the table, unless standard output is taken.
    func write(_ results: SweepFile) throws {
        let table = SweepTable(results.rows, width: Terminal.width)
        if let json = command.json { try writeAtomically(results.text(), to: json) }
        if let csv = command.csv { try writeAtomically(table.csv, to: csv) }
        if let page = command.page {
            try writeAtomically(
                SweepPage(results.rows, problem: base, path: source.path, reductionCap: command.reductionCap).text(),
                to: page)
        }
        guard ![command.json, command.csv, command.page].contains(where: { $0.map(StandardStream.isOutput) ?? false })
        else { return }
        try Console.write(table.text)
    }

    private func description(_ shard: Shard?) -> SweepRun {
        SweepRun(
            command: CommandLine.arguments.map(Bench.quoted).joined(separator: " "), version: MLSysCommand.version,
            date: Date.now.ISO8601Format(), machine: .current, problem: source.path, fingerprint: base.fingerprint,
            reductionCap: command.reductionCap.rawValue, method: command.method.rawValue,
            timeLimitSeconds: options.timeLimitSeconds, rounds: command.rounds, threads: command.threads,
            seed: command.seed, shard: shard?.description)
    }
}
