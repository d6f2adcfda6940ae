/// Why candidates are not all that can matter, so that what is proven over them is not proven for the problem.
public enum Omission: Sendable, Hashable, CustomStringConvertible {
    /// The problem has more ops than a set holds.
    case tooManyOps(count: Int, capacity: Int)
    /// Ops write more tensors than a set holds.
    case tooManyTensors(capacity: Int)
    /// Enumeration of op sets was stopped.
    ///
    /// - Parameters:
    ///   - connected: connected op sets looked at.
    ///   - admissible: those of them that are steps by shape and memory.
    ///   - unfinished: ops, of all, for which the sets that they end were not all looked at.
    ///   - limits: the limits that were met; nil when time was.
    case stopped(connected: Int, admissible: Int, unfinished: Int, ops: Int, limits: EnumerationLimits?)
    /// Steps that retain more tensors, or in more ways, than the limits.
    case handOffs(tensors: Int, sets: Int)
    /// Steps with granularities at which demands coincide, too many to simulate.
    case notSimulated(steps: Int)
    /// The search for granularities was stopped.
    case granularitiesStopped
    /// More steps than the limit.
    case tooManySteps(limit: Int)
    /// More candidates than the limit.
    case tooManyCandidates(limit: Int)
    /// Candidates whose granularities were not searched exhaustively in time.
    case notTuned(candidates: Int)
    /// Candidates with granularities at which demands coincide, too many to simulate.
    case beyondSearch(candidates: Int)
    /// No op is recomputed.
    case recomputation
    /// A choice of candidates with repeated steps was cut off without proof that it cannot be ordered.
    case unprovenCut
    /// Nothing was enumerated.
    case everything
    /// No bound was found.
    case noBound

    /// The reason in words.
    public var description: String {
        switch self {
        case .tooManyOps(let count, let capacity): "\(count) ops are more than the \(capacity) of a set"
        case .tooManyTensors(let capacity): "more than \(capacity) tensors are written"
        case .stopped(let connected, let admissible, let unfinished, let ops, let limits):
            "stopped after \(connected) connected op sets, \(admissible) of them steps by shape and memory; "
                + "\(unfinished) of \(ops) ops, as last op of a step, were not finished"
                + (limits.map { "; the limits are \($0.connectedSets) and \($0.admissibleSets)" } ?? " in time")
        case .handOffs(let tensors, let sets):
            "steps that retain more than \(tensors) tensors, or tensors in more than \(sets) ways"
        case .notSimulated(let steps):
            "granularities of \(steps) steps at which demands coincide, too many to simulate"
        case .granularitiesStopped: "the search for granularities was stopped"
        case .tooManySteps(let limit): "there are more than \(limit) steps"
        case .tooManyCandidates(let limit): "there are more than \(limit) candidates"
        case .notTuned(let candidates):
            "granularities of \(candidates) candidates were not searched exhaustively in time"
        case .beyondSearch(let candidates):
            "granularities of \(candidates) candidates at which demands coincide, too many to simulate"
        case .recomputation: "no op is recomputed"
        case .unprovenCut: "a choice with repeated steps was cut off unproven"
        case .everything: "nothing was enumerated"
        case .noBound: "no bound was found"
        }
    }
}
