/// What made a search stop early.
public enum Limit: String, Sendable, Hashable {
    /// The time limit.
    case time
    /// The relative gap was small enough.
    case gap
    /// The node limit.
    case nodes
    /// The caller asked for it.
    case interrupted
}

/// How a search over a mixed-integer model ended. A ``Limit`` is there exactly when the search stopped early.
public enum Termination: Sendable, Hashable {
    /// The incumbent is optimal, within the solver's tolerance (about 1e-9 of the objective).
    case optimal
    /// No point is feasible.
    case infeasible
    /// Feasible points of any objective exist.
    case unbounded
    /// Stopped early with an incumbent.
    case feasible(Limit)
    /// Stopped early without an incumbent.
    case noSolution(Limit)

    /// The limit that stopped the search, if one did.
    public var limit: Limit? {
        switch self {
        case .optimal, .infeasible, .unbounded: nil
        case .feasible(let limit), .noSolution(let limit): limit
        }
    }
}

/// How the solution of a linear program ended.
public enum LPTermination: Sendable, Hashable {
    /// The point is optimal.
    case optimal
    /// No point is feasible.
    case infeasible
    /// Feasible points of any objective exist.
    case unbounded
    /// Stopped early (``Limit/time`` or ``Limit/interrupted``).
    case stopped(Limit)
}
