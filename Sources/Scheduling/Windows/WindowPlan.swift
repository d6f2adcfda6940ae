import TensorGraph

/// A schedule's steps in an order in which the steps of each window follow each other.
struct WindowPlan: Sendable {
    /// Steps of the sequence that make a window.
    struct Place: Sendable, Hashable {
        /// Positions in the sequence.
        var range: Range<Int>
        /// How the window was picked, for output.
        var source: IncumbentSource
        /// Whether the window has many ops, in few groups that no step divides.
        var isCoarse = false
    }

    /// The steps of the whole schedule.
    var sequence: [Candidate]
    /// Disjoint, ascending.
    var places: [Place] = []
}
