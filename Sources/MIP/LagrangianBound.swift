/// The bound on the objective that a set of row duals proves, whatever their origin.
///
/// For a minimum and any duals *pi*, every feasible point costs at least *sum of pi times the row bound of the matching
/// side* + *sum over columns of min(d x) within the column bounds*, where *d = c - sum(pi a)* is the reduced cost (weak
/// duality; see Neumaier and Shcherbina, "Safe bounds in linear and mixed-integer linear programming", Math. Program.
/// 99, 2004). No tolerance of a solver enters, only the rounding of the sums. For a maximum everything is mirrored.
///
/// A dual that points to a side on which its row has no bound counts as 0: solvers leave such duals behind, a hair off
/// 0, and they would prove nothing.
public struct LagrangianBound: Sendable {
    /// Lower bound of a minimum, upper bound of a maximum; infinite if the duals prove nothing because a column has no
    /// bound on the side that they point to.
    public let value: Double
    /// c - sum(pi a) of each column.
    public let reducedCosts: [Double]

    /// Computes the bound.
    ///
    /// - Throws: ``MIPModelError/pointLength(found:expected:)`` if there is not one dual per row.
    /// - Complexity: O(*n* + *z*).
    public init(rowDuals: [Double], in model: MIPModel) throws(MIPModelError) {
        guard rowDuals.count == model.rows.count else {
            throw .pointLength(found: rowDuals.count, expected: model.rows.count)
        }
        let sign = model.sense.sign
        var reduced = model.columns.map(\.objective)
        var bound = sign * model.objectiveConstant
        for (row, dual) in zip(model.rows, rowDuals) where dual != 0 {
            let least = Self.least(sign * dual, over: row.bounds)
            guard least > -.infinity else { continue }
            for term in row.terms { reduced[term.column.index] -= dual * term.coefficient }
            bound += least
        }
        for (column, cost) in zip(model.columns, reduced) where cost != 0 {
            bound += Self.least(sign * cost, over: column.bounds)
        }
        value = bound.isNaN ? -sign * .infinity : sign * bound
        reducedCosts = reduced
    }

    /// The smallest value of `price` times a number within `bounds`.
    private static func least(_ price: Double, over bounds: Bounds) -> Double {
        price * (price > 0 ? bounds.lower : bounds.upper)
    }
}

/// The columns that no point better than an incumbent can move off their bound, proven by row duals.
///
/// If moving an integral column one unit off its bound raises a valid bound past the cutoff, the column stays there in
/// every better point. Points cut off this way are no better than the incumbent, so a bound over what remains, or the
/// incumbent's objective if that is lower, stays a bound for the whole model.
public struct ReducedCostFixing: Sendable {
    /// Columns to fix and their values; the incumbent agrees with each of them.
    public let fixed: [(column: ColumnID, value: Double)]

    /// Finds the columns.
    ///
    /// With `objectiveIsIntegral` points are also cut off that could only equal the incumbent's objective.
    ///
    /// - Throws: ``MIPModelError/pointLength(found:expected:)`` if the incumbent has not one value per column.
    public init(
        _ bound: LagrangianBound, incumbent: [Double], objectiveIsIntegral: Bool, in model: MIPModel
    ) throws(MIPModelError) {
        guard incumbent.count == model.columns.count else {
            throw .pointLength(found: incumbent.count, expected: model.columns.count)
        }
        let sign = model.sense.sign
        let best = sign * model.objective(at: incumbent)
        // The slack covers the rounding of sums; an integral objective must be missed by a full unit less that.
        let slack = 1e-6 + 1e-9 * best.magnitude
        let cutoff = (objectiveIsIntegral && slack < 0.25 ? best - 1 : best) + slack
        let base = sign * bound.value
        var fixed: [(ColumnID, Double)] = []
        guard base.isFinite else {
            self.fixed = []
            return
        }
        for (index, column) in model.columns.enumerated() where column.integrality.isIntegral {
            guard !column.bounds.isFixed else { continue }
            let price = sign * bound.reducedCosts[index]
            // A column without a bound on that side has already made the base infinite.
            let value = price > 0 ? column.bounds.lower.rounded(.up) : column.bounds.upper.rounded(.down)
            if price != 0 && incumbent[index] == value && base + price.magnitude > cutoff {
                fixed.append((ColumnID(index), value))
            }
        }
        self.fixed = fixed
    }
}
