import CostModel
import Foundation
import TensorGraph
import Testing

extension Trait where Self == ConditionTrait {
    /// Skips a test that asks the ``Referee`` where that cannot run.
    public static var needsReferee: Self { .enabled(if: Referee.isAvailable, Comment(rawValue: Referee.absence)) }
}

/// The independent referee, a Python script that shares no code with this package, asked about many cases at once.
public struct Referee {
    /// What the referee says about one case.
    public enum Verdict: Sendable, Hashable {
        /// Valid, with the latency of each step.
        case valid(latencies: [Double])
        /// Invalid, and why.
        case invalid(reason: String)

        /// The sum of the latencies; nil when invalid.
        public var total: Double? {
            guard case .valid(let latencies) = self else { return nil }
            return latencies.reduce(0, +)
        }
    }

    /// Why there is no verdict.
    public struct Failure: Error, CustomStringConvertible {
        /// What went wrong.
        public let description: String
    }

    /// The script, beside this file.
    public static let script = ExternalFiles.packageRoot.appendingPathComponent("Tests/TestSupport/judge.py")

    /// False when python3 is missing; tests that need the referee are then skipped.
    public static let isAvailable = pythonRuns()

    /// What a skipped test says.
    public static let absence = "needs python3, which runs the referee"

    private var lines: [String] = []

    /// Creates a referee without cases.
    public init() {}

    /// Number of cases added.
    public var count: Int { lines.count }

    /// Adds a schedule. Latencies are checked where every step reports one.
    public mutating func add(_ schedule: Schedule, for problem: Problem, cap: ReductionCap = .native) {
        let reported = schedule.steps.compactMap(\.reportedLatency)
        let isReported = reported.count == schedule.steps.count
        let latencies = isReported ? reported : schedule.steps.map { _ in 0 }
        let text = ScheduleFile.text(of: schedule, latencies: latencies, grids: grids(of: schedule, in: problem))
        lines.append(
            line([
                ("problem", ProblemFile.text(of: problem)), ("schedule", text), ("cap", "\(cap == .native)"),
                ("reported", "\(isReported)"),
            ]))
    }

    /// Adds a single step, whose inputs count as available.
    public mutating func add(_ stepCase: StepCase, cap: ReductionCap = .native) {
        let schedule = Schedule(steps: [stepCase.step])
        let text = ScheduleFile.text(
            of: schedule, latencies: [0], grids: grids(of: schedule, in: stepCase.problem))
        lines.append(
            line([
                ("problem", ProblemFile.text(of: stepCase.problem)), ("schedule", text), ("cap", "\(cap == .native)"),
                ("resident", stepCase.resident.map(\.index).description),
            ]))
    }

    /// Verdicts on all cases, in the order in which they were added.
    ///
    /// One process answers all cases; files rather than pipes carry them, so that neither side can block the other.
    public func verdicts() throws -> [Verdict] {
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent("referee-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        let (cases, answers) = (folder.appendingPathComponent("cases"), folder.appendingPathComponent("answers"))
        try Data((lines.joined(separator: "\n") + "\n").utf8).write(to: cases)
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        process.arguments = ["python3", "-c", Self.driver, Self.script.path, cases.path, answers.path]
        try process.run()
        process.waitUntilExit()
        guard process.terminationStatus == 0 else {
            throw Failure(description: "the referee ended with status \(process.terminationStatus)")
        }
        let decoder = JSONDecoder()
        let verdicts = try Data(contentsOf: answers).split(separator: UInt8(ascii: "\n")).map { line -> Verdict in
            let answer = try decoder.decode(Answer.self, from: Data(line))
            if let latencies = answer.latencies { return .valid(latencies: latencies) }
            return .invalid(reason: answer.reason ?? "")
        }
        guard verdicts.count == lines.count else {
            throw Failure(description: "\(lines.count) cases but \(verdicts.count) verdicts")
        }
        return verdicts
    }
}

extension Referee {
    private struct Answer: Decodable {
        var latencies: [Double]?
        var reason: String?
    }

    /// Reads cases, one JSON object per line, and writes one answer per line.
    private static let driver = """
        import importlib.util, json, sys
        spec = importlib.util.spec_from_file_location("judge", sys.argv[1])
        judge = importlib.util.module_from_spec(spec)
        sys.dont_write_bytecode = True
        spec.loader.exec_module(judge)

        def latencies(case):
            schedule, cap = case["schedule"], case["cap"]
            if "resident" not in case:
                return judge.evaluate(case["problem"], schedule, cap_k=cap, check_reported=case["reported"])[1]
            step = judge.Step(
                judge.Problem(case["problem"]), schedule["subgraphs"][0], schedule["granularities"][0],
                schedule["tensors_to_retain"][0], schedule["traversal_orders"][0], set(case["resident"]), cap)
            return [step.latency()]

        with open(sys.argv[2]) as cases, open(sys.argv[3], "w") as answers:
            for line in cases:
                try:
                    answer = {"latencies": latencies(json.loads(line))}
                except judge.Invalid as reason:
                    answer = {"reason": str(reason)}
                answers.write(json.dumps(answer) + "\\n")
        """

    private static func pythonRuns() -> Bool {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        process.arguments = ["python3", "-c", ""]
        process.standardError = FileHandle.nullDevice
        guard (try? process.run()) != nil else { return false }
        process.waitUntilExit()
        return process.terminationStatus == 0
    }

    private func line(_ fields: [(name: String, json: String)]) -> String {
        let object = fields.map { "\"\($0.name)\": \($0.json)" }.joined(separator: ", ")
        return "{" + object.replacing("\n", with: " ") + "}"
    }

    /// Tile grids as far as they can be told: a broken step may have none, and then its order is listed as it stands.
    private func grids(of schedule: Schedule, in problem: Problem) -> [(rows: Int, columns: Int)] {
        let analyzer = StepAnalyzer(problem)
        return schedule.steps.map { step in
            guard step.granularity.width > 0, step.granularity.height > 0,
                let structure = try? analyzer.analyze(ops: step.ops, retained: step.retained)
            else { return (1, 1) }
            return structure.grid(step.granularity)
        }
    }
}
