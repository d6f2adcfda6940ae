/// A feasible point and its objective.
public struct Incumbent: Sendable, Hashable {
    /// One value per column; integral columns are exact.
    public let point: [Double]
    /// The point's objective.
    public let objective: Double

    /// Creates an incumbent.
    public init(point: [Double], objective: Double) {
        self.point = point
        self.objective = objective
    }
}

/// How the search over a mixed-integer model went.
public struct MIPResult: Sendable {
    /// How it ended.
    public let termination: Termination
    /// The best feasible point found.
    public let incumbent: Incumbent?
    /// No feasible point of the model has a better objective: a lower bound of a minimum, an upper bound of a maximum.
    /// Infinite on the bad side if nothing is known, on the good side if the model is infeasible.
    public let dualBound: Double
    /// Branch-and-bound nodes entered.
    public let nodes: Int
    /// Simplex iterations; nil if the solver does not tell.
    public let simplexIterations: Int?
    /// Objective of the root relaxation without cuts, if it was solved.
    public let rootRelaxation: Double?
    /// Whether the root relaxation was confirmed in exact arithmetic.
    public let rootIsCertified: Bool
    /// Columns fixed by their reduced cost before the search.
    public let fixedColumns: Int
    /// Lazy rows generated.
    public let lazyRows: Int
    /// Wall-clock time of the whole solution, in seconds.
    public let seconds: Double
    /// What the solver itself said, for logs only.
    public let rawStatus: String

    /// Creates a result.
    public init(
        termination: Termination, incumbent: Incumbent?, dualBound: Double, nodes: Int = 0,
        simplexIterations: Int? = nil, rootRelaxation: Double? = nil, rootIsCertified: Bool = false,
        fixedColumns: Int = 0, lazyRows: Int = 0, seconds: Double, rawStatus: String
    ) {
        self.termination = termination
        self.incumbent = incumbent
        self.dualBound = dualBound
        self.nodes = nodes
        self.simplexIterations = simplexIterations
        self.rootRelaxation = rootRelaxation
        self.rootIsCertified = rootIsCertified
        self.fixedColumns = fixedColumns
        self.lazyRows = lazyRows
        self.seconds = seconds
        self.rawStatus = rawStatus
    }

    /// |incumbent - dual bound| / |incumbent|, a fraction: 0 if they are equal, infinite if only the incumbent is zero.
    /// Nil without an incumbent.
    public var gap: Double? { incumbent.map { relativeGap(incumbent: $0.objective, dualBound: dualBound) } }
}

/// |incumbent - dual bound| / |incumbent|, a fraction: 0 if they are equal, infinite if only the incumbent is zero.
package func relativeGap(incumbent: Double, dualBound: Double) -> Double {
    incumbent == dualBound ? 0 : (incumbent - dualBound).magnitude / incumbent.magnitude
}

/// How the solution of a linear program went.
public struct LPResult: Sendable {
    /// How it ended.
    public let termination: LPTermination
    /// Objective of the point; nil unless optimal.
    public let objective: Double?
    /// One value per column; empty unless optimal.
    public let point: [Double]
    /// c - sum(pi a) of each column, for a minimum as for a maximum; empty unless optimal.
    public let reducedCosts: [Double]
    /// The dual value pi of each row, the change of the objective per unit of the row's bound; empty if unknown. When
    /// the solution was stopped these are the duals of the last basis.
    public let rowDuals: [Double]
    /// What the row duals prove (``LagrangianBound``): no feasible point is better. Infinite if nothing.
    public let dualBound: Double
    /// Whether the basis was confirmed in exact arithmetic; the numbers are then exact values rounded to doubles.
    public let isCertified: Bool
    /// Simplex iterations; nil if the solver does not tell.
    public let iterations: Int?
    /// Wall-clock time, in seconds.
    public let seconds: Double
    /// What the solver itself said, for logs only.
    public let rawStatus: String

    /// Creates a result.
    public init(
        termination: LPTermination, objective: Double?, point: [Double], reducedCosts: [Double], rowDuals: [Double],
        dualBound: Double, isCertified: Bool = false, iterations: Int? = nil, seconds: Double, rawStatus: String
    ) {
        self.termination = termination
        self.objective = objective
        self.point = point
        self.reducedCosts = reducedCosts
        self.rowDuals = rowDuals
        self.dualBound = dualBound
        self.isCertified = isCertified
        self.iterations = iterations
        self.seconds = seconds
        self.rawStatus = rawStatus
    }
}
