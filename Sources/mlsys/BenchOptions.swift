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
        } else if let seconds = Double(argument), seconds >= 0 {
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

/// A part of a folder: every `count`-th problem, from the `number`-th on.
struct BenchShard: ExpressibleByArgument, CustomStringConvertible {
    /// From 1 to ``count``.
    let number: Int
    let count: Int

    init?(argument: String) {
        let parts = argument.split(separator: "/", omittingEmptySubsequences: false).map { Int($0) }
        guard parts.count == 2, let number = parts[0], let count = parts[1], number >= 1, number <= count else {
            return nil
        }
        self.number = number
        self.count = count
    }

    var description: String { "\(number)/\(count)" }

    /// The problems of this part.
    func part<Element>(of all: [Element]) -> [Element] {
        all.enumerated().filter { $0.offset % count == number - 1 }.map(\.element)
    }
}
