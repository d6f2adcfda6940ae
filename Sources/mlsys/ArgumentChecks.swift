import ArgumentParser
import TensorGraph

/// Checks of single values of the command line, which say what a value is and what it should be.
enum ArgumentChecks {
    /// - Throws: `ValidationError` for what is no number, or negative.
    static func number(_ option: String, _ value: Double?) throws {
        guard let value else { return }
        guard !value.isNaN else { throw ValidationError("\(option) is \(value), which is not a number.") }
        guard value >= 0 else { throw ValidationError("\(option) is \(value); it cannot be negative.") }
    }

    /// - Throws: `ValidationError` for a number below the least.
    static func number(_ option: String, _ value: Int, least: Int) throws {
        guard value >= least else { throw ValidationError("\(option) is \(value); it must be at least \(least).") }
    }

    /// - Throws: `ValidationError` for a path that is empty, and for standard input named twice.
    static func inputs(_ paths: [(name: String, path: String?)]) throws {
        try notEmpty(paths)
        let streams = paths.filter { $0.path.map(StandardStream.isInput) ?? false }
        guard streams.count < 2 else {
            throw ValidationError(
                "\(streams[0].name) and \(streams[1].name) are both -; standard input can be read once.")
        }
    }

    /// - Throws: `ValidationError` for a path that is empty, and for standard output named twice.
    static func outputs(_ paths: [(name: String, path: String?)]) throws {
        try notEmpty(paths)
        let streams = paths.filter { $0.path.map(StandardStream.isOutput) ?? false }
        guard streams.count < 2 else {
            throw ValidationError("\(streams[0].name) and \(streams[1].name) both go to standard output.")
        }
    }

    private static func notEmpty(_ paths: [(name: String, path: String?)]) throws {
        for (name, path) in paths where path?.isEmpty == true {
            throw ValidationError("The path for \(name) is empty.")
        }
    }

    /// - Parameters:
    ///   - options: options that have another value than their default.
    ///   - method: what ignores them.
    /// - Throws: `ValidationError` when there are any.
    static func ignored(_ options: [String], by method: SolveMethod) throws {
        guard let first = options.first else { return }
        let rest = options.dropFirst().map { ", \($0)" }.joined()
        throw ValidationError(
            "--method \(method.rawValue) ignores \(first)\(rest); leave it out, or choose another method.")
    }
}
