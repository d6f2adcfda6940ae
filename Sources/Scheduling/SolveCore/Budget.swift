/// Limits on complete enumeration; all counts, so that the result does not depend on the machine.
public struct EnumerationLimits: Sendable, Hashable {
    /// Connected op sets looked at.
    public var connectedSets = 4_000_000
    /// Op sets that could be steps by shape, sinks and memory.
    public var admissibleSets = 400_000
    /// Candidates kept; about 1 KiB of memory each.
    public var candidates = 400_000
    /// Steps (op set, resident set, retained set) whose granularity is searched.
    public var tunedSteps = 20_000_000
    /// Sets of tensors that one step may retain.
    public var retainedSets = 64
    /// Tensors retained at once.
    public var retainedTensors = 4

    /// The default limits.
    public init() {}
}

/// What a strategy may spend: time until a deadline, and counts that mean the same on every machine.
///
/// A strategy that is given counts and no deadline finds the same on every machine.
public struct Budget: Sendable {
    /// The clock, and whether the run was cancelled.
    private let control: SolveControl
    /// Seconds from the start of the clock; infinite without a limit.
    private let deadlineSeconds: Double
    /// Rounds of large-neighbourhood search in all; nil for as many as time allows.
    public var rounds: Int?
    /// States that a proof by backward search expands, with nothing tried after it; nil for its default.
    public var states: Int?
    /// What a proof enumerates.
    public var enumeration = EnumerationLimits()

    /// All the time that the control allows.
    public init(_ control: SolveControl) {
        self.control = control
        deadlineSeconds = control.timeLimitSeconds ?? .infinity
    }

    private init(control: SolveControl, deadlineSeconds: Double, _ counts: Budget) {
        self.control = control
        self.deadlineSeconds = deadlineSeconds
        rounds = counts.rounds
        states = counts.states
        enumeration = counts.enumeration
    }

    /// The same counts, and a part of the time that is left.
    public func share(_ share: Double) -> Budget {
        let deadline = deadlineSeconds.isFinite ? elapsedSeconds + remainingSeconds * share : .infinity
        return Budget(control: control, deadlineSeconds: deadline, self)
    }

    /// Seconds since the start of the clock.
    public var elapsedSeconds: Double { control.elapsedSeconds }

    /// Seconds until the deadline; infinite without one.
    public var remainingSeconds: Double { max(0, deadlineSeconds - elapsedSeconds) }

    /// What a solver is given as its limit, in seconds; nil for none.
    ///
    /// - Parameter share: part of the time that is left.
    public func solverSeconds(share: Double = 1) -> Double? {
        deadlineSeconds.isFinite ? remainingSeconds * share : nil
    }

    /// True when the run was cancelled.
    public var isCancelled: Bool { control.isCancelled }

    /// True when the run was cancelled or the time is up.
    public var shouldStop: Bool { stop != nil }

    /// Why work has to end now; nil when it need not.
    public var stop: SolveLimit? { isCancelled ? .interrupted : remainingSeconds <= 0 ? .time : nil }
}
