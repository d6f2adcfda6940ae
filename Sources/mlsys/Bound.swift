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
            pricing: dual prices by which no step of the problem is worth more than it costs.
            linear:  the linear relaxation over the candidates.
            search:  best-first search over the candidates.
            integer: branch and bound over the candidates.
            The last three are about the problem if the candidates are complete, and say so.
            Stops after 60 s unless --time-limit says otherwise.

            --certificate writes the prices, for mlsys check-bound.
            """)

    @Argument(help: ArgumentHelp("The problem file.", valueName: "PROBLEM"), completion: .file())
    var problem: String

    @OptionGroup(title: "Exact search")
    var exact: ExactSearchOptions

    @Option(help: "How deep a k-step may be: as deep as the hardware's native size, or as deep as the reduction.")
    var reductionCap = ReductionCap.native

    @Option(
        help: ArgumentHelp("Write the dual prices that prove the bound to this file.", valueName: "FILE"),
        completion: .file())
    var certificate: String?

    @Flag(help: "Print the result as JSON.")
    var json = false

    mutating func validate() throws { try ArgumentChecks.inputs([("PROBLEM", problem)]) }

    func run() throws {
        let loaded = try ProblemFile.read(problem)
        var options = exact.scheduler(cap: reductionCap)
        if exact.engine == .both { options.engine = .all }
        let control = SolveControl(
            timeLimitSeconds: exact.timeLimit ?? ExactSearchOptions.defaultTimeLimitSeconds, gap: exact.gap)
        if let certificate { try OutputFile.check(certificate, isNot: problem) }
        let report: ProofReport
        let found: BoundCertificate?
        do {
            let result = try Scheduler(loaded, solver: GLPKSolver(), options: options).schedule(control: control)
            report = ProofReport(result)
            found = result.certificate
        } catch let error as InfeasibleOp {
            throw Failure(error, problemPath: problem)
        } catch {
            throw Failure(.internalError, "internal error: \(error)")
        }
        if let certificate {
            guard let found else {
                throw Failure(.badData, "\(problem): no bound by pricing was found, so there is no certificate")
            }
            try writeAtomically(try found.text(), to: certificate)
        }
        try Console.write(json ? jsonLine(report) : text(report))
    }

    private func text(_ report: ProofReport) -> String {
        let width = Terminal.width
        let best =
            "best bound for the problem \(report.dualBound.map(readable) ?? "none"), "
            + "best schedule \(readable(report.incumbent)) (\(report.source)), gap \(report.gapText)"
        return report.table(width: width) + TextWidth.wrapped(best, to: width).joined(separator: "\n") + "\n"
            + report.summary(width: width) + "\n"
    }
}
