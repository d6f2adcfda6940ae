import Scheduling

extension Omission {
    /// What a user can do about it, by the option of the command line; nil if no option changes it.
    var advice: String? {
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
