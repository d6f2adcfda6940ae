/// When a solution began and when it has to end.
struct Deadline: Sendable {
    private let start = ContinuousClock.now
    private let limitSeconds: Double?

    init(limitSeconds: Double?) { self.limitSeconds = limitSeconds }

    /// Time since the beginning, in seconds.
    var seconds: Double { (ContinuousClock.now - start) / .seconds(1) }

    var hasPassed: Bool {
        guard let limitSeconds else { return false }
        return seconds >= limitSeconds
    }

    /// Time left as GLPK takes it: whole milliseconds, at least 0, at most `Int32.max`, which GLPK takes for no limit.
    var millisecondsLeft: Int32 {
        guard let limitSeconds else { return .max }
        let left = max(0, limitSeconds - seconds) * 1000
        return left < Double(Int32.max) ? Int32(left) : .max
    }
}
