/// How far a point may lie outside and still count as feasible.
public struct FeasibilityTolerance: Sendable, Hashable {
    /// Allowed excess over a bound *b* of a row or column, times max(1, |*b*|).
    public var bound: Double
    /// Allowed distance of an integral column from the nearest integer.
    public var integrality: Double

    /// Creates tolerances.
    public init(bound: Double = 1e-6, integrality: Double = 1e-6) {
        self.bound = bound
        self.integrality = integrality
    }

    /// The tolerances used where none are given: 1e-6 each.
    public static let standard = FeasibilityTolerance()

    func allows(_ excess: Double, over bound: Double) -> Bool { excess <= self.bound * max(1, bound.magnitude) }

    /// Whether `value` lies within `bounds`, give or take the tolerance.
    public func allows(_ value: Double, in bounds: Bounds) -> Bool {
        guard value.isFinite else { return false }
        guard let excess = bounds.excess(of: value) else { return true }
        return allows(excess.amount, over: excess.bound)
    }
}

/// Everything that a point breaks in a model, by name.
///
/// The report judges a point by the model alone; no solver's word is taken for anything.
public struct FeasibilityReport: Sendable, Hashable, CustomStringConvertible {
    /// One broken demand.
    public enum Violation: Sendable, Hashable, CustomStringConvertible {
        /// A row whose activity lies outside its bounds by `amount`.
        case row(RowID, name: String, activity: Double, bounds: Bounds, amount: Double)
        /// A column whose value lies outside its bounds by `amount`.
        case bound(ColumnID, name: String, value: Double, bounds: Bounds, amount: Double)
        /// An integral column whose value is `amount` away from the nearest integer.
        case integrality(ColumnID, name: String, value: Double, amount: Double)
        /// A column whose value is NaN or infinite.
        case notFinite(ColumnID, name: String)

        /// How much is broken, in the units of the row or column; infinite for a value that is not finite.
        public var amount: Double {
            switch self {
            case .row(_, _, _, _, let amount), .bound(_, _, _, _, let amount), .integrality(_, _, _, let amount): amount
            case .notFinite: .infinity
            }
        }

        /// One line that names the row or column.
        public var description: String {
            switch self {
            case .row(_, let name, let activity, let bounds, let amount):
                "row \(name): activity \(activity) outside [\(bounds.lower), \(bounds.upper)] by \(amount)"
            case .bound(_, let name, let value, let bounds, let amount):
                "column \(name): value \(value) outside [\(bounds.lower), \(bounds.upper)] by \(amount)"
            case .integrality(_, let name, let value, let amount):
                "column \(name): value \(value) is \(amount) away from an integer"
            case .notFinite(_, let name): "column \(name): value is not finite"
            }
        }
    }

    /// What the point breaks: columns in order, then rows in order.
    public let violations: [Violation]
    /// The point's objective; means nothing where a value is not finite.
    public let objective: Double

    /// Whether nothing is broken.
    public var isFeasible: Bool { violations.isEmpty }

    /// Judges a point with one value per column.
    ///
    /// - Throws: ``MIPModelError/pointLength(found:expected:)``.
    /// - Complexity: O(*n* + *z*) in columns and nonzeros.
    public init(
        of point: [Double], in model: MIPModel, tolerance: FeasibilityTolerance = .standard
    ) throws(MIPModelError) {
        guard point.count == model.columns.count else {
            throw .pointLength(found: point.count, expected: model.columns.count)
        }
        var found: [Violation] = []
        for (index, column) in model.columns.enumerated() {
            let value = point[index]
            guard value.isFinite else {
                found.append(.notFinite(ColumnID(index), name: column.name))
                continue
            }
            if let excess = column.bounds.excess(of: value), !tolerance.allows(excess.amount, over: excess.bound) {
                found.append(
                    .bound(
                        ColumnID(index), name: column.name, value: value, bounds: column.bounds, amount: excess.amount))
            }
            let fraction = (value - value.rounded()).magnitude
            if column.integrality.isIntegral && fraction > tolerance.integrality {
                found.append(.integrality(ColumnID(index), name: column.name, value: value, amount: fraction))
            }
        }
        for (index, row) in model.rows.enumerated() {
            let activity = row.activity(at: point)
            if let excess = row.bounds.excess(of: activity), !tolerance.allows(excess.amount, over: excess.bound) {
                found.append(
                    .row(RowID(index), name: row.name, activity: activity, bounds: row.bounds, amount: excess.amount))
            }
        }
        violations = found
        objective = model.objective(at: point)
    }

    /// "feasible", or the number of violations and the first few.
    public var description: String {
        if isFeasible { return "feasible, objective \(objective)" }
        let shown = violations.prefix(5).map(\.description).joined(separator: "; ")
        return "\(violations.count) violated: \(shown)\(violations.count > 5 ? "; ..." : "")"
    }
}

extension MIPModel {
    /// The point with its integral columns rounded to the nearest integer.
    public func rounded(_ point: [Double]) -> [Double] {
        zip(columns, point).map { $0.integrality.isIntegral ? $1.rounded() : $1 }
    }
}
