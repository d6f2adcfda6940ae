import ArgumentParser
import CostModel
import Reporting
import TensorGraph

/// `mlsys evaluate PROBLEM SCHEDULE`.
struct Evaluate: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Check a schedule against every rule and tell what each step costs.",
        usage: "mlsys evaluate PROBLEM SCHEDULE [--reduction-cap native|none] [--simulate] [--json]")

    @Argument(help: ArgumentHelp("The problem file.", valueName: "PROBLEM"), completion: .file())
    var problem: String

    @Argument(help: ArgumentHelp("The schedule file to check.", valueName: "SCHEDULE"), completion: .file())
    var schedule: String

    @Option(help: "How deep a k-step may be: as deep as the hardware's native size, or as deep as the reduction.")
    var reductionCap = ReductionCap.native

    @Flag(help: "Walk every iteration instead of counting classes of them: slow, and the same result.")
    var simulate = false

    @Flag(help: "Print the result as JSON.")
    var json = false

    func run() throws {
        let problem = try ProblemFile.read(problem)
        let schedule = try ScheduleFile.read(schedule)
        let evaluator = Evaluator(problem, reductionCap: reductionCap, method: simulate ? .simulation : .classes)
        let evaluation: Evaluation
        do throws(RuleViolation) {
            evaluation = try evaluator.evaluate(schedule)
        } catch {
            try reject(error)
        }
        let report = ScheduleReport(schedule, evaluation, problem: problem)
        try Console.write(json ? jsonLine(report) : StepTable(report).text)
    }

    /// The verdict is the result: on standard output as JSON, one line on standard error otherwise.
    private func reject(_ violation: RuleViolation) throws -> Never {
        if json { try Console.write(jsonLine(ViolationReport(violation))) }
        throw Failure(.invalidSchedule, json ? nil : "\(self.schedule): invalid: \(violation)")
    }
}
