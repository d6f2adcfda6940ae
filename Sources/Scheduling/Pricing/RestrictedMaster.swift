import CostModel
import MIP
import TensorGraph

/// The linear program of C1', C2', C3 and C4 over a pool of steps: column generation's restricted master.
///
/// Its duals are the prices that ``PricingSearch`` looks for better steps with. Rows C1' and C4 of interchangeable ops
/// are added up, which makes the prices of such ops equal; rows C2' and C3 come as points break them. Each solution
/// starts from the basis of the last one.
final class RestrictedMaster {
    let problem: Problem
    /// The steps, in the order in which they came; a step that became cheaper is there twice.
    private(set) var columns: [MasterColumn] = []
    private(set) var rows: [MasterRow] = []
    /// Relaxed columns of rough searches, by number.
    var rough: [Int] = []
    private let linear: any IncrementalLP
    private var numberOfStep: [MasterColumn.Key: Int] = [:]
    private var knownRows = Set<MasterRow>()
    /// Ops of aggregated rows: other rows about them would make their prices differ.
    private let aggregated: Set<OpID>

    /// A solution of the linear program.
    struct Solution {
        /// The optimum over the pool, in units of time.
        var objective: Double
        /// Its duals, at least 0.
        var prices: DualPrices
        /// How much of each column is chosen.
        var weights: [(column: Int, weight: Double)]
        /// Cost less value of each column.
        var reducedCosts: [Double]
        /// False when rows are missing that the point breaks.
        var isSeparated: Bool
    }

    /// Rows C2' added at most between two solutions.
    private static let reachRowsPerRound = 60
    /// Solutions at most to find the rows that a pool needs.
    private static let rounds = 12

    /// Starts a master.
    ///
    /// - Parameters:
    ///   - interchangeable: classes of ops whose rows are to be added up. Only classes whose outputs nobody reads are:
    ///     the others have rows C2' and C3 of their own.
    ///   - pool: steps to begin with; they have to contain a schedule.
    /// - Throws: `MIPSolverError`.
    init(
        _ problem: Problem, interchangeable: [[OpID]], pool: [MasterColumn], solver: any MIPSolver
    ) throws {
        self.problem = problem
        let graph = problem.graph
        let classes = interchangeable.filter { ops in
            ops.count > 1 && ops.allSatisfy { op in problem[op].outputs.allSatisfy { graph.isGraphOutput($0) } }
                && Set(ops.map { problem[$0].outputs.count }).count == 1
        }
        aggregated = Set(classes.flatMap { $0 })
        let aggregated = aggregated
        var rows: [MasterRow] = problem.opIDs.filter { !aggregated.contains($0) }.map { .first([$0]) }
        rows += classes.map { .first($0) }
        for tensor in problem.tensors.indices.map({ TensorID($0) }) where graph.isGraphOutput(tensor) {
            guard let producer = graph.producers[tensor.index], !aggregated.contains(producer) else { continue }
            rows.append(.output([tensor]))
        }
        for ops in classes {
            for position in problem[ops[0]].outputs.indices {
                rows.append(.output(ops.map { problem[$0].outputs[position] }))
            }
        }
        var model = MIPModel(name: "master")
        var first: [MasterColumn] = []
        for column in pool where numberOfStep[column.key] == nil {
            numberOfStep[column.key] = first.count
            first.append(column)
            try model.addColumn(Self.modelColumn(column, number: first.count - 1))
        }
        for row in rows { try model.addRow(row.modelRow(first)) }
        columns = first
        self.rows = rows
        knownRows = Set(rows)
        linear = try solver.makeIncrementalLP(model)
    }

    private static func modelColumn(_ column: MasterColumn, number: Int) -> Column {
        Column("x\(number)", Bounds(lower: 0, upper: .infinity), objective: column.lowerBound)
    }

    /// Adds steps that are not there yet or have become cheaper; returns how many.
    ///
    /// - Throws: `MIPModelError` for a cost that is not finite.
    @discardableResult
    func add(_ new: [MasterColumn]) throws -> Int {
        var count = 0
        for column in new {
            if let known = numberOfStep[column.key], columns[known].lowerBound <= column.lowerBound * (1 + 1e-9) {
                continue
            }
            numberOfStep[column.key] = columns.count
            try append(column)
            count += 1
        }
        return count
    }

