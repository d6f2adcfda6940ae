import Reporting
import Scheduling

/// What solving came to.
struct SolveReport: Encodable {
    let problem: String
    let schedule: String
    let method: String
    /// Time for the method alone, without reading and writing files.
    let solveSeconds: Double
    /// Bounds and what was proven; nil for methods that prove nothing.
    let proof: ProofReport?
    let outcome: ScheduleReport

    private enum CodingKeys: CodingKey {
        case problem, schedule, method, solveSeconds, proof
    }

    /// Encodes the fields of ``outcome`` beside its own, so that a solved schedule reads like an evaluated one.
    func encode(to encoder: any Encoder) throws {
        try outcome.encode(to: encoder)
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(problem, forKey: .problem)
        try container.encode(schedule, forKey: .schedule)
        try container.encode(method, forKey: .method)
        try container.encode(solveSeconds, forKey: .solveSeconds)
        try container.encodeIfPresent(proof, forKey: .proof)
    }

    /// One line for people, and what was proven in further lines.
    var summary: String {
        let steps = outcome.steps.count == 1 ? "1 step" : "\(outcome.steps.count) steps"
        let time = solveSeconds < 1 ? "\(readable(solveSeconds * 1000)) ms" : "\(readable(solveSeconds)) s"
        return "\(schedule): latency \(readable(outcome.totalLatency)) in \(steps), method \(method), \(time)\n"
            + (proof.map { "\($0.summary)\n" } ?? "")
    }
}
