import Scheduling

/// Wall-clock time split by what the solver does.
///
/// A phase that comes back counts into the same sum.
public struct PhaseTimes: Sendable {
    private var names: [Phase] = []
    private var sums: [Phase: Double] = [:]
    private var current: Phase
    private var since: Double

    /// Starts with a phase at a time, in seconds.
    public init(_ phase: Phase, at seconds: Double = 0) {
        current = phase
        since = seconds
        names = [phase]
    }

    /// Ends the phase before and starts another, or goes on with it.
    public mutating func enter(_ phase: Phase, at seconds: Double) {
        sums[current, default: 0] += max(0, seconds - since)
        if sums[phase] == nil, phase != current { names.append(phase) }
        current = phase
        since = max(since, seconds)
    }

    /// What each phase took until a time, in seconds, in the order in which they were first entered.
    public func totals(at seconds: Double) -> [(phase: Phase, seconds: Double)] {
        names.map { name in
            (name, (sums[name] ?? 0) + (name == current ? max(0, seconds - since) : 0))
        }
    }
}
