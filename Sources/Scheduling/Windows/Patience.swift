/// Tells when the search is stuck, and when there is nothing more to try.
struct Patience: Sendable {
    /// What to do when the steps have not improved for a while.
    enum Advice {
        /// Perturb the steps.
        case perturb
        /// Start from another schedule, or perturb the steps where there is none.
        case startAnew
    }

    /// Rounds in a row in which no window was new.
    var idleRounds = 0
    /// Rounds in a row in which the steps have not become better than ``lastLatency``.
    private var stalledRounds = 0
    /// Times at which the search was stuck.
    private var stalls = 0
    /// The least latency of the steps since they were last changed on purpose, in units of time.
    private var lastLatency = Double.infinity
    private let roundsBeforeStall: Int

    /// Rounds without a new window after which there is nothing more to try.
    private static let idleRounds = 200
    /// Every how many stalls the search starts from another schedule.
    static let stallsPerStart = 3

    /// As many rounds as windows of ten ops need to cover the graph six times.
    init(opCount: Int, windowsPerRound: Int) {
        roundsBeforeStall = max(6, 6 * opCount / (10 * windowsPerRound))
    }

    /// False when no window has been new for long.
    var hasIdeas: Bool { idleRounds < Self.idleRounds }

    /// Takes note of the steps' latency after a round.
    mutating func isStalled(at latency: Double) -> Bool {
        if latency < lastLatency * (1 - Tolerance.agreement) {
            lastLatency = latency
            stalledRounds = 0
            return false
        }
        stalledRounds += 1
        guard stalledRounds >= roundsBeforeStall else { return false }
        stalledRounds = 0
        return true
    }

    /// What to do about a stall.
    mutating func adviceForStall() -> Advice {
        stalls += 1
        return stalls.isMultiple(of: Self.stallsPerStart) ? .startAnew : .perturb
    }

    /// Starts to wait for something better than this latency.
    mutating func restart(at latency: Double) { lastLatency = latency }
}