    /// Adds a column to the linear program.
    ///
    /// - Throws: `MIPModelError` for a cost that is not finite.
    func append(_ column: MasterColumn) throws {
        let entries = rows.enumerated().compactMap { index, row in
            let value = row.coefficient(column)
            return value == 0 ? nil : Entry(value, in: RowID(index))
        }
        try linear.addColumn(Self.modelColumn(column, number: columns.count), entries: entries)
        columns.append(column)
    }

    /// Takes a column out of the linear program; its number stays its own.
    ///
    /// - Throws: `MIPModelError`.
    func bar(_ column: Int) throws { try linear.setBounds(of: ColumnID(column), to: Bounds(lower: 0, upper: 0)) }

    /// Solves the linear program over the pool, with all rows that its point breaks.
    ///
    /// - Returns: nil when the solver was stopped.
    /// - Throws: `MIPSolverError`.
    func solve(_ options: LPOptions) throws -> Solution? {
        var solution: Solution?
        for round in 0..<Self.rounds {
            let result = try linear.solve(options)
            guard result.termination == .optimal, let objective = result.objective else { return solution }
            let weights = columns.indices.compactMap { index in
                result.point[index] > 1e-9 ? (column: index, weight: result.point[index]) : nil
            }
            solution = Solution(
                objective: objective, prices: prices(result.rowDuals), weights: weights,
                reducedCosts: result.reducedCosts, isSeparated: false)
            let broken = (brokenReachRows(weights) + brokenHandOffRows(weights)).filter {
                knownRows.insert($0).inserted
            }
            guard !broken.isEmpty else {
                solution?.isSeparated = true
                break
            }
            guard round + 1 < Self.rounds else {
                broken.forEach { knownRows.remove($0) }
                break
            }
            for row in broken {
                try linear.addRow(row.modelRow(columns))
                rows.append(row)
            }
        }
        return solution
    }

    private func prices(_ duals: [Double]) -> DualPrices {
        var prices = DualPrices(problem)
        for (row, dual) in zip(rows, duals) where dual > 0 {
            switch row {
            case .first(let ops): for op in ops { prices.first[op.index] = dual }
            case .output(let tensors): for tensor in tensors { prices.output[tensor.index] = dual }
            case .reach(let op, let tensor): prices.reach.append(.init(op: op, tensor: tensor, price: dual))
            case .handOff(let generators): prices.handOff.append(.init(generators: generators, price: dual))
            }
        }
        return prices
    }

    private func brokenHandOffRows(_ weights: [(column: Int, weight: Double)]) -> [MasterRow] {
        HandOffSeparation(columns, weights: weights).broken().filter { generators in
            !generators.joined().contains { tensor in
                problem.graph.producers[tensor.index].map(aggregated.contains) ?? false
            }
        }.map { .handOff($0) }
    }

    /// Rows C2' that a point breaks, the most broken first.
    private func brokenReachRows(_ weights: [(column: Int, weight: Double)]) -> [MasterRow] {
        struct Pair: Hashable {
            var op: Int
            var tensor: Int
        }
        var first: [Int: Double] = [:]
        var evictors: [Int: [(column: Int, weight: Double)]] = [:]
        var reading: [Pair: Double] = [:]
        for (index, weight) in weights {
            let column = columns[index]
            for op in column.first {
                first[op, default: 0] += weight
                for tensor in column.slowReads { reading[Pair(op: op, tensor: tensor), default: 0] += weight }
            }
            for tensor in column.evicted { evictors[tensor, default: []].append((index, weight)) }
        }
        var broken: [(left: Double, pair: Pair)] = []
        for (pair, read) in reading where !aggregated.contains(OpID(pair.op)) {
            let makers = problem.graph.producers[pair.tensor].map { aggregated.contains($0) } ?? true
            guard !makers else { continue }
            var left = first[pair.op, default: 0] - read
            for (column, weight) in evictors[pair.tensor] ?? [] where !columns[column].known.contains(pair.op) {
                left += weight
            }
            if left < 1 - 1e-4 { broken.append((left, pair)) }
        }
        broken.sort { ($0.left, $0.pair.op, $0.pair.tensor) < ($1.left, $1.pair.op, $1.pair.tensor) }
        return broken.prefix(Self.reachRowsPerRound).map { .reach(OpID($0.pair.op), TensorID($0.pair.tensor)) }
    }
}
