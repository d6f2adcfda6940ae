import ArgumentParser
import CostModel
import MIP
import Reporting
import Scheduling
import TensorGraph

/// `mlsys decode PROBLEM --legend LEGEND --solution SOLUTION -o SCHEDULE`.
struct Decode: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Make a schedule of what another solver found for an exported program.",
        usage: """
            mlsys decode PROBLEM --legend LEGEND --solution SOLUTION -o SCHEDULE
            """,
        discussion: """
            LEGEND is what mlsys export --legend wrote beside the program. SOLUTION is a
            solution file of one of these, told apart by how it begins:
              glpsol --lp M.lp -o FILE             glpsol --lp M.lp -w FILE
              cbc M.lp -solve -solu FILE           highs --solution_file FILE M.lp
              scip: write solution FILE            gurobi_cl ResultFile=FILE.sol M.lp

            The values have to meet every row of the program, the steps that they choose
            have to have an order, and the evaluator has to find the schedule valid;
            nothing is taken from the solver but the choice.
            """)

    @Argument(help: ArgumentHelp("The problem file.", valueName: "PROBLEM"), completion: .file())
    var problem: String

    @Option(help: ArgumentHelp("The legend of the program.", valueName: "LEGEND"), completion: .file())
    var legend: String

    @Option(help: ArgumentHelp("The solver's solution file.", valueName: "SOLUTION"), completion: .file())
    var solution: String

    @Option(
        name: .shortAndLong, help: ArgumentHelp("The schedule file to write.", valueName: "SCHEDULE"),
        completion: .file())
    var output: String

    @Option(help: "How deep a k-step may be: as deep as the hardware's native size, or as deep as the reduction.")
    var reductionCap = ReductionCap.native

    mutating func validate() throws {
        try ArgumentChecks.inputs([("PROBLEM", problem), ("--legend", legend), ("--solution", solution)])
        try ArgumentChecks.outputs([("-o", output)])
    }

    func run() throws {
        let graph = try ProblemFile.read(problem)
        for input in [(problem, "problem file"), (legend, "legend"), (solution, "solution file")] {
            try OutputFile.check(output, isNot: input.0, named: input.1)
        }
        let file = try readSolution()
        let schedule = try decode(file, graph)
        let evaluation: Evaluation
        do throws(RuleViolation) {
            evaluation = try Evaluator(graph, reductionCap: reductionCap).evaluate(schedule)
        } catch {
            throw Failure(.invalidSchedule, "\(solution): the schedule is invalid: \(error)")
        }
        try ScheduleFile.write(schedule, evaluation, to: output)
        let steps = counted(schedule.steps.count, "step")
        try Console.write("\(output): latency \(readable(evaluation.totalLatency)) in \(steps)\n", besides: output)
    }

    private func readSolution() throws -> MIPSolutionFile {
        let text = String(decoding: try readFile(solution), as: UTF8.self)
        do throws(MIPSolutionError) {
            return try MIPSolutionFile(text)
        } catch {
            throw Failure(.badData, "\(solution): \(error)")
        }
    }

    private func decode(_ file: MIPSolutionFile, _ graph: Problem) throws -> Schedule {
        do {
            return try SolutionDecoder(legend: try readFile(legend), problem: graph).schedule(from: file)
        } catch let fault as DecodingFault {
            throw Failure(.badData, "\(fault.subject == .legend ? legend : solution): \(fault)")
        } catch let error as MIPSolutionError {
            throw Failure(.badData, "\(solution): \(error)")
        }
    }
}
