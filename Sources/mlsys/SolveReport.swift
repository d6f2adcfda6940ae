import Reporting
import Scheduling
import TensorGraph

/// What solving came to; its JSON form is described in `models/schema/solve.schema.json`.
struct SolveReport: Encodable {
    let problem: String
    let schedule: String
    let method: String
    /// Wall-clock time from the start of the process, reading included.
    let solveSeconds: Double
    /// The same split by what was done, in the order in which it was first done.
    let phases: [(phase: Phase, seconds: Double)]
    /// When the best schedule was found, in seconds from the start of the process.
    let bestSeconds: Double
    /// Bounds and what was proven; nil for methods that prove nothing.
    let proof: ProofReport?
    let outcome: ScheduleReport

    private enum CodingKeys: CodingKey {
        case problem, schedule, method, solveSeconds, phases, bestSeconds, proof
    }

    /// Encodes the fields of ``outcome`` beside its own, so that a solved schedule reads like an evaluated one.
    func encode(to encoder: any Encoder) throws {
        try outcome.encode(to: encoder)
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(problem, forKey: .problem)
        try container.encode(schedule, forKey: .schedule)
        try container.encode(method, forKey: .method)
        try container.encode(solveSeconds, forKey: .solveSeconds)
        try container.encode(
            Dictionary(phases.map { ($0.phase.rawValue, $0.seconds) }, uniquingKeysWith: +), forKey: .phases)
        try container.encode(bestSeconds, forKey: .bestSeconds)
        try container.encodeIfPresent(proof, forKey: .proof)
    }

    /// One line for people, and what was proven in further lines.
    func summary(width: Int? = nil) -> String {
        let steps = counted(outcome.steps.count, "step")
        let name = StandardStream.isOutput(schedule) ? "standard output" : schedule
        let first =
            "\(name): latency \(readable(outcome.totalLatency))\(microseconds) in \(steps), method \(method), "
            + "\(Self.time(solveSeconds))\n"
        guard let proof else { return first }
        let split = phases.map { "\($0.phase.rawValue) \(Self.time($0.seconds))" }.joined(separator: ", ")
        let lines = ["found by: \(proof.source) after \(Self.time(bestSeconds))", "time: \(split)"]
        return first + proof.summary(width: width) + "\n"
            + lines.flatMap { TextWidth.wrapped($0, to: width) }.map { $0 + "\n" }.joined()
    }

    private var microseconds: String {
        outcome.physical.map { " (\(readable($0.microseconds)) µs)" } ?? ""
    }

    private static func time(_ seconds: Double) -> String {
        seconds < 1 ? "\(readable(seconds * 1000)) ms" : "\(readable(seconds)) s"
    }
}
