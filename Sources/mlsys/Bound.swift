import ArgumentParser
import CostModel
import Reporting
import Scheduling
import TensorGraph

/// `mlsys bound PROBLEM`: how fast no schedule can be.
struct Bound: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Print every lower bound of the latency, what it is about and how it was found.",
        usage: """
            mlsys bound PROBLEM [--time-limit SECONDS] [--gap GAP] [--threads N]
                  [--candidates N] [--engine both|all|program|search]
                  [--solver glpk|cbc|highs] [--reduction-cap native|none]
                  [--progress auto|always|never] [--certificate FILE] [--json]
            """,
        discussion: """
            compute: every op computes each native tile of its output at least once.
            traffic: every graph input is loaded and every graph output evicted, streamed
                     ones more than once.
            pricing: dual prices by which no step of the problem is worth more than it
                     costs.
            linear:  the linear relaxation over the candidates.
            search:  best-first search over the candidates.
            integer: branch and bound over the candidates.
            The last three are about the problem if the candidates are complete, and say so.
            Unless told otherwise it stops after 60 seconds. Then, and when SIGTERM or
            SIGINT comes, it prints the bounds that it has by then.

            --certificate writes the prices, for mlsys check-bound.
            """)

    @Argument(help: ArgumentHelp("The problem file.", valueName: "PROBLEM"), completion: .file())
    var problem: String

    @OptionGroup(title: "Exact search")
    var exact: ExactSearchOptions

    @Option(help: "How deep a k-step may be: as deep as the hardware's native size, or as deep as the reduction.")
    var reductionCap = ReductionCap.native

    @Option(help: "Print progress to standard error; auto: when that is a terminal.")
    var progress = ProgressMode.auto

    @Option(
        help: ArgumentHelp("Write the dual prices that prove the bound to this file.", valueName: "FILE"),
        completion: .file())
    var certificate: String?

    @Flag(help: "Print the result as JSON.")
    var json = false

    mutating func validate() throws {
        try ArgumentChecks.inputs([("PROBLEM", problem)])
        try ArgumentChecks.outputs([("--certificate", certificate)])
    }

    func run() throws {
        let limit = exact.timeLimit ?? ExactSearchOptions.defaultTimeLimitSeconds
        let loaded = try InputWatch.within(limit, problem) { try ProblemFile.read(problem) }
        var options = exact.scheduler(cap: reductionCap)
        if exact.engine == .both { options.engine = .all }
        if let certificate { try OutputFile.check(certificate, isNot: problem) }
        // Schedules are found on the way; nobody wants them.
        let monitor = SolveMonitor(
            schedulePath: "/dev/null", start: ProcessClock.start,
            observers: progress.isOn ? [ProgressPrinter(start: ProcessClock.start)] : [])
        let (isJSON, certificate) = (json, certificate)
        let ender = RunEnder(monitor, name: problem) {
            // What is proven until then; nothing where pricing has proven nothing.
            if let certificate, let prices = $0.certificate {
                try writeAtomically(prices.text(), to: certificate, isLast: true)
            }
            try Self.write(ProofReport($0), isJSON: isJSON, besides: certificate)
        }
        Interruption.handle { ender.interrupt(by: $0) }
        let session = monitor.open(loaded, reductionCap: reductionCap, timeLimitSeconds: limit, gap: exact.gap)
        ender.watch(limitSeconds: limit)
        let outcome = Result {
            try Scheduler(loaded, solver: exact.solver.makeSolver(), options: options).schedule(in: session)
        }
        ender.awaitTurn()
        do {
            let result = try outcome.get()
            if let certificate { try write(result.certificate, to: certificate) }
            try Self.write(ProofReport(result), isJSON: json, besides: certificate)
        } catch let error as InfeasibleOp {
            throw Failure(error, problemPath: problem)
        } catch let error as FileError {
            throw error
        } catch let error as Failure {
            throw error
        } catch {
            throw Failure(.internalError, "internal error: \(error)")
        }
    }

    private func write(_ certificate: BoundCertificate?, to path: String) throws {
        guard let certificate else {
            throw Failure(.badData, "\(problem): no bound by pricing was found, so there is no certificate")
        }
        try writeAtomically(try certificate.text(), to: path)
    }

    private static func write(_ report: ProofReport, isJSON: Bool, besides certificate: String?) throws {
        try Console.write(isJSON ? jsonLine(report) : text(report), besides: certificate)
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
