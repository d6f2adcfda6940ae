import Foundation

/// A solver of its own that reads model files, if this machine has it.
public struct ExternalSolver: Sendable {
    /// The program's name.
    public let name: String

    /// GLPK's program, of Debian's `glpk-utils`.
    public static let glpsol = ExternalSolver(name: "glpsol")
    /// CBC, of Debian's `coinor-cbc`.
    public static let cbc = ExternalSolver(name: "cbc")

    /// What a solver made of a model file.
    public enum Outcome: Equatable, Sendable {
        /// The optimum.
        case optimum(Double)
        /// There is no feasible point.
        case infeasible
        /// Neither; what the solver printed.
        case unclear(String)

        /// Whether both are the same, optima up to 1e-6 of the other.
        public func agrees(with other: Outcome) -> Bool {
            guard case .optimum(let left) = self, case .optimum(let right) = other else { return self == other }
            return (left - right).magnitude <= 1e-6 * max(1, right.magnitude)
        }
    }

    /// Why a solver was not run.
    public struct NotInstalled: Error {}

    private var path: String? {
        let folders = (ProcessInfo.processInfo.environment["PATH"] ?? "").split(separator: ":")
        return folders.map { "\($0)/\(name)" }.first { FileManager.default.isExecutableFile(atPath: $0) }
    }

    /// Whether this machine has it.
    public var isInstalled: Bool { path != nil }

    /// Runs the solver in `folder`; what it prints.
    ///
    /// - Throws: ``NotInstalled``, or why it cannot be run.
    public func run(_ arguments: [String], in folder: URL) throws -> String {
        guard let path else { throw NotInstalled() }
        let process = Process()
        process.executableURL = URL(fileURLWithPath: path)
        process.arguments = arguments
        process.currentDirectoryURL = folder
        let output = Pipe()
        process.standardOutput = output
        process.standardError = output
        try process.run()
        let text = output.fileHandleForReading.readDataToEndOfFile()
        process.waitUntilExit()
        return String(decoding: text, as: UTF8.self)
    }

    /// Solves with glpsol: `--lp FILE`, `--freemps FILE` or `-m FILE` and what else there is.
    ///
    /// - Throws: ``NotInstalled``, or why it cannot be run.
    public static func glpsol(_ arguments: [String], in folder: URL) throws -> Outcome {
        // The line `s mip ROWS COLUMNS STATUS OBJECTIVE` or `s bas ... STATUS STATUS OBJECTIVE`.
        let result = folder.appendingPathComponent("glpsol-\(UUID().uuidString)")
        let log = try glpsol.run(arguments + ["--write", result.path], in: folder)
        guard let text = try? String(contentsOf: result, encoding: .utf8),
            let line = text.split(separator: "\n").first(where: { $0.hasPrefix("s ") })
        else { return .unclear(log) }
        let words = line.split(separator: " ").map(String.init)
        if words.contains("n") || log.contains("NO PRIMAL FEASIBLE") || log.contains("NO INTEGER FEASIBLE") {
            return .infeasible
        }
        guard words.contains("o") || words.contains("f"), let value = Double(words[words.count - 1]) else {
            return .unclear(log)
        }
        return .optimum(value)
    }

    /// Solves an LP or MPS file with CBC; also what it prints.
    ///
    /// - Throws: ``NotInstalled``, or why it cannot be run.
    public static func cbc(_ arguments: [String], in folder: URL) throws -> (outcome: Outcome, log: String) {
        let result = folder.appendingPathComponent("cbc-\(UUID().uuidString)")
        let log = try cbc.run(arguments + ["-solve", "-solu", result.path], in: folder)
        let text = try? String(contentsOf: result, encoding: .utf8)
        guard let line = text?.split(separator: "\n").first else { return (.unclear(log), log) }
        if line.localizedCaseInsensitiveContains("infeasible") { return (.infeasible, log) }
        guard line.hasPrefix("Optimal"), let value = line.split(separator: " ").last.flatMap({ Double($0) }) else {
            return (.unclear(log), log)
        }
        return (.optimum(value), log)
    }
}
