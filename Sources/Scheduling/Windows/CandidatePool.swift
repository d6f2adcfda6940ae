import TensorGraph

/// Candidates found in windows that came close to being chosen, for use in combinations that no window sees.
struct CandidatePool {
    private var numbers: [StepKey: Int] = [:]
    /// The candidates, in the order in which they were found.
    private(set) var candidates: [Candidate] = []

    /// Candidates kept at most, about 24 MB; when there are more the older half is forgotten.
    private static let maximumCount = 24_000

    /// Adds a candidate, or a better granularity of one that is there.
    mutating func insert(_ candidate: Candidate) {
        let key = candidate.key
        if let known = numbers[key] {
            candidates[known].lower(to: candidate)
            return
        }
        if candidates.count >= Self.maximumCount {
            let kept = candidates.suffix(Self.maximumCount / 2)
            candidates = []
            numbers = [:]
            for candidate in kept { insert(candidate) }
        }
        numbers[key] = candidates.count
        candidates.append(candidate)
    }
}
