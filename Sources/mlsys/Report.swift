import ArgumentParser
import CostModel
import Reporting
import TensorGraph

/// `mlsys report PROBLEM SCHEDULE -o PAGE`.
struct Report: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Write a page that shows a schedule: its graph, its steps over time, and where the time goes.",
        usage: """
            mlsys report PROBLEM SCHEDULE -o PAGE [--compare OTHER] [--log LOG]
                  [--hardware FILE|KEY=VALUE ...] [--reduction-cap native|none]
            """,
        discussion: """
            The page is one HTML file that loads nothing else. Its numbers are those of
            mlsys evaluate, and it holds them as JSON too. Steps can be searched, zoomed
            and watched iteration by iteration; with --compare another schedule stands
            beside. Names of ops group them by layer; a chip gives microseconds and bytes.
            """)

    @Argument(help: ArgumentHelp("The problem file.", valueName: "PROBLEM"), completion: .file())
    var problem: String

    @Argument(help: ArgumentHelp("The schedule file to show.", valueName: "SCHEDULE"), completion: .file())
    var schedule: String

    @Option(
        name: .shortAndLong, help: ArgumentHelp("The HTML file to write.", valueName: "PAGE"), completion: .file())
    var output: String

    @Option(
        help: ArgumentHelp("Another schedule of the problem to set beside it.", valueName: "OTHER"),
        completion: .file())
    var compare: String?

    @Option(
        help: ArgumentHelp("What mlsys solve --log wrote: bounds and incumbents over time.", valueName: "LOG"),
        completion: .file())
    var log: String?

    @Option(help: "How deep a k-step may be: as deep as the hardware's native size, or as deep as the reduction.")
    var reductionCap = ReductionCap.native

    @OptionGroup var units: UnitOptions

    mutating func validate() throws {
        try ArgumentChecks.inputs([
            ("PROBLEM", problem), ("SCHEDULE", schedule), ("--compare", compare), ("--log", log),
        ])
        try ArgumentChecks.outputs([("-o", output)])
    }

    func run() throws {
        let problem = try units.apply(to: try ProblemFile.read(problem))
        let log = try log.map(SolveLog.read)
        for (input, name) in [
            (self.problem, "problem file"), (self.schedule, "schedule file"), (self.log, "solve log"),
            (compare, "schedule file"),
        ] {
            if let input { try OutputFile.check(output, isNot: input, named: name) }
        }
        if let log { try check(log, isAbout: problem) }
        let evaluator = Evaluator(problem, reductionCap: reductionCap)
        let shown = try EvaluatedSchedule(schedule, evaluator: evaluator)
        let other = try compare.map { try EvaluatedSchedule($0, evaluator: evaluator) }
        let model = try ReportModel(
            shown.schedule, shown.evaluation, problem: problem, problemPath: self.problem, schedulePath: schedule,
            log: log, reductionCap: reductionCap, comparison: other.map { comparison(shown, $0, evaluator) })
        try writeAtomically(try HTMLReport(model).text(), to: output)
        let latency = readable(shown.evaluation.totalLatency)
        try Console.write("\(output): latency \(latency); open this page in a browser\n", besides: output)
    }

    private func comparison(
        _ shown: EvaluatedSchedule, _ other: EvaluatedSchedule, _ evaluator: Evaluator
    ) -> PageComparison {
        PageComparison(
            ScheduleComparison(
                (shown.schedule, shown.evaluation), (other.schedule, other.evaluation), paths: (shown.path, other.path),
                evaluator: evaluator))
    }

    /// - Throws: ``Failure`` for the log of another problem, whose bounds would prove what is not so.
    private func check(_ log: SolveLog, isAbout problem: Problem) throws {
        guard let fingerprint = log.fingerprint, fingerprint != problem.fingerprint else { return }
        let other = log.problemPath.map { " (\($0))" } ?? ""
        throw Failure(
            .badData, "\(self.log ?? ""): its last run solves another problem\(other) than \(self.problem)")
    }
}
