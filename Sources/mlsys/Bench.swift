import ArgumentParser
import Foundation
import Reporting
import Scheduling
import Synchronization
import TensorGraph

/// `mlsys bench DIR`: every problem of a folder, and what came of it.
struct Bench: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Solve every problem of a folder and tell what came of it.",
        usage: """
            mlsys bench DIR [--reference FILE] [--time-limit contest|SECONDS]
                  [--rounds N] [--method auto|hybrid|exact|list] [--shard I/N|auto]
                  [--threads N] [--seed N] [--json FILE [--resume]]
            mlsys bench --merge PART... [--json FILE]
            """,
        discussion: """
            Problems are the folder's *.json files, those of smaller numbers first. Every
            schedule is read again and evaluated. A problem that fails has a line that
            says why; the exit code is then 1. --json writes a line for the run and one
            for each problem, after each problem, so that a run that is stopped keeps
            what it has, and --resume goes on with it.
            --shard splits a folder for a job array; --merge puts the parts' files
            together. With --rounds no clock has a say: any number of parts have the
            rows of one run.
            """)

    @Argument(help: ArgumentHelp("The folder of problem files.", valueName: "DIR"), completion: .directory)
    var folder: String?

    @Option(
        parsing: .upToNextOption, help: ArgumentHelp("Files of --json to put together.", valueName: "PART"),
        completion: .file())
    var merge: [String] = []

    @Option(
        help: ArgumentHelp("Latencies to compare with: a JSON object, {\"problem\": latency}.", valueName: "FILE"),
        completion: .file())
    var reference: String?

    @Option(help: ArgumentHelp("Seconds for each problem; contest: by its number of ops.", valueName: "SECONDS"))
    var timeLimit = BenchTimeLimit.contest

    @Option(help: "How schedules are found.")
    var method = SolveMethod.auto

    @Option(help: ArgumentHelp("Rounds of large-neighbourhood search for each problem, and no clock.", valueName: "N"))
    var rounds: Int?

    @Option(
        help: ArgumentHelp(
            "The part to run: problems I, I + N and so on; auto: what Slurm or Kubernetes says.", valueName: "I/N|auto")
    )
    var shard: ShardOption?

    @Option(help: ArgumentHelp("Cores to use; without a clock they do not change the schedule.", valueName: "N"))
    var threads = Scheduler.Options().threads

    @Option(help: ArgumentHelp("Seed of the choices that are made at random.", valueName: "N"))
    var seed = Scheduler.Options().seed

    @Option(help: ArgumentHelp("Write the results as JSON lines.", valueName: "FILE"), completion: .file())
    var json: String?

    @Flag(help: "Keep the problems that the file of --json holds; solve the others.")
    var resume = false

    @Option(help: "Print a line per problem to standard error as it is done; auto: when that is a terminal.")
    var progress = ProgressMode.auto

    mutating func validate() throws {
        guard (folder == nil) != merge.isEmpty else {
            throw ValidationError("Name a folder of problems, or --merge and the parts to put together.")
        }
        guard merge.isEmpty || (shard == nil && reference == nil) else {
            throw ValidationError("--merge only puts results together: --shard and --reference are for a run.")
        }
        guard !resume || (json != nil && merge.isEmpty) else {
            throw ValidationError("--resume goes on with a run's --json FILE.")
        }
        if let rounds { try ArgumentChecks.number("--rounds", rounds, least: 0) }
        if case .fixed(let seconds) = timeLimit { try ArgumentChecks.number("--time-limit", seconds) }
        _ = try shard?.resolved()
        try ArgumentChecks.number("--threads", threads, least: 1)
        try ArgumentChecks.inputs([("DIR", folder), ("--reference", reference)])
        try ArgumentChecks.outputs([("--json", json)])
    }

    func run() throws {
        if let json { try OutputFile.check(json) }
        let results = try folder.map(run) ?? BenchFile(merging: merge)
        if let json { try writeAtomically(results.text(), to: json) }
        try Console.write(BenchTable(results.rows, width: Terminal.width).text, besides: json)
        guard results.rows.allSatisfy({ $0.error == nil }) else { throw Failure(.problemFailed, nil) }
    }

    private func run(_ folder: String) throws -> BenchFile {
        let references = try reference.map(Self.readReference) ?? [:]
        let problems = try Self.problems(in: folder)
        let shard = try self.shard?.resolved()
        let chosen = shard?.part(of: problems) ?? problems
        var results = try resumed()
        let work = FileManager.default.temporaryDirectory.appendingPathComponent("mlsys-bench-\(UUID().uuidString)")
        do {
            try FileManager.default.createDirectory(at: work, withIntermediateDirectories: true)
        } catch {
            throw FileError(path: work.path, kind: .cannotCreate, message: "cannot be created")
        }
        defer { try? FileManager.default.removeItem(at: work) }
        Interruption.handle { signal in
            abandonUnfinishedFiles()
            try? FileManager.default.removeItem(at: work)
            Console.error("mlsys: \(folder): interrupted by \(Interruption.name(signal))")
        }
        defer { Interruption.handleNoMore() }
        var options = Scheduler.Options()
        options.threads = threads
        options.seed = seed
        options.maximumRounds = rounds
        let task = BenchTask(
            method: method, options: options, timeLimit: timeLimit, schedulePath: work.path + "/schedule.json")
        results.runs.append(description(shard))
        let known = Set(results.rows.map(\.problem))
        for (index, problem) in chosen.enumerated() where !known.contains(BenchTask.name(of: problem)) {
            let row = task.row(of: problem, reference: references[BenchTask.name(of: problem)])
            results.rows.append(row)
            if let json, !StandardStream.isStream(json) { try writeAtomically(results.text(), to: json) }
            if progress.isOn { Console.error(Self.line(row, index + 1, of: chosen.count)) }
        }
        results.rows.sort { naturallyPrecedes($0.problem, $1.problem) }
        return results
    }

    /// What the file of an earlier run holds; nothing without one.
    private func resumed() throws -> BenchFile {
        guard resume, let json, FileManager.default.fileExists(atPath: json) else { return BenchFile() }
        return try BenchFile(path: json)
    }

    private static func line(_ row: BenchRow, _ number: Int, of count: Int) -> String {
        let outcome =
            row.error.map { "failed: \($0)" }
            ?? [row.latency.map { readable($0) }, row.status].compactMap(\.self).joined(separator: ", ")
        return "\(number)/\(count) \(row.problem): \(outcome), \(readable(row.seconds)) s"
    }

    /// The folder's problem files, 2 before 10.
    private static func problems(in folder: String) throws(FileError) -> [String] {
        guard let names = try? FileManager.default.contentsOfDirectory(atPath: folder) else {
            throw FileError(path: folder, kind: .noInput, message: "is not a folder that can be read")
        }
        let files = names.filter { $0.hasSuffix(".json") }.sorted(by: naturallyPrecedes)
        guard !files.isEmpty else { throw FileError(path: folder, kind: .noInput, message: "holds no *.json file") }
        return files.map { folder + (folder.hasSuffix("/") ? "" : "/") + $0 }
    }

    private static func readReference(_ path: String) throws -> [String: Double] {
        guard let latencies = try? JSONDecoder().decode([String: Double].self, from: try readFile(path)) else {
            _ = try readFile(path)
            throw FileError(path: path, kind: .badData, message: "is not a JSON object of latencies by problem")
        }
        for (problem, latency) in latencies where !(latency > 0 && latency.isFinite) {
            throw FileError(path: path, kind: .badData, message: "the latency of \(problem) is not above 0")
        }
        return latencies
    }

    private func description(_ shard: Shard?) -> BenchRun {
        BenchRun(
            command: CommandLine.arguments.map(Self.quoted).joined(separator: " "), version: MLSysCommand.version,
            date: Date.now.ISO8601Format(), machine: .current, method: method.rawValue,
            timeLimit: rounds == nil ? timeLimit.description : "none", rounds: rounds, threads: threads, seed: seed,
            shard: shard?.description)
    }

    static func quoted(_ word: String) -> String {
        let isPlain = !word.isEmpty && word.allSatisfy { $0.isLetter || $0.isNumber || "-_./=+:,@%".contains($0) }
        return isPlain ? word : "'" + word.replacing("'", with: "'\\''") + "'"
    }
}

extension BenchRun.Machine {
    /// The one that this program runs on.
    static var current: BenchRun.Machine {
        let information = (try? String(contentsOfFile: "/proc/cpuinfo", encoding: .utf8)) ?? ""
        let model = information.split(separator: "\n").first { $0.hasPrefix("model name") }?
            .split(separator: ":", maxSplits: 1).last
        let process = ProcessInfo.processInfo
        return BenchRun.Machine(
            cpu: model.map { $0.trimmingCharacters(in: .whitespaces) } ?? "unknown", cores: process.processorCount,
            system: process.operatingSystemVersionString)
    }
}
