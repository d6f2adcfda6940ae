import ArgumentParser
import CostModel
import Scheduling
import TensorGraph

/// How a schedule is found.
enum SolveMethod: String, ExpressibleByArgument, CaseIterable {
    /// The greedy list scheduler: milliseconds.
    case list
}

extension SolveMethod {
    /// A schedule for the problem.
    ///
    /// - Throws: ``InfeasibleOp`` when an op fits at no granularity.
    func schedule(_ problem: Problem, options: ListScheduler.Options) throws(InfeasibleOp) -> Schedule {
        switch self {
        case .list: try ListScheduler(problem, options: options).schedule()
        }
    }
}

extension ReductionCap: ExpressibleByArgument {}
