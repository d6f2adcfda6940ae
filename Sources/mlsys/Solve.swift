import ArgumentParser
import CostModel
import Scheduling

/// `mlsys solve PROBLEM -o SCHEDULE`, and `mlsys PROBLEM SCHEDULE`.
struct Solve: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Schedule a problem and write the schedule to a file.",
        usage: """
            mlsys PROBLEM SCHEDULE
            mlsys solve PROBLEM -o SCHEDULE [--method auto|hybrid|exact|list]
                  [--time-limit SECONDS | --rounds N] [--gap GAP] [--threads N]
                  [--seed N] [--warm-start SCHEDULE] [--log FILE]
                  [--progress auto|always|never] [--json]
            """,
        discussion: """
            auto:   list scheduling, large-neighbourhood search, and proof by pricing
                    or enumeration.
            hybrid: the same without trying to prove.
            exact:  proof alone.
            list:   the greedy list scheduler alone.
            Unless told otherwise auto and exact run until they have a proof, 60 s at
            most. In the first form auto, and hybrid in any, use 90% of the contest's
            time: 2 s up to 10 ops, 5 s up to 24, 15 s up to 48, 30 s up to 80, 60 s up
            to 108, else 120 s. Every better schedule is written at once. SIGTERM or
            SIGINT ends the search with the best one on disk.
            """)

    @Argument(help: ArgumentHelp("The problem file.", valueName: "PROBLEM"), completion: .file())
    var problem: String

    @Argument(help: ArgumentHelp("The schedule file to write.", valueName: "SCHEDULE"), completion: .file())
    var schedule: String?

    @Option(
        name: .shortAndLong, help: ArgumentHelp("The schedule file to write.", valueName: "SCHEDULE"),
        completion: .file())
    var output: String?

    @Option(help: "How the schedule is found.")
    var method = SolveMethod.auto

    @OptionGroup(title: "List scheduling")
    var listScheduling: ListSchedulingOptions

    @Option(help: "How deep a k-step may be: as deep as the hardware's native size, or as deep as the reduction.")
    var reductionCap = ReductionCap.native

    @OptionGroup(title: "Search")
    var exact: ExactSearchOptions

    @OptionGroup(title: "Improvement")
    var improvement: ImprovementOptions

    @OptionGroup(title: "Watching")
    var watch: WatchOptions

    @Flag(help: "Print the result as JSON.")
    var json = false

    mutating func validate() throws {
        guard (schedule == nil) != (output == nil) else {
            throw ValidationError(
                schedule == nil
                    ? "Name the schedule file to write: mlsys PROBLEM SCHEDULE, or -o SCHEDULE."
                    : "Name the schedule file once, either as an argument or with -o.")
        }
        guard method == .list || listScheduling.usesAll else {
            throw ValidationError("Ideas of the list scheduler can be switched off with --method list only.")
        }
        try ArgumentChecks.ignored(exact.changed.union(improvement.changed).intersection(ignored).sorted(), by: method)
        try ArgumentChecks.inputs([("PROBLEM", problem), ("--warm-start", improvement.warmStart)])
        try ArgumentChecks.outputs([("SCHEDULE", schedule ?? output), ("--log", watch.log == "-" ? nil : watch.log)])
        if let log = watch.log, log == schedule ?? output {
            throw ValidationError("--log and the schedule have to be different files.")
        }
    }

    /// Options that the method has no use for.
    private var ignored: Set<String> {
        switch method {
        case .auto: []
        case .hybrid: ["--engine", "--candidates"]
        case .exact: ["--seed", "--rounds"]
        case .list:
            [
                "--gap", "--threads", "--candidates", "--engine", "--solver", "--seed", "--rounds", "--warm-start",
            ]
        }
    }

    /// The limit of a proof for which nobody has set one; nil where the contest's limit applies, or none.
    private var proofTimeLimitSeconds: Double? {
        switch method {
        case .auto where schedule == nil && improvement.rounds == nil: ExactSearchOptions.defaultTimeLimitSeconds
        case .exact: ExactSearchOptions.defaultTimeLimitSeconds
        case .auto, .hybrid, .list: nil
        }
    }

    func run() throws {
        var listOptions = listScheduling.options
        listOptions.reductionCap = reductionCap
        var options = exact.scheduler(cap: reductionCap)
        options.maximumRounds = improvement.rounds
        options.seed = improvement.seed
        try SolvePipeline(
            problemPath: problem, schedulePath: schedule ?? output ?? "", method: method, listOptions: listOptions,
            options: options, solver: try exact.solver.makeSolver(),
            timeLimitSeconds: exact.timeLimit ?? proofTimeLimitSeconds, gap: exact.gap,
            warmStartPath: improvement.warmStart, logPath: watch.log, progress: watch.progress, json: json
        ).run()
    }
}

/// Switches for the ideas of the list scheduler, to measure what each is worth.
struct ListSchedulingOptions: ParsableArguments {
    @Flag(inversion: .prefixedNo, help: "Put producers and consumers into one step.")
    var fusion = true

    @Flag(inversion: .prefixedNo, help: "Keep tensors in fast memory between steps.")
    var retention = true

    @Flag(inversion: .prefixedNo, help: "Put ops of independent branches that share a tensor into one step.")
    var staggering = true

    @Flag(help: "Layer by layer: append maps to the op before them, and nothing else.")
    var epiloguesOnly = false

    /// True when nothing is switched off.
    var usesAll: Bool { fusion && retention && staggering && !epiloguesOnly }

    var options: ListScheduler.Options {
        var options = ListScheduler.Options()
        options.fusion = fusion
        options.retention = retention
        options.staggering = staggering
        options.epiloguesOnly = epiloguesOnly
        return options
    }
}
