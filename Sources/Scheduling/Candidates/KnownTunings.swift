import CostModel
import TensorGraph

/// What earlier enumerations over parts of a problem found out about steps, so that no granularity is searched twice.
struct KnownTunings: Sendable {
    private(set) var tunings: [StepKey: TuningState] = [:]

    /// Steps kept at most; when there are more all are forgotten, which bounds memory on large graphs to about 200 MB.
    private static let maximumCount = 300_000

    /// Remembers a step, in the numbers of the whole problem.
    mutating func insert(_ tuning: TuningState, for key: StepKey) {
        if tunings.count >= Self.maximumCount { tunings.removeAll(keepingCapacity: true) }
        tunings[key] = tuning
    }

    /// What is known of a step of a part of the problem.
    func tuning(of key: StepKey, in part: Subproblem) -> TuningState? { tunings[part.outer(key)] }
}
