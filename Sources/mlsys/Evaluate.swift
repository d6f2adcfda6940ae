import ArgumentParser
import CostModel
import Reporting
import TensorGraph

/// `mlsys evaluate PROBLEM SCHEDULE`.
struct Evaluate: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Check a schedule against every rule and tell what each step costs.",
        usage: """
            mlsys evaluate PROBLEM SCHEDULE [--reduction-cap native|none]
                  [--hardware FILE|KEY=VALUE ...] [--simulate] [--json]
            mlsys evaluate PROBLEM SCHEDULE --compare OTHER [--json]
            """,
        discussion: """
            One line per step, then the tensors and the ops that move most. in and out are
            elements loaded and evicted, transfer is the time they take, share is of the
            schedule's latency, of tensors and ops of all that is moved; what several ops
            of a step read is divided evenly among them. An iteration takes as long as the
            longer one of compute and transfer. resident are the tensors that the previous
            step left in fast memory, retained those kept for the next one. --json has
            all tensors and ops. Where the chip is known, from the problem or --hardware,
            a line gives microseconds, bytes, and the shares of its peak.

            With --compare, SCHEDULE is A and OTHER is B. Steps of both that cover the same
            ops form a block. Where the ops are grouped alike, a step of A is turned into
            the step of B by one decision after the other: granularity, tile order, tensors
            retained, tensors resident; the differences add up to that of the latencies.
            """)

    @Argument(help: ArgumentHelp("The problem file.", valueName: "PROBLEM"), completion: .file())
    var problem: String

    @Argument(help: ArgumentHelp("The schedule file to check.", valueName: "SCHEDULE"), completion: .file())
    var schedule: String

    @Option(
        help: ArgumentHelp(
            "Set another schedule beside it: which decisions differ, and what each costs.", valueName: "OTHER"),
        completion: .file())
    var compare: String?

    @Option(help: "How deep a k-step may be: as deep as the hardware's native size, or as deep as the reduction.")
    var reductionCap = ReductionCap.native

    @OptionGroup var units: UnitOptions

    @Flag(help: "Walk every iteration instead of counting classes of them: slow, and the same result.")
    var simulate = false

    @Flag(help: "Print the result as JSON.")
    var json = false

    mutating func validate() throws {
        try ArgumentChecks.inputs([("PROBLEM", problem), ("SCHEDULE", schedule), ("--compare", compare)])
        guard compare == nil || units.hardware.isEmpty else {
            throw ValidationError("--hardware shows one schedule in physical units; --compare shows two without.")
        }
    }

    func run() throws {
        let graph = try units.apply(to: try ProblemFile.read(problem))
        let evaluator = Evaluator(graph, reductionCap: reductionCap, method: simulate ? .simulation : .classes)
        let first = try EvaluatedSchedule(schedule, evaluator: evaluator, json: json)
        guard let compare else {
            let report = ScheduleReport(first.schedule, first.evaluation, problem: graph)
            let traffic = TrafficReport(try ScheduleTraffic(first.schedule, problem: graph), problem: graph)
            try Console.write(
                json
                    ? jsonLine(EvaluationReport(report, traffic: traffic))
                    : StepTable(report, width: Terminal.width).text + "\n" + traffic.text)
            return
        }
        let second = try EvaluatedSchedule(compare, evaluator: evaluator, json: json)
        let comparison = ScheduleComparison(
            (first.schedule, first.evaluation), (second.schedule, second.evaluation),
            paths: (first.path, second.path), evaluator: evaluator)
        try Console.write(json ? jsonLine(comparison) : ComparisonTable(comparison, width: Terminal.width).text)
    }
}
