import ArgumentParser
import CostModel
import GLPKBackend
import Scheduling
import TensorGraph

/// How a schedule is found.
enum SolveMethod: String, ExpressibleByArgument, CaseIterable {
    /// The list scheduler at once, then exact search for as long as the contest would allow.
    case auto
    /// The greedy list scheduler: milliseconds.
    case list
    /// Complete enumeration, integer program and backward search, until the proof is done.
    case exact

    /// The time limit that applies when none is given, in seconds; nil for none.
    func defaultTimeLimitSeconds(opCount: Int) -> Double? {
        self == .auto ? 0.9 * ContestTimeLimit.seconds(opCount: opCount) : nil
    }
}

/// The time that the contest gives a solver, by the number of ops.
enum ContestTimeLimit {
    static func seconds(opCount: Int) -> Double {
        switch opCount {
        case ...10: 2
        case ...24: 5
        case ...48: 15
        case ...80: 30
        case ...108: 60
        default: 120
        }
    }
}

extension ReductionCap: ExpressibleByArgument {}
extension ExactScheduler.Engine: ExpressibleByArgument {}
