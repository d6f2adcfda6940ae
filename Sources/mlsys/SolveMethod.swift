import ArgumentParser
import CostModel
import GLPKBackend
import Scheduling
import TensorGraph

/// How a schedule is found.
enum SolveMethod: String, ExpressibleByArgument, CaseIterable {
    /// List scheduling at once, large-neighbourhood search, and exact search where complete enumeration ends.
    case auto
    /// The greedy list scheduler: milliseconds.
    case list
    /// Complete enumeration, integer program and backward search, until the proof is done.
    case exact
    /// List scheduling and large-neighbourhood search, without complete enumeration.
    case hybrid

    /// The same for the scheduler; nil for the list scheduler alone.
    var scheduling: Scheduler.Method? {
        switch self {
        case .auto: .auto
        case .hybrid: .hybrid
        case .exact: .exact
        case .list: nil
        }
    }

    /// The time limit that applies when none is given, in seconds; nil for none.
    func defaultTimeLimitSeconds(opCount: Int) -> Double? {
        switch self {
        case .auto, .hybrid: ContestTimeLimit.usableSeconds(opCount: opCount)
        case .list, .exact: nil
        }
    }
}

/// The time that the contest gives a solver, by the number of ops.
enum ContestTimeLimit {
    /// What of it is used: ending late would cost everything.
    static func usableSeconds(opCount: Int) -> Double { 0.9 * seconds(opCount: opCount) }

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
extension ProofEngine: ExpressibleByArgument {}
