/// What made a run stop before it was done.
public enum SolveLimit: Sendable, Hashable, CustomStringConvertible {
    /// The time limit.
    case time
    /// The gap that was asked for is reached.
    case gap
    /// Nodes of branch and bound, or states of the backward search.
    case nodes
    /// The candidates are too many to enumerate.
    case candidates
    /// Rounds of large-neighbourhood search.
    case rounds
    /// The caller asked for it.
    case interrupted
    /// A solver gave up, or said what cannot be true.
    case solver

    /// The status of a result that ended so.
    public var description: String {
        switch self {
        case .time: "time limit"
        case .gap: "gap limit"
        case .nodes: "nodes limit"
        case .candidates: "too large for complete enumeration"
        case .rounds: "rounds limit"
        case .interrupted: "interrupted"
        case .solver: "the solver gave up"
        }
    }
}

/// How a strategy, or a whole run, ended.
public enum Ending: Sendable, Hashable {
    /// The incumbent is the best of all that the strategy looks at: of all schedules, if it left nothing out.
    case proven
    /// There is nothing more to try, which proves nothing.
    case exhausted
    /// Stopped early.
    case limit(SolveLimit)
}
