import ArgumentParser
import CostModel
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
            """)

    @Argument(help: ArgumentHelp("The problem file.", valueName: "PROBLEM"), completion: .file())
    var problem: String

    @OptionGroup(title: "Exact search")
    var exact: ExactSearchOptions

    @Option(help: "How deep a k-step may be: as deep as the hardware's native size, or as deep as the reduction.")
    var reductionCap = ReductionCap.native

    @Flag(help: "Print the result as JSON.")
    var json = false

    mutating func validate() throws { try ArgumentChecks.inputs([("PROBLEM", problem)]) }

    func run() throws {
        let loaded = try ProblemFile.read(problem)
        var options = exact.scheduler(cap: reductionCap)
        if exact.engine == .both { options.engine = .all }
        let control = SolveControl(timeLimitSeconds: exact.timeLimit, gap: exact.gap)
        let report: ProofReport
        do {
            let result = try Scheduler(loaded, solver: exact.solver.makeSolver(), options: options)
                .schedule(control: control)
            report = ProofReport(result)
        } catch let error as InfeasibleOp {
            throw Failure(error, problemPath: problem)
        } catch {
            throw Failure(.internalError, "internal error: \(error)")
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
