import Scheduling

extension Omission {
    /// What was left out, in a user's words, and the option of the command line that would change it if there is one.
    var words: String {
        what + (option.map { "; \($0)" } ?? "")
    }

    private var what: String {
        switch self {
        case .tooManyOps(let count, let capacity):
            "nothing was enumerated: \(readable(count)) ops are more than \(readable(capacity))"
        case .tooManyTensors(let capacity):
            "nothing was enumerated: ops write more than \(readable(capacity)) tensors"
        case .stopped(let connected, let admissible, let unfinished, let ops, let limits):
            "steps that end in \(readable(unfinished)) of the \(readable(ops)) ops; "
                + (limits == nil ? "time was up" : "a limit was met")
                + " after \(readable(connected)) connected sets of ops, \(readable(admissible)) of them possible steps"
        case .handOffs(let tensors, let sets):
            "steps that keep more than \(readable(tensors)) tensors for the next step, or could in more than "
                + "\(readable(sets)) ways"
        case .notSimulated(let steps):
            "tile sizes of \(counted(steps)) that take too long to simulate"
        case .granularitiesStopped:
            "tile sizes that there was no time for"
        case .tooManySteps(let limit):
            "steps: there are more than \(readable(limit))"
        case .tooManyCandidates(let limit):
            "steps: more than \(readable(limit)) are worth keeping"
        case .notTuned(let candidates):
            "tile sizes of \(counted(candidates)) that there was no time for"
        case .beyondSearch(let candidates):
            "tile sizes of \(counted(candidates)) that take too long to simulate"
        case .recomputation:
            "schedules that compute an op twice"
        case .unprovenCut:
            "a choice of steps that repeats one; it was cut off, without a proof that it has no order"
        case .everything:
            "all steps: nothing was enumerated"
        case .noBound:
            "everything: no bound was found"
        }
    }

    private func counted(_ steps: Int) -> String { "\(readable(steps)) \(steps == 1 ? "step" : "steps")" }

    private var option: String? {
        switch self {
        case .stopped(_, _, _, _, limits: nil), .notTuned, .granularitiesStopped:
            "a longer --time-limit goes on"
        case .stopped, .tooManySteps, .tooManyCandidates:
            "a larger --candidates allows more"
        case .everything, .noBound, .tooManyOps, .tooManyTensors, .handOffs, .notSimulated, .beyondSearch,
            .recomputation, .unprovenCut:
            nil
        }
    }
}

extension ProofScope {
    static let candidatesOnly = "schedules of the candidates only"

    /// The scope in a user's words.
    var words: String {
        guard case .candidates(let omissions) = self else { return description }
        return Self.candidatesOnly + "; left out: " + omissions.map(\.words).joined(separator: "; ")
    }
}
