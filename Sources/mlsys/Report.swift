import ArgumentParser
import CostModel
import Reporting
import TensorGraph

/// `mlsys report PROBLEM SCHEDULE -o PAGE`.
struct Report: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Write a page that shows a schedule: its graph, its steps over time, and where the time goes.",
        usage: "mlsys report PROBLEM SCHEDULE -o PAGE [--log LOG] [--reduction-cap native|none]",
        discussion: """
            The page is one HTML file that loads nothing else. Its numbers are those of
            mlsys evaluate, and it holds them as JSON too.
            """)

    @Argument(help: ArgumentHelp("The problem file.", valueName: "PROBLEM"), completion: .file())
    var problem: String

    @Argument(help: ArgumentHelp("The schedule file to show.", valueName: "SCHEDULE"), completion: .file())
    var schedule: String

    @Option(
        name: .shortAndLong, help: ArgumentHelp("The HTML file to write.", valueName: "PAGE"), completion: .file())
    var output: String

    @Option(
        help: ArgumentHelp("What mlsys solve --log wrote: bounds and incumbents over time.", valueName: "LOG"),
        completion: .file())
    var log: String?

    @Option(help: "How deep a k-step may be: as deep as the hardware's native size, or as deep as the reduction.")
    var reductionCap = ReductionCap.native

    mutating func validate() throws {
        try ArgumentChecks.inputs([("PROBLEM", problem), ("SCHEDULE", schedule), ("--log", log)])
        try ArgumentChecks.outputs([("-o", output)])
    }

    func run() throws {
        let problem = try ProblemFile.read(problem)
        let schedule = try ScheduleFile.read(schedule)
        let log = try log.map(SolveLog.read)
        for (input, name) in [
            (self.problem, "problem file"), (self.schedule, "schedule file"), (self.log, "solve log"),
        ] {
            if let input { try OutputFile.check(output, isNot: input, named: name) }
        }
        if let log { try check(log, isAbout: problem) }
        let model: ReportModel
        do throws(RuleViolation) {
            let evaluation = try Evaluator(problem, reductionCap: reductionCap).evaluate(schedule)
            model = try ReportModel(
                schedule, evaluation, problem: problem, problemPath: self.problem, schedulePath: self.schedule,
                log: log, reductionCap: reductionCap)
        } catch {
            throw Failure(.invalidSchedule, "\(self.schedule): invalid: \(error)")
        }
        try writeAtomically(try HTMLReport(model).text(), to: output)
    }

    /// - Throws: ``Failure`` for the log of another problem, whose bounds would prove what is not so.
    private func check(_ log: SolveLog, isAbout problem: Problem) throws {
        guard let fingerprint = log.fingerprint, fingerprint != problem.fingerprint else { return }
        let other = log.problemPath.map { " (\($0))" } ?? ""
        throw Failure(
            .badData, "\(self.log ?? ""): its last run solves another problem\(other) than \(self.problem)")
    }
}
