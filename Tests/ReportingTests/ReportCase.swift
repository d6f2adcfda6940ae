import CostModel
import Foundation
import Scheduling
import TensorGraph
import TestSupport

@testable import Reporting

/// A schedule with what the evaluator and the report say of it.
struct ReportCase {
    let problem: Problem
    let schedule: Schedule
    let evaluation: Evaluation

    init(_ problem: Problem, _ schedule: Schedule) throws {
        self.problem = problem
        self.schedule = schedule
        evaluation = try Evaluator(problem).evaluate(schedule)
    }

    init(_ problem: Problem, _ steps: [Step]) throws {
        try self.init(problem, Schedule(steps: steps))
    }

    /// A problem of `benchmarks/problems`, scheduled by the list scheduler.
    init(own name: String) throws {
        let path = ExternalFiles.packageRoot.appendingPathComponent("benchmarks/problems/\(name).json").path
        let problem = try ProblemFile.read(path)
        try self.init(problem, try ListScheduler(problem).schedule())
    }

    func model(
        problemPath: String = "problem.json", schedulePath: String = "schedule.json", log: String? = nil,
        other: ReportCase? = nil, units: PhysicalUnits? = nil
    ) throws -> ReportModel {
        try ReportModel(
            schedule, evaluation, problem: problem, problemPath: problemPath, schedulePath: schedulePath,
            log: try log.map { try SolveLog(Data($0.utf8), path: "log") },
            comparison: other.map { other in
                PageComparison(
                    ScheduleComparison(
                        (schedule, evaluation), (other.schedule, other.evaluation), paths: (schedulePath, "other.json"),
                        evaluator: Evaluator(problem)))
            }, units: units)
    }

    /// The same with a name for every op and tensor; every fifth op is a query.
    func named() throws -> ReportCase {
        let ops = problem.ops.enumerated().map { index, op in
            Op(
                op.einsum, inputs: op.inputs, outputs: op.outputs, baseCost: op.baseCost,
                name: "layer.\(index / 14).\(index % 5 == 0 ? "query" : "other").\(index)")
        }
        let names = problem.tensors.indices.map { "activation \($0) <b>" }
        return try ReportCase(
            Problem(tensors: problem.tensors, ops: ops, hardware: problem.hardware, tensorNames: names), schedule)
    }

    func graph(maximumNodes: Int = ClusterGraph.maximumNodes) throws -> ClusterGraph {
        let flow = try ScheduleFlow(schedule, evaluation, problem: problem)
        return ClusterGraph(steps: flow.members, edges: flow.edges, maximumNodes: maximumNodes)
    }

    /// Random schedules of random problems.
    static func random(seed: UInt64, count: Int) throws -> [ReportCase] {
        var problems = ProblemGenerator(seed: seed)
        var random = RandomSource(seed: seed)
        return try (0..<count).compactMap { _ in
            let problem = try problems.next()
            let schedule = ScheduleGenerator(problem).schedule(using: &random)
            return try? ReportCase(problem, schedule)
        }
    }
}
