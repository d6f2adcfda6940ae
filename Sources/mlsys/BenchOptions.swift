import ArgumentParser
import Foundation

/// How long bench works at a problem.
enum BenchTimeLimit: ExpressibleByArgument, CustomStringConvertible {
    /// As long as the contest allows for its number of ops, less a tenth.
    case contest
    /// So many seconds.
    case fixed(Double)

    init?(argument: String) {
        if argument == "contest" {
            self = .contest
        } else if let seconds = Double(argument), !(seconds < 0) {
            // What is no number passes, for validation to say so.
            self = .fixed(seconds)
        } else {
            return nil
        }
    }

    var description: String {
        switch self {
        case .contest: "contest"
        case .fixed(let seconds): "\(seconds)"
        }
    }

    var defaultValueDescription: String { description }

    func seconds(opCount: Int) -> Double {
        switch self {
        case .contest: ContestTimeLimit.usableSeconds(opCount: opCount)
        case .fixed(let seconds): seconds
        }
    }
}
