import ArgumentParser
import Foundation

/// A part of a list of tasks: every `count`-th one, from the `number`-th on.
struct Shard: Equatable, CustomStringConvertible {
    /// From 1 to ``count``.
    let number: Int
    let count: Int

    var description: String { "\(number)/\(count)" }

    /// The tasks of this part.
    func part<Element>(of all: [Element]) -> [Element] {
        all.enumerated().filter { $0.offset % count == number - 1 }.map(\.element)
    }
}

/// How `--shard` names a part: `2/8`, or `auto` for the one that a job array gives this process.
enum ShardOption: ExpressibleByArgument, Equatable {
    case fixed(Shard)
    /// By the variables of a job array; how many parts there are, if the array does not say.
    case auto(count: Int?)

    init?(argument: String) {
        let parts = argument.split(separator: "/", omittingEmptySubsequences: false)
        if parts.first == "auto" {
            if parts.count == 1 {
                self = .auto(count: nil)
                return
            }
            guard parts.count == 2, let count = Int(parts[1]), count >= 1 else { return nil }
            self = .auto(count: count)
            return
        }
        guard parts.count == 2, let number = Int(parts[0]), let count = Int(parts[1]), number >= 1, number <= count
        else { return nil }
        self = .fixed(Shard(number: number, count: count))
    }

    /// The part.
    ///
    /// Slurm numbers the tasks of an array from `SLURM_ARRAY_TASK_MIN` in steps and says how many there are; Kubernetes
    /// numbers the pods of an indexed Job from 0 in `JOB_COMPLETION_INDEX`, and says in no variable how many there are:
    /// that is for `--shard auto/N` or, set by the manifest, `JOB_COMPLETION_COUNT`.
    ///
    /// - Throws: `ValidationError` when the variables are not there or contradict each other.
    func resolved(_ environment: [String: String] = ProcessInfo.processInfo.environment) throws -> Shard {
        switch self {
        case .fixed(let shard): return shard
        case .auto(let count):
            if environment["SLURM_ARRAY_TASK_ID"] != nil { return try Self.slurm(environment, count) }
            if environment["JOB_COMPLETION_INDEX"] != nil { return try Self.kubernetes(environment, count) }
            throw ValidationError(
                "--shard auto needs a job array: neither SLURM_ARRAY_TASK_ID nor JOB_COMPLETION_INDEX is set.")
        }
    }

    private static func number(_ name: String, _ environment: [String: String]) throws -> Int? {
        guard let text = environment[name] else { return nil }
        guard let value = Int(text), value >= 0 else {
            throw ValidationError("--shard auto: \(name) is \"\(text)\", which is no number.")
        }
        return value
    }

    private static func slurm(_ environment: [String: String], _ asked: Int?) throws -> Shard {
        let id = try number("SLURM_ARRAY_TASK_ID", environment) ?? 0
        let (count, first) = (
            try number("SLURM_ARRAY_TASK_COUNT", environment) ?? asked,
            try number("SLURM_ARRAY_TASK_MIN", environment) ?? 0
        )
        guard let count, count >= 1 else {
            throw ValidationError("--shard auto: SLURM_ARRAY_TASK_COUNT is not set; say --shard auto/N.")
        }
        guard asked == nil || asked == count else {
            throw ValidationError("--shard auto/\(asked ?? 0): the array has \(count) tasks.")
        }
        let step = max(1, try number("SLURM_ARRAY_TASK_STEP", environment) ?? 1)
        let place = (id - first).quotientAndRemainder(dividingBy: step)
        guard id >= first, place.remainder == 0, place.quotient < count else {
            throw ValidationError(
                "--shard auto: task \(id) is not one of \(count) from \(first) in steps of \(step); "
                    + "give the array as a range.")
        }
        return Shard(number: place.quotient + 1, count: count)
    }

    private static func kubernetes(_ environment: [String: String], _ asked: Int?) throws -> Shard {
        let index = try number("JOB_COMPLETION_INDEX", environment) ?? 0
        guard let count = try asked ?? number("JOB_COMPLETION_COUNT", environment), count >= 1 else {
            throw ValidationError(
                "--shard auto: a Job does not say how many pods it has; set JOB_COMPLETION_COUNT or say --shard auto/N."
            )
        }
        guard index < count else {
            throw ValidationError("--shard auto: JOB_COMPLETION_INDEX is \(index), and there are \(count) parts.")
        }
        return Shard(number: index + 1, count: count)
    }
}
