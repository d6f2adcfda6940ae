import CostModel
import TensorGraph

/// Candidates of a problem, and whether they are all that can matter.
package struct CandidateSet: Sendable {
    /// The candidates, in a fixed order.
    package var candidates: [Candidate]
    /// Why the set is not complete; empty when nothing that RULES allows was left out, other than by the dominance
    /// arguments that ``CandidateEnumerator`` states.
    package var omissions: [Omission]
    /// How the candidates came about.
    package var statistics: EnumerationStatistics
    /// Candidates that no schedule cheaper than this contains may be missing, in units of time; infinite when none is.
    ///
    /// What is proven over the candidates is proven up to this number only: a bound is at most this.
    package internal(set) var cutoff = Double.infinity

    /// Creates a set from which nothing is dropped yet.
    package init(
        candidates: [Candidate] = [], omissions: [Omission] = [],
        statistics: EnumerationStatistics = EnumerationStatistics()
    ) {
        self.candidates = candidates
        self.omissions = omissions
        self.statistics = statistics
    }

    /// True when optimality over the candidates is optimality for the problem, below the ``cutoff``.
    package var isComplete: Bool { omissions.isEmpty }

    /// Finds steps among the candidates, and adds those that dominance or a limit left out.
    ///
    /// Steps are told apart without their granularity; see `add(_:to:)` for what becomes of it.
    ///
    /// - Returns: the position of each step's candidate.
    mutating func include(_ steps: [Candidate]) -> [Int] {
        var positions = Self.positions(candidates)
        return steps.map { step in
            if let known = positions[step.key] { return known }
            positions[step.key] = candidates.count
            candidates.append(step)
            return candidates.count - 1
        }
    }

    /// Adds steps that are not among the candidates, and the better granularity to those that are.
    static func add(_ steps: [Candidate], to candidates: inout [Candidate]) {
        var positions = positions(candidates)
        for step in steps {
            if let known = positions[step.key] {
                candidates[known].lower(to: step)
            } else {
                positions[step.key] = candidates.count
                candidates.append(step)
            }
        }
    }

    /// The position of each candidate; of the last of several that differ in granularity only.
    static func positions(_ candidates: [Candidate]) -> [StepKey: Int] {
        var positions: [StepKey: Int] = [:]
        for (index, candidate) in candidates.enumerated() { positions[candidate.key] = index }
        return positions
    }
}
