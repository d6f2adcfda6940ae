import ArgumentParser
import CostModel
import DesignSpace
import GLPKBackend
import Reporting
import Scheduling
import TensorGraph

/// `mlsys sensitivity PROBLEM SCHEDULE`: what a little more hardware is worth.
struct Sensitivity: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Tell what more bandwidth, memory or native tile, or a cheaper op, are worth.",
        usage: """
            mlsys sensitivity PROBLEM SCHEDULE [--capacity-step ELEMENTS]
                  [--time-limit SECONDS] [--json]
            """,
        discussion: """
            One change at a time: one more unit of bandwidth, one more step of capacity,
            a native tile twice as wide or high (at the same cost of a tile), and each
            op ten per cent cheaper. latency is the very same schedule, evaluated with
            the change made; worth is what that saves. The best schedule with the change
            takes at least and at most what the next two columns say; sorted by the last
            of them.
            """)

    @Argument(help: ArgumentHelp("The problem file.", valueName: "PROBLEM"), completion: .file())
    var problem: String

    @Argument(help: ArgumentHelp("A schedule file.", valueName: "SCHEDULE"), completion: .file())
    var schedule: String

    @Option(help: ArgumentHelp("Elements in a step of capacity; by default a native tile.", valueName: "ELEMENTS"))
    var capacityStep: Int?

    @Option(help: "How deep a k-step may be: as deep as the hardware's native size, or as deep as the reduction.")
    var reductionCap = ReductionCap.native

    @Option(help: ArgumentHelp("Seconds for all changes together.", valueName: "SECONDS"))
    var timeLimit = 60.0

    @Option(help: ArgumentHelp("Cores to use.", valueName: "N"))
    var threads = Scheduler.Options().threads

    @Flag(help: "Print the result as JSON.")
    var json = false

    mutating func validate() throws {
        try ArgumentChecks.inputs([("PROBLEM", problem), ("SCHEDULE", schedule)])
        try ArgumentChecks.number("--time-limit", timeLimit)
        try ArgumentChecks.number("--threads", threads, least: 1)
        if let capacityStep {
            try ArgumentChecks.number("--capacity-step", capacityStep, least: 1)
            guard capacityStep <= Problem.largestNumber else {
                throw ValidationError("--capacity-step is \(capacityStep); it must be at most 2^53.")
            }
        }
    }

    func run() throws {
        let graph = try ProblemFile.read(problem)
        let evaluator = Evaluator(graph, reductionCap: reductionCap)
        let given = try EvaluatedSchedule(schedule, evaluator: evaluator, json: json)
        var options = Scheduler.Options(.auto)
        options.threads = threads
        options.reductionCap = reductionCap
        let (tile, overflow) = graph.hardware.nativeWidth.multipliedReportingOverflow(by: graph.hardware.nativeHeight)
        let step = capacityStep ?? (overflow ? Problem.largestNumber : min(tile, Problem.largestNumber))
        do {
            let study = try SensitivityStudy(
                graph, given.schedule, changes: HardwareChange.usual(graph, capacityStep: step), solver: GLPKSolver(),
                scheduler: options, timeLimitSeconds: timeLimit)
            let report = SensitivityReport(study, problem: graph)
            try Console.write(json ? jsonLine(report) : report.table(width: Terminal.width))
        } catch let error as FileError {
            throw error
        } catch {
            throw Failure(.internalError, "internal error: \(error)")
        }
    }
}
