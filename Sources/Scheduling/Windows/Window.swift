import TensorGraph

/// Some steps of a schedule that large-neighbourhood search replaces by better ones.
struct Window: Sendable {
    /// Where it lies in its ``WindowPlan``.
    var place: WindowPlan.Place
    /// Sets of ops that no step divides, in the window's numbers; nil for single ops.
    var groups: [OpSet]?
    /// Its ops, and what crosses its border.
    var subproblem: Subproblem
    /// The steps at hand, in the window's numbers.
    var current: [Candidate]

    /// Latency of the steps at hand, in units of time.
    var latency: Double { current.reduce(0) { $0 + $1.latency } }

    /// All that the result depends on, the steps at hand aside.
    struct Key: Hashable, Sendable {
        var signature: Subproblem.Signature
        var groups: [OpSet]?
    }

    var key: Key { Key(signature: subproblem.signature, groups: groups) }
}
