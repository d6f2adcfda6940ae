import MIP

/// Solves small pure integer models by trying every point: slow, simple, and independent of any library.
///
/// Every column must be integral with finite bounds. A partial point is dropped only when some row can no longer be met
/// or, for proof of optimality, when the cheapest completion is no better than the incumbent.
public struct BruteForceMIPSolver: MIPSolver {
    /// What it is.
    public let name = "brute force"

    /// Creates a solver.
    public init() {}

    /// Tries every point in lexical order; see ``MIPSolver``.
    public func solve(
        _ model: MIPModel, options: MIPOptions, onEvent: @escaping @Sendable (MIPEvent) -> Void
    ) throws -> MIPResult {
        try options.validate(for: model)
        var walk = try PointWalk(model, options, onEvent: onEvent)
        return try walk.run()
    }

    /// Not supported.
    public func solveRelaxation(_ model: MIPModel, options: LPOptions) throws -> LPResult {
        throw MIPSolverError.unsupported("linear programs")
    }

    /// Not supported.
    public func makeIncrementalLP(_ model: MIPModel) throws -> any IncrementalLP {
        throw MIPSolverError.unsupported("linear programs")
    }
}

/// The depth-first walk over all integer points.
private struct PointWalk {
    private let model: MIPModel
    private let options: MIPOptions
    private let onEvent: @Sendable (MIPEvent) -> Void
    private let start = ContinuousClock.now
    private let sign: Double
    private let ranges: [ClosedRange<Int>]
    private let rowsOfColumn: [[Entry]]
    /// Smallest and largest activity that each row can still reach.
    private var reachable: [(least: Double, most: Double)]
    /// Cheapest cost of the columns from each index on.
    private let cheapestRest: [Double]
    private var point: [Double]
    private var incumbent: Incumbent?
    private var limit: Limit?
    private var nodes = 0

    init(_ model: MIPModel, _ options: MIPOptions, onEvent: @escaping @Sendable (MIPEvent) -> Void) throws {
        self.model = model
        self.options = options
        self.onEvent = onEvent
        sign = model.sense.sign
        incumbent = try options.checkedStart(for: model)
        ranges = try model.columns.map { column in
            let (lower, upper) = (column.bounds.lower.rounded(.up), column.bounds.upper.rounded(.down))
            guard column.integrality.isIntegral, lower >= -1000, upper <= 1000 else {
                throw MIPSolverError.unsupported("column \(column.name), which is not integral within [-1000, 1000]")
            }
            // An empty range is marked by a crossed pair further down.
            return lower <= upper ? Int(lower)...Int(upper) : Int.max...Int.max
        }
        var entries = [[Entry]](repeating: [], count: model.columns.count)
        for (index, row) in model.rows.enumerated() {
            for term in row.terms { entries[term.column.index].append(Entry(term.coefficient, in: RowID(index))) }
        }
        rowsOfColumn = entries
        let ranges = ranges
        reachable = model.rows.map { row in
            row.terms.reduce((0, 0)) { sum, term in
                let ends = Self.ends(ranges[term.column.index], times: term.coefficient)
                return (sum.0 + ends.0, sum.1 + ends.1)
            }
        }
        var rest = [model.objectiveConstant * model.sense.sign]
        for (column, range) in zip(model.columns, ranges).reversed() {
            rest.append(rest[rest.count - 1] + Self.ends(range, times: model.sense.sign * column.objective).0)
        }
        cheapestRest = rest.reversed()
        point = [Double](repeating: 0, count: model.columns.count)
    }

    private static func ends(_ range: ClosedRange<Int>, times factor: Double) -> (Double, Double) {
        let (first, second) = (Double(range.lowerBound) * factor, Double(range.upperBound) * factor)
        return (min(first, second), max(first, second))
    }

    mutating func run() throws -> MIPResult {
        let isEmpty = ranges.contains { $0.lowerBound == Int.max }
        if !isEmpty { try visit(0, cost: 0) }
        let seconds = (ContinuousClock.now - start) / .seconds(1)
        // Points not tried are bounded by the cheapest point that the column bounds allow.
        let trivialBound = isEmpty ? .infinity : cheapestRest[0]
        let termination: Termination
        let bound: Double
        switch (incumbent, limit) {
        case (let best?, nil): (termination, bound) = (.optimal, sign * best.objective)
        case (nil, nil): (termination, bound) = (.infeasible, .infinity)
        case (let best?, let limit?):
            bound = min(trivialBound, sign * best.objective)
            termination = bound == sign * best.objective ? .optimal : .feasible(limit)
        case (nil, let limit?): (termination, bound) = (.noSolution(limit), trivialBound)
        }
        return MIPResult(
            termination: termination, incumbent: incumbent, dualBound: sign * bound, nodes: nodes, seconds: seconds,
            rawStatus: "\(nodes) points")
    }

    private mutating func visit(_ index: Int, cost: Double) throws {
        guard !stops() else { return }
        if let incumbent, cost + cheapestRest[index] >= sign * incumbent.objective { return }
        if index == point.count {
            try accept()
            return
        }
        nodes += 1
        let before = rowsOfColumn[index].map { reachable[$0.row.index] }
        for value in ranges[index] {
            point[index] = Double(value)
            var isHopeless = false
            for (entry, old) in zip(rowsOfColumn[index], before) {
                let row = entry.row.index
                let ends = Self.ends(ranges[index], times: entry.coefficient)
                let own = entry.coefficient * Double(value)
                reachable[row] = (old.least - ends.0 + own, old.most - ends.1 + own)
                isHopeless = isHopeless || isOutOfReach(row)
            }
            if !isHopeless {
                try visit(index + 1, cost: cost + sign * model.columns[index].objective * Double(value))
            }
            if limit != nil { break }
        }
        for (entry, old) in zip(rowsOfColumn[index], before) { reachable[entry.row.index] = old }
    }

    private func isOutOfReach(_ row: Int) -> Bool {
        let bounds = model.rows[row].bounds
        return reachable[row].least > bounds.upper + 1e-9 || reachable[row].most < bounds.lower - 1e-9
    }

    private mutating func accept() throws {
        guard try FeasibilityReport(of: point, in: model).isFeasible else { return }
        for row in try options.lazyRows?(point) ?? [] {
            let row = try model.validated(row)
            if !FeasibilityTolerance.standard.allows(row.activity(at: point), in: row.bounds) { return }
        }
        let better = Incumbent(point: point, objective: model.objective(at: point))
        incumbent = better
        onEvent(.incumbent(better))
    }

    private mutating func stops() -> Bool {
        if let nodeLimit = options.nodeLimit, nodes >= nodeLimit { limit = .nodes }
        if options.isCancelled?() == true { limit = .interrupted }
        if let seconds = options.timeLimitSeconds, (ContinuousClock.now - start) / .seconds(1) >= seconds {
            limit = .time
        }
        if let incumbent, options.relativeGap > 0,
            relativeGap(incumbent: incumbent.objective, dualBound: sign * cheapestRest[0]) <= options.relativeGap
        {
            limit = .gap
        }
        return limit != nil
    }
}
