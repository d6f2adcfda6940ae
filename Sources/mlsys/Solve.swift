import ArgumentParser
import CostModel
import Reporting
import Scheduling

/// `mlsys solve PROBLEM -o SCHEDULE`, and `mlsys PROBLEM SCHEDULE`.
struct Solve: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Schedule a problem and write the schedule to a file.",
        usage: """
            mlsys PROBLEM SCHEDULE
            mlsys solve PROBLEM -o SCHEDULE [--method auto|list|exact] [--json]
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

    @OptionGroup(title: "Exact search")
    var exact: ExactSearchOptions

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
    }

    func run() throws {
        var options = listScheduling.options
        options.reductionCap = reductionCap
        let report = try SolvePipeline(
            problemPath: problem, schedulePath: schedule ?? output ?? "", method: method, listOptions: options,
            exact: exact
        ).run()
        try Console.write(json ? jsonLine(report) : report.summary)
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

    /// True when nothing is switched off.
    var usesAll: Bool { fusion && retention && staggering }

    var options: ListScheduler.Options {
        var options = ListScheduler.Options()
        options.fusion = fusion
        options.retention = retention
        options.staggering = staggering
        return options
    }
}
