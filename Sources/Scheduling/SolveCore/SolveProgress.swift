/// What a solver does now.
public enum Phase: String, Sendable, Hashable, CaseIterable {
    /// The problem is read.
    case read
    /// List scheduling.
    case list
    /// The first schedule is written.
    case write
    /// Candidates are enumerated.
    case enumerate
    /// Granularities of candidates are searched exhaustively.
    case tune
    /// Column generation: dual prices, and the search for steps that are worth more than they cost.
    case price
    /// The linear relaxation over the candidates.
    case relax
    /// The backward search over the candidates.
    case search
    /// The integer program over the candidates.
    case program
    /// Large-neighbourhood search.
    case windows
    /// The restricted master: all candidates that windows found worth keeping.
    case master
}

/// How far the solver has come, in counts that mean the same on every machine.
public struct SolveProgress: Sendable, Hashable {
    /// What the solver does.
    public var phase: Phase
    /// Nodes of branch and bound, and states of the backward search, so far.
    public var nodes: Int
    /// Nodes or states that wait; nil when there is no such search.
    public var open: Int?
    /// Candidates at hand.
    public var columns: Int
    /// Windows solved by large-neighbourhood search.
    public var windows: Int
    /// Rows of the restricted master, in column generation; nil elsewhere.
    public var rows: Int?

    /// Creates a record.
    public init(phase: Phase, nodes: Int = 0, open: Int? = nil, columns: Int = 0, windows: Int = 0, rows: Int? = nil) {
        self.phase = phase
        self.nodes = nodes
        self.open = open
        self.columns = columns
        self.windows = windows
        self.rows = rows
    }
}
