import ArgumentParser
import CostModel
import DesignSpace
import Foundation
import ModelImport
import Reporting
import Scheduling
import TensorGraph

/// `mlsys sweep PROBLEM`: how latency and bound change with the hardware.
struct Sweep: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Solve a problem on many chips and show how latency and bound change.",
        usage: """
            mlsys sweep PROBLEM --capacity 32k:1M:x2 [--bandwidth VALUES]
                  [--native VALUES] [--time-limit SECONDS | --rounds N]
                  [--json FILE [--resume]] [--csv FILE] [--page FILE]
                  [--shard I/N|auto]
            mlsys sweep MODEL.onnx --hardware CHIP.json --capacity VALUES ...
            mlsys sweep PROBLEM --merge PART... [--json FILE] [--csv FILE]
                  [--page FILE]
            """,
        discussion: """
            VALUES are a list, 32k,64k, or a range, FIRST:LAST:xFACTOR or
            FIRST:LAST:+STEP; k, M and G are 2^10, 2^20 and 2^30. There is a point for
            every combination. What is known at one point serves the others: schedules
            go wherever they fit, bounds wherever they hold.

            The table: moved are the elements that the schedule moves, compute its share
            of the latency; pareto marks points that less hardware does not equal, knee
            where more of it begins to buy less; from names the points that schedule and
            bound come from.

            With --rounds every point is solved for itself, without a clock: any number
            of shards has the rows of one run. --cost-factor 0 leaves data movement
            alone.
            """)

    @Argument(
        help: ArgumentHelp("The problem file; a model with --hardware.", valueName: "PROBLEM"), completion: .file())
    var problem: String

    @OptionGroup(title: "Points")
    var axes: SweepAxes

    @Option(help: ArgumentHelp("Multiply all costs of ops.", valueName: "FACTOR"))
    var costFactor = 1.0

    @OptionGroup(title: "Model")
    var model: SweepModelOptions

    @Option(help: "How schedules are found: auto, hybrid or exact.")
    var method = SolveMethod.auto

    @Option(help: ArgumentHelp("Seconds for a point at most; 60 unless --rounds is given.", valueName: "SECONDS"))
    var timeLimit: Double?

    @Option(help: ArgumentHelp("Rounds of large-neighbourhood search at each point.", valueName: "N"))
    var rounds: Int?

    @Option(help: ArgumentHelp("A point is done when the gap, a fraction, is at most this.", valueName: "GAP"))
    var gap = 0.0

    @Option(help: "How deep a k-step may be: as deep as the hardware's native size, or as deep as the reduction.")
    var reductionCap = ReductionCap.native

    @Option(help: ArgumentHelp("Cores to use.", valueName: "N"))
    var threads = Scheduler.Options().threads

    @Option(help: ArgumentHelp("Seed of the choices that are made at random.", valueName: "N"))
    var seed = Scheduler.Options().seed

    @Option(
        help: ArgumentHelp(
            "The part to run: points I, I + N and so on; auto: what Slurm or Kubernetes says.", valueName: "I/N|auto"))
    var shard: ShardOption?

    @Option(
        parsing: .upToNextOption, help: ArgumentHelp("Files of --json to put together.", valueName: "PART"),
        completion: .file())
    var merge: [String] = []

    @Option(
        help: ArgumentHelp("Write the points as JSON lines, after each one.", valueName: "FILE"), completion: .file())
    var json: String?

    @Flag(help: "Keep the points that the file of --json holds; solve the others.")
    var resume = false

    @Option(help: ArgumentHelp("Write the points as comma-separated values.", valueName: "FILE"), completion: .file())
    var csv: String?

    @Option(help: ArgumentHelp("Write a page with the curves.", valueName: "FILE"), completion: .file())
    var page: String?

    @Option(help: "Print a line per point to standard error as it is done; auto: when that is a terminal.")
    var progress = ProgressMode.auto

    mutating func validate() throws {
        try ArgumentChecks.inputs([("PROBLEM", problem)])
        try ArgumentChecks.outputs([("--json", json), ("--csv", csv), ("--page", page)])
        try ArgumentChecks.number("--time-limit", timeLimit)
        try ArgumentChecks.number("--gap", gap)
        try ArgumentChecks.number("--cost-factor", costFactor)
        try ArgumentChecks.number("--threads", threads, least: 1)
        if let rounds { try ArgumentChecks.number("--rounds", rounds, least: 0) }
        guard gap < 1 else { throw ValidationError("--gap is \(gap); it is a fraction, below 1.") }
        guard costFactor.isFinite else { throw ValidationError("--cost-factor is \(costFactor).") }
        guard method != .list else {
            throw ValidationError("--method list proves no bounds; a sweep is auto, hybrid or exact.")
        }
        if merge.isEmpty {
            guard !axes.isEmpty else {
                throw ValidationError("Name what to change: --capacity, --bandwidth or --native.")
            }
        } else {
            guard axes.isEmpty, shard == nil, rounds == nil, timeLimit == nil else {
                throw ValidationError("--merge only puts results together; its parts say which points there are.")
            }
        }
        guard !resume || (json != nil && merge.isEmpty) else {
            throw ValidationError("--resume goes on with a run's --json FILE.")
        }
        _ = try shard?.resolved()
    }

    func run() throws {
        let source = try model.source(problem, costFactor: costFactor)
        let base = try source.base()
        for path in [json, csv, page] {
            if let path { try OutputFile.check(path, isNot: problem) }
        }
        let job = SweepJob(command: self, source: source, base: base)
        let results = try merge.isEmpty ? job.run() : job.merged()
        try job.write(results)
    }
}

/// How a model becomes the problem of a sweep.
struct SweepModelOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "The chip: PROBLEM is an ONNX model. Changes to it may follow.", valueName: "FILE|KEY=VALUE"),
        completion: .file(extensions: ["json"]))
    var hardware: [String] = []

    @Option(
        name: .customLong("dim"),
        help: ArgumentHelp("The length of a symbolic dimension; may be repeated.", valueName: "NAME=LENGTH"))
    var dimensions: [String] = []

    mutating func validate() throws {
        guard !hardware.isEmpty || dimensions.isEmpty else {
            throw ValidationError("--dim is for a model, which needs --hardware.")
        }
        if !hardware.isEmpty { try ChipArguments.check(hardware) }
        try ChipArguments.checkDimensions(dimensions)
    }

    /// Where the problem comes from.
    ///
    /// - Throws: ``FileError`` for a hardware file that is not one.
    func source(_ path: String, costFactor: Double) throws -> SweepSource {
        var options = ImportOptions()
        for (name, value) in dimensions.compactMap(ChipArguments.pair) { options.dimensions[name] = Int(value) }
        return SweepSource(
            path: path, chip: try ChipArguments.read(hardware), importOptions: options, costFactor: costFactor)
    }
}
