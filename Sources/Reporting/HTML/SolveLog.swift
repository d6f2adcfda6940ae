import Foundation
import TensorGraph

/// What a solver wrote down while it worked: one JSON object per line, each with an `event`.
///
/// Events and fields that are not known here are passed over, so that logs may grow. Solvers append to a log, so one
/// file may hold several solutions, each after an event `start`: the last one counts.
public struct SolveLog: Sendable, Equatable {
    /// A better schedule.
    public struct Incumbent: Codable, Sendable, Equatable {
        /// Since the start of the solver.
        public let seconds: Double
        /// Units of time.
        public let latency: Double
        /// What found it.
        public let source: String
    }

    /// A bound.
    public struct Bound: Codable, Sendable, Equatable {
        /// Since the start of the solver.
        public let seconds: Double
        /// How it was found.
        public let kind: String
        /// Units of time.
        public let value: Double
        /// What it is about, in words.
        public let scope: String
        /// Whether no schedule of the problem falls below it.
        public let isAboutProblem: Bool
    }

    /// `Problem.fingerprint` of the problem that the last run solved; nil where the log does not tell.
    public private(set) var fingerprint: String?
    /// The path of that problem's file; nil where the log does not tell.
    public private(set) var problemPath: String?
    /// In the order of the log.
    public private(set) var incumbents: [Incumbent] = []
    /// In the order of the log.
    public private(set) var bounds: [Bound] = []

    /// Reads a log file.
    ///
    /// - Throws: `FileError`: it cannot be read, or a line of it is not an event.
    public static func read(_ path: String) throws(FileError) -> SolveLog {
        try SolveLog(readFile(path), path: path)
    }

    /// Reads a log.
    ///
    /// - Parameters:
    ///   - log: one JSON object per line.
    ///   - path: the name of the file in messages.
    /// - Throws: `FileError` of kind `badData` for the first line that is not an event, with its number.
    public init(_ log: Data, path: String) throws(FileError) {
        for (number, line) in log.split(separator: 10, omittingEmptySubsequences: false).enumerated() {
            let data = Data(line)
            guard data.contains(where: { $0 > 32 }) else { continue }
            do {
                try add(JSONDecoder().decode(Line.self, from: data))
            } catch let error as DecodingError {
                throw Self.fault(path, number, Self.explain(error))
            } catch {
                throw Self.fault(path, number, "is not valid JSON")
            }
        }
    }

    private static func fault(_ path: String, _ number: Int, _ message: String) -> FileError {
        FileError(path: path, kind: .badData, message: "line \(number + 1) \(message)")
    }

    private mutating func add(_ line: Line) throws {
        switch line {
        case .incumbent(let incumbent): incumbents.append(incumbent)
        case .bound(let bound): bounds.append(bound)
        case .start(let fingerprint, let problem):
            self.fingerprint = fingerprint
            problemPath = problem
            incumbents.removeAll()
            bounds.removeAll()
        case .other: break
        }
    }

    private static func explain(_ error: DecodingError) -> String {
        switch error {
        case .keyNotFound(let key, _): "lacks the field \"\(key.stringValue)\""
        case .typeMismatch(_, let context), .valueNotFound(_, let context):
            if let key = context.codingPath.last {
                "has a field \"\(key.stringValue)\" of another type"
            } else {
                "is not a JSON object"
            }
        case .dataCorrupted(let context) where !context.codingPath.isEmpty:
            "has a field \"\(context.codingPath.map(\.stringValue).joined(separator: "."))\" that no number holds"
        default: "is not valid JSON"
        }
    }

    private enum Line: Decodable {
        case incumbent(Incumbent)
        case bound(Bound)
        case start(fingerprint: String?, problem: String?)
        case other

        private enum CodingKeys: String, CodingKey {
            case event, fingerprint, problem, seconds, latency, source, kind, value, scope
            case isAboutProblem = "is_about_problem"
        }

        init(from decoder: any Decoder) throws {
            let container = try decoder.container(keyedBy: CodingKeys.self)
            switch try container.decode(String.self, forKey: .event) {
            case "incumbent":
                self = .incumbent(
                    Incumbent(
                        seconds: try container.decode(Double.self, forKey: .seconds),
                        latency: try container.decode(Double.self, forKey: .latency),
                        source: try container.decodeIfPresent(String.self, forKey: .source) ?? ""))
            case "bound":
                self = .bound(
                    Bound(
                        seconds: try container.decode(Double.self, forKey: .seconds),
                        kind: try container.decodeIfPresent(String.self, forKey: .kind) ?? "",
                        value: try container.decode(Double.self, forKey: .value),
                        scope: try container.decodeIfPresent(String.self, forKey: .scope) ?? "",
                        // Without a word on it, a bound is not trusted to be about the problem.
                        isAboutProblem: try container.decodeIfPresent(Bool.self, forKey: .isAboutProblem) ?? false))
            case "start":
                self = .start(
                    fingerprint: try container.decodeIfPresent(String.self, forKey: .fingerprint),
                    problem: try container.decodeIfPresent(String.self, forKey: .problem))
            default: self = .other
            }
        }
    }
}
