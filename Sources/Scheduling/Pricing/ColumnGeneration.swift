import CostModel
import MIP
import TensorGraph

/// Column generation: restricted master and pricing in turns, with a bound for the whole problem at every round.
///
/// A round solves the master over its pool, and asks the pricing engine for steps that are worth more than they cost by its
/// prices times 1 - eps. The engine's answer has a factor *s* at which no step of the problem is worth more than it
/// costs, so by weak duality every schedule costs at least *s* times the prices' objective (``DualPrices``). The steps
/// found join the pool. When none is new, eps goes down: large steps first keep the engine's searches short while prices are
/// still far from their end.
struct ColumnGeneration {
    /// What a round came to.
    struct Round: Sendable {
        /// Rounds before this one.
        var number: Int
        /// How far the prices were scaled down at least.
        var eps: Double
        /// The master's optimum over its pool: no bound for the problem.
        var objective: Double
        /// The bound that this round proved.
        var bound: Double
        /// Columns and rows of the master.
        var columns: Int
        var rows: Int
        /// Columns that this round added.
        var added: Int
        /// Roots whose search met a limit.
        var unfinishedRoots: Int
        /// Partial steps bounded.
        var nodes: Int
    }

    /// How the rounds ended.
    enum Ending: Sendable {
        /// No step is worth more than it costs at the last eps, or the limits of the engine hide it.
        case exhausted
        /// The caller wanted no more.
        case stopped
    }

    /// Steps of the scale, from rough to fine: the factors by which prices may be off.
    static let ladder = [0.3, 0.1, 0.05, 0.02, 0.005, 0.001, 1e-4, 5e-10]

    /// What sums of prices and of values can be wrong by, as a share: thousands of terms at 2^-53 each, with room to spare.
    static let rounding = 1e-10

    /// Partial steps for each root and range of tile counts in a quick round.
    private static let quickNodes = 500
    /// Fewer columns than these are looked for thoroughly.
    private static let columnsOfQuickRound = 20

    let engine: any PricingEngine
    let master: RestrictedMaster
    /// The best bound so far, in units of time, rounded down by ``rounding``.
    private(set) var bound = 0.0
    /// The prices that prove it: no step is worth more than it costs.
    private(set) var certificate: DualPrices
    /// The master's last solution.
    private(set) var solution: RestrictedMaster.Solution?
    /// True when the last round left no step unexplored.
    private(set) var isComplete = false
    /// Roots whose search met a limit in the last round.
    private(set) var unfinishedRoots = 0
    /// Partial steps bounded in the last round.
    private(set) var nodesOfRound = 0
    private var rounds = 0

    init(engine: any PricingEngine, master: RestrictedMaster) {
        self.engine = engine
        self.master = master
        certificate = DualPrices(master.problem)
    }

    /// Runs rounds at one eps until none adds a column.
    ///
    /// - Parameters:
    ///   - eps: how far the prices are scaled down.
    ///   - limits: of one search.
    ///   - isStopped: polled between and within rounds.
    ///   - onRound: told of every round; false ends the rounds.
    /// - Throws: `MIPSolverError`.
    mutating func run(
        eps: Double, limits: PricingLimits, isStopped: @escaping @Sendable () -> Bool, onRound: (Round) throws -> Bool
    ) throws -> Ending {
        var limits = limits
        limits.isCancelled = isStopped
        var quick = limits
        quick.nodesPerRoot = Self.quickNodes
        quick.nodes = 0
        // While there are many columns to find, rough searches find most of them, and bounds are of little use yet.
        var isQuick = true
        while !isStopped() {
            guard let solution = try master.solve(LPOptions(isCancelled: isStopped)) else { return .stopped }
            self.solution = solution
            let outcome = engine.run(solution.prices, slack: .relative(eps), limits: isQuick ? quick : limits)
            isComplete = outcome.isComplete
            unfinishedRoots = outcome.unfinishedRoots
            nodesOfRound = outcome.nodes
            let proven = outcome.feasible.objective
            let rounded = max(0, proven - abs(proven) * Self.rounding)
            if rounded > bound {
                bound = rounded
                certificate = outcome.feasible
            }
            let added = try master.add(outcome.columns.map { MasterColumn($0, problem: master.problem) })
            let round = Round(
                number: rounds, eps: eps, objective: solution.objective, bound: rounded, columns: master.columns.count,
                rows: master.rows.count, added: added, unfinishedRoots: outcome.unfinishedRoots, nodes: outcome.nodes)
            rounds += 1
            guard try onRound(round) else { return .stopped }
            let isThorough = !isQuick || outcome.unfinishedRoots == 0
            if added == 0, isThorough { return isStopped() ? .stopped : .exhausted }
            isQuick = added > Self.columnsOfQuickRound
        }
        return .stopped
    }
}
