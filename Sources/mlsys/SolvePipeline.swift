import CostModel
import Foundation
import Reporting
import Scheduling
import TensorGraph

/// From a problem file to a schedule file: read, solve, let the evaluator judge, write.
///
/// Nothing is written that the evaluator does not find valid, and an existing schedule is replaced only by a whole one.
struct SolvePipeline {
    var problemPath: String
    var schedulePath: String
    var method: SolveMethod
    var listOptions: ListScheduler.Options

    /// - Throws: ``FileError`` or ``Failure``.
    func run() throws -> SolveReport {
        let problem = try ProblemFile.read(problemPath)
        try OutputFile.check(schedulePath, isNot: problemPath)
        var schedule = Schedule(steps: [])
        let duration = try ContinuousClock().measure { schedule = try solve(problem) }
        let evaluation = try judge(schedule, problem)
        try writeAtomically(
            ScheduleFile.text(
                of: schedule, latencies: evaluation.latencies,
                grids: evaluation.steps.map { (rows: $0.gridRows, columns: $0.gridColumns) }),
            to: schedulePath)
        return SolveReport(
            problem: problemPath, schedule: schedulePath, method: method.rawValue, solveSeconds: duration / .seconds(1),
            outcome: ScheduleReport(schedule, evaluation, problem: problem))
    }

    private func solve(_ problem: Problem) throws -> Schedule {
        do throws(InfeasibleOp) {
            return try method.schedule(problem, options: listOptions)
        } catch {
            throw Failure(error, problemPath: problemPath)
        }
    }

    private func judge(_ schedule: Schedule, _ problem: Problem) throws -> Evaluation {
        do throws(RuleViolation) {
            return try Evaluator(problem, reductionCap: listOptions.reductionCap).evaluate(schedule)
        } catch {
            throw Failure(
                .internalError,
                "internal error, nothing is written: method \(method.rawValue) made an invalid schedule: \(error)")
        }
    }
}

/// What solving came to.
struct SolveReport: Encodable {
    let problem: String
    let schedule: String
    let method: String
    /// Time for the method alone, without reading and writing files.
    let solveSeconds: Double
    let outcome: ScheduleReport

    private enum CodingKeys: CodingKey {
        case problem, schedule, method, solveSeconds
    }

    /// Encodes the fields of ``outcome`` beside its own, so that a solved schedule reads like an evaluated one.
    func encode(to encoder: any Encoder) throws {
        try outcome.encode(to: encoder)
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(problem, forKey: .problem)
        try container.encode(schedule, forKey: .schedule)
        try container.encode(method, forKey: .method)
        try container.encode(solveSeconds, forKey: .solveSeconds)
    }

    /// One line for people.
    var summary: String {
        let steps = outcome.steps.count == 1 ? "1 step" : "\(outcome.steps.count) steps"
        return "\(schedule): latency \(readable(outcome.totalLatency)) in \(steps), method \(method), "
            + "\(readable(solveSeconds * 1000)) ms\n"
    }
}
