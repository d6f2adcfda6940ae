/// A snapshot of a search.
public struct MIPProgress: Sendable, Hashable {
    /// Nodes entered.
    public let nodes: Int
    /// Nodes waiting.
    public let openNodes: Int
    /// Columns in the search, less than in the model once some are fixed.
    public let columns: Int
    /// The dual bound so far.
    public let dualBound: Double
    /// Objective of the incumbent, if there is one.
    public let incumbent: Double?
    /// Wall-clock time since the solution began, in seconds.
    public let seconds: Double

    /// Creates a snapshot.
    public init(
        nodes: Int, openNodes: Int, columns: Int, dualBound: Double, incumbent: Double?, seconds: Double
    ) {
        self.nodes = nodes
        self.openNodes = openNodes
        self.columns = columns
        self.dualBound = dualBound
        self.incumbent = incumbent
        self.seconds = seconds
    }
}

/// What a solver tells while it works, on its own thread: the receiver must be quick.
public enum MIPEvent: Sendable {
    /// The root relaxation is solved; its objective.
    case rootRelaxation(Double)
    /// A better feasible point, checked against the model and the lazy rows.
    case incumbent(Incumbent)
    /// Still at work.
    case progress(MIPProgress)
}
