import ArgumentParser
import CostModel
import GLPKBackend
import Reporting
import Scheduling
import TensorGraph

/// `mlsys bound PROBLEM`: how fast no schedule can be.
struct Bound: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Print every lower bound of the latency, what it is about and how it was found.",
        discussion: """
            compute: every op computes each native tile of its output at least once.
            traffic: every graph input is loaded and every graph output evicted, streamed ones more than once.
            linear:  the linear relaxation over the candidates.
            search:  best-first search over the candidates.
            integer: branch and bound over the candidates.
            The last three are about the problem if the candidates are complete, and say so.
            Unless told otherwise it stops after 60 seconds. Then, and when SIGTERM or SIGINT comes,
            it prints the bounds that it has by then.
            """)

    @Argument(help: ArgumentHelp("The problem file.", valueName: "PROBLEM"), completion: .file())
    var problem: String

    @OptionGroup(title: "Exact search")
    var exact: ExactSearchOptions

    @Option(help: "How deep a k-step may be: as deep as the hardware's native size, or as deep as the reduction.")
    var reductionCap = ReductionCap.native

    @Option(help: "Print progress to standard error; auto: when that is a terminal.")
    var progress = ProgressMode.auto

    @Flag(help: "Print the result as JSON.")
    var json = false

    mutating func validate() throws { try ArgumentChecks.inputs([("PROBLEM", problem)]) }

    func run() throws {
        let loaded = try ProblemFile.read(problem)
        var options = exact.scheduler(cap: reductionCap)
        if exact.engine == .both { options.engine = .all }
        // Schedules are found on the way; nobody wants them.
        let monitor = SolveMonitor(
            schedulePath: "/dev/null", start: ProcessClock.start,
            observers: progress.isOn ? [ProgressPrinter(start: ProcessClock.start)] : [])
        let isJSON = json
        let ender = RunEnder(monitor, name: problem) { try Self.write(ProofReport($1), isJSON: isJSON) }
        Interruption.handle { ender.interrupt(by: $0) }
        let limit = exact.timeLimit ?? Self.defaultTimeLimitSeconds
        let control = monitor.makeControl(timeLimitSeconds: limit, gap: exact.gap)
        ender.watch(limitSeconds: limit)
        let outcome = Result {
            try Scheduler(loaded, solver: GLPKSolver(), options: options).schedule(control: control)
        }
        ender.awaitTurn()
        do {
            try Self.write(ProofReport(outcome.get()), isJSON: json)
        } catch let error as InfeasibleOp {
            throw Failure(error, problemPath: problem)
        } catch let error as FileError {
            throw error
        } catch {
            throw Failure(.internalError, "internal error: \(error)")
        }
    }

    private static let defaultTimeLimitSeconds = 60.0

    private static func write(_ report: ProofReport, isJSON: Bool) throws {
        try Console.write(isJSON ? jsonLine(report) : text(report))
    }

    private static func text(_ report: ProofReport) -> String {
        let width = Terminal.width
        let best =
            "best bound for the problem \(report.dualBound.map(readable) ?? "none"), "
            + "best schedule \(readable(report.incumbent)) (\(report.source)), gap \(report.gapText)"
        return report.table(width: width) + TextWidth.wrapped(best, to: width).joined(separator: "\n") + "\n"
            + report.summary(width: width) + "\n"
    }
}
