import CostModel
import ProblemFamilies
import Scheduling
import TensorGraph

/// File contents that the command's tests start from.
enum Samples {
    /// Two Pointwise ops in a row (RULES 5).
    static let problem = """
        {"widths": [128, 128, 128], "heights": [128, 128, 128], "inputs": [[0], [1]], "outputs": [[1], [2]],
         "base_costs": [1000, 100], "op_types": ["Pointwise", "Pointwise"], "fast_memory_capacity": 35000,
         "slow_memory_bandwidth": 10, "native_granularity": [128, 128]}
        """

    /// Runs the two ops one after the other.
    static let schedule = """
        {"subgraphs": [[0], [1]], "granularities": [[128, 128, 1], [128, 128, 1]], "tensors_to_retain": [[], []],
         "traversal_orders": [null, null], "subgraph_latencies": [3276.8, 3276.8]}
        """

    /// Names op 0 in the second step too, so that op 1 is in none.
    static let invalidSchedule = schedule.replacing("[[0], [1]]", with: "[[0], [0]]")

    /// Fast memory holds one element; op 0 needs one for its input and one for its output.
    static let infeasibleProblem = problem.replacing("35000", with: "1")

    /// Small problems of all families.
    static func small(seed: UInt64) throws -> [Problem] {
        try ProblemFamily.allCases.map { family in
            var options = GeneratorOptions()
            options.ops = 5
            options.width = 96
            options.rows = 200
            options.heads = 1
            options.seed = seed
            options.hardware = HardwareProfile.allCases[Int(seed % 3)]
            return try family.problem(options)
        }
    }

    /// The text of the schedule that the list scheduler finds.
    static func scheduleText(of problem: Problem) throws -> String {
        let schedule = try ListScheduler(problem).schedule()
        let evaluation = try Evaluator(problem).evaluate(schedule)
        return ScheduleFile.text(of: schedule, evaluation)
    }
}
