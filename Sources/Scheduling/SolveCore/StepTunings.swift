/// The best granularities of steps, found by exhaustive search on one chip; of use on another one.
public struct StepTunings: Sendable {
    private(set) var tunings: [StepKey: TuningState] = [:]

    /// Steps kept at most, about 300 bytes each.
    private static let maximumCount = 50_000

    /// Nothing yet.
    public init() {}

    /// True when nothing is known.
    public var isEmpty: Bool { tunings.isEmpty }

    /// Notes what is known of a step, as long as there is room.
    mutating func insert(_ tuning: TuningState, for key: StepKey) {
        if tunings.count < Self.maximumCount { tunings[key] = tuning }
    }
}
