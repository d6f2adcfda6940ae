/// What a caller asks of a solver for a linear program.
public struct LPOptions: Sendable {
    /// Wall-clock limit, in seconds; nil for none.
    public var timeLimitSeconds: Double?
    /// Asks for a final check in exact arithmetic; ``LPResult/isCertified`` tells whether it was done.
    public var certifies: Bool
    /// Polled now and then; true stops the solution.
    public var isCancelled: (@Sendable () -> Bool)?

    /// Creates options.
    public init(
        timeLimitSeconds: Double? = nil, certifies: Bool = false, isCancelled: (@Sendable () -> Bool)? = nil
    ) {
        self.timeLimitSeconds = timeLimitSeconds
        self.certifies = certifies
        self.isCancelled = isCancelled
    }
}

/// What a caller asks of a solver for a mixed-integer program.
public struct MIPOptions: Sendable {
    /// Which fractional column to branch on.
    public enum Branching: Sendable, Hashable {
        /// The one closest to one half: chosen in no time.
        case mostFractional
        /// The one that raises the bound most, by what the next pivot says (Driebeck, "An algorithm for the solution of
        /// mixed integer programming problems", Management Science 12, 1966; Tomlin 1971). Each node takes longer;
        /// where many schedules cost the same, few are needed.
        case penalties
    }

    /// Wall-clock limit, in seconds; nil for none.
    public var timeLimitSeconds: Double?
    /// The search stops when (incumbent - dual bound) / |incumbent| is at most this; 0 asks for proof.
    public var relativeGap = 0.0
    /// The search stops after this many nodes; nil for no limit.
    public var nodeLimit: Int?
    /// A feasible point to start from, one value per column. It is checked; a solver throws
    /// ``MIPSolverError/infeasibleStart(_:)`` for a point that breaks the model and
    /// ``MIPSolverError/startViolatesLazyRow(name:)`` for one that a lazy row forbids.
    public var initialPoint: [Double]?
    /// The caller's word that every feasible objective is an integer, so that bounds may be rounded. It must follow
    /// from the model (``MIPModel/hasIntegralObjective``), else a solver throws ``MIPSolverError/invalidOption(_:)``.
    public var objectiveIsIntegral = false
    /// Drops columns that the root's reduced costs prove useless against the incumbent.
    public var fixesByReducedCost = true
    /// Asks for an exact check of the root relaxation; ``MIPResult/rootIsCertified`` tells whether it was done.
    public var certifiesRoot = false
    /// Columns to branch on before all others, upwards first: structural decisions of which the rest follows.
    public var branchFirst: [ColumnID] = []
    /// How other columns are chosen; a hint, which a solver may ignore.
    public var branching = Branching.mostFractional
    /// Rows too many to write down: given a point with integral columns exact, returns rows of the model that it
    /// breaks, none if it is fine. Every row returned must hold for all points wanted, not only near this one; rows
    /// that the point does not break are ignored. Called on the solver's thread; what it throws ends the search and is
    /// thrown on.
    public var lazyRows: (@Sendable (_ point: [Double]) throws -> [Row])?
    /// Rows that no point wanted breaks and that a fractional point may: given such a point, returns rows of the model
    /// that it breaks. They only spare work, so a solver may ignore them. Called on the solver's thread.
    public var cuts: (@Sendable (_ point: [Double]) throws -> [Row])?
    /// Polled during the search; true stops it.
    public var isCancelled: (@Sendable () -> Bool)?
    /// Least time between two ``MIPEvent/progress(_:)`` events, in seconds.
    public var progressIntervalSeconds = 0.5

    /// Creates options: no limits, proof of optimality wanted.
    public init() {}

    /// Checks the options against a model.
    ///
    /// - Throws: ``MIPSolverError/invalidOption(_:)``, ``MIPSolverError/invalidModel(_:)`` for an index or a point of
    ///   the wrong size.
    public func validate(for model: MIPModel) throws(MIPSolverError) {
        if let limit = timeLimitSeconds, !(limit >= 0) { throw .invalidOption("time limit \(limit) s") }
        if !(relativeGap >= 0 && relativeGap.isFinite) { throw .invalidOption("relative gap \(relativeGap)") }
        if let limit = nodeLimit, limit < 0 { throw .invalidOption("node limit \(limit)") }
        if !(progressIntervalSeconds >= 0) { throw .invalidOption("progress interval \(progressIntervalSeconds) s") }
        if objectiveIsIntegral && !model.hasIntegralObjective {
            throw .invalidOption("the objective is said to be integral, which does not follow from the model")
        }
        for column in branchFirst where !model.columns.indices.contains(column.index) {
            throw .invalidModel(.unknownColumn(index: column.index, count: model.columns.count, place: "branchFirst"))
        }
    }

    /// The initial point with integral columns exact, checked against the model and the lazy rows; nil if there is
    /// none.
    ///
    /// - Throws: ``MIPSolverError/infeasibleStart(_:)``, ``MIPSolverError/startViolatesLazyRow(name:)``,
    ///   ``MIPSolverError/invalidModel(_:)`` for a point of the wrong size, and what `lazyRows` throws.
    public func checkedStart(for model: MIPModel) throws -> Incumbent? {
        guard let initialPoint else { return nil }
        let report: FeasibilityReport
        do {
            report = try FeasibilityReport(of: initialPoint, in: model)
        } catch {
            throw MIPSolverError.invalidModel(error)
        }
        guard report.isFeasible else { throw MIPSolverError.infeasibleStart(report) }
        // Rounding may break what the tolerance allowed.
        let point = model.rounded(initialPoint)
        let exact = try FeasibilityReport(of: point, in: model)
        guard exact.isFeasible else { throw MIPSolverError.infeasibleStart(exact) }
        for row in try lazyRows?(point) ?? [] {
            let row = try model.validated(row)
            if !FeasibilityTolerance.standard.allows(row.activity(at: point), in: row.bounds) {
                throw MIPSolverError.startViolatesLazyRow(name: row.name)
            }
        }
        return Incumbent(point: point, objective: exact.objective)
    }
}
