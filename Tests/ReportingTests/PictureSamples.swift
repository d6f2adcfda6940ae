import CostModel
import Foundation
import Reporting
import Scheduling
import TensorGraph
import TestSupport

/// What the tests of pictures and traces draw.
struct PictureSample {
    let problem: Problem
    let schedule: Schedule
    let evaluation: Evaluation

    init(_ problem: Problem, _ schedule: Schedule) throws {
        self.problem = problem
        self.schedule = schedule
        evaluation = try Evaluator(problem).evaluate(schedule)
    }

    /// The diamond of RULES 5: tensor 2 is retained, op 0 computed twice.
    static func diamond() throws -> PictureSample {
        try PictureSample(
            Fixtures.diamond(),
            Schedule(steps: [Step([0, 1], (128, 128, 1), keeping: [2]), Step([0, 2], (128, 128, 1))]))
    }

    /// One of the problems that come with the package, as the list scheduler solves it.
    static func own(_ name: String) throws -> PictureSample {
        let path = ExternalFiles.packageRoot.appendingPathComponent("benchmarks/problems/\(name).json").path
        let problem = try ProblemFile.read(path)
        return try PictureSample(problem, ListScheduler(problem).schedule())
    }

    /// Random schedules of random problems: recomputation, hand-offs, every tile order.
    static func random(_ count: Int, seed: UInt64) throws -> [PictureSample] {
        var random = RandomSource(seed: seed)
        var problems = ProblemGenerator(seed: seed + 1)
        return try (0..<count).map { _ in
            let problem = try problems.next().with(capacity: 1 << 40)
            return try PictureSample(problem, ScheduleGenerator(problem).schedule(using: &random))
        }
    }

    func picture(title: String = "sample") -> GraphPicture {
        GraphPicture(schedule, evaluation, problem: problem, title: title)
    }

    /// A title that every format has to escape something of.
    static let hostileTitle = #"a "b" \n #34; <i> | ] end --> %% ` & 'c' \"#
}
