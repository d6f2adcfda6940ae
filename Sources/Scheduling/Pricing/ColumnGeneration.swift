import CostModel
import MIP
import TensorGraph

/// Column generation: restricted master and pricing in turns, with a bound for the whole problem at every round.
///
/// A round solves the master over its pool, and asks the pricing engine for steps that are worth more than they cost.
/// The engine's answer has prices by which no step of the problem is, so by weak duality every schedule costs at least
/// their objective (``DualPrices``). The steps found join the pool.
///
/// The engine is not asked about the master's prices, which jump from corner to corner, but about a mean of them and of
/// those that prove the best bound (at first: none), weighted such that their objective is 1 - eps of the master's:
/// close to prices that are known to be good, searches are short. A step that is worth more than it costs by the mean
/// is so by the master's prices, since by the others it is not: it is new. When none is, eps goes down.
///
/// Where a search ends at its limits, what its bound is made of joins the pool as a ``RelaxedStep``: the master's next
/// prices avoid it where that costs least. Its objective is a guess then, until the relaxed steps it takes are barred.
struct ColumnGeneration {
    /// What a round came to.
    struct Round: Sendable {
        /// Rounds before this one.
        var number: Int
        /// How far below the master's objective the prices' was to be, as a share.
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
        /// The prices that prove the bound, where it is the best so far.
        var certificate: DualPrices?
    }

    /// How the rounds ended.
    enum Ending: Sendable {
        /// No step is worth more than it costs at the last eps, or the limits of the engine hide it.
        case exhausted
        /// The caller wanted no more.
        case stopped
    }

    /// Steps of the scale, from rough to fine: how far from the master's objective the prices' is, as a share.
    static let ladder = [0.3, 0.1, 0.05, 0.02, 0.005, 5e-10]

    /// What sums of prices and of values can be wrong by, as a share: thousands of terms at 2^-53 each, with room to
    /// spare.
    static let rounding = 1e-10

    /// Fewer columns than these are looked for thoroughly.
    private static let columnsOfQuickRound = 20
    /// With fewer partial steps than these for an unfinished root it is not searched thoroughly: prices have to change
    /// first.
    private static let thoroughNodes = 5_000
    /// With no more unfinished roots than these, prices are nearly good.
    static let fewRoots = 24
    /// Rounds without a better bound before a level is given up.
    private static let patience = 8
    /// What a bound has to gain to be better, as a share.
    private static let gain = 2e-3
    /// The weight of the prices that prove the best bound, above which a search that does not end is left to relaxed
    /// steps.
    private static let mostCaution = 0.8
    /// How many more granularities are searched where they are what bounds lack, and how often that is done.
    private static let searchGrowth = 4
    private static let mostVainSearches = 3_000

    let engine: any PricingEngine
    let master: RestrictedMaster
    /// Partial steps for each root and range of tile counts in a quick round.
    var quickNodes = 500
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
    /// Granularities searched to no effect for one op set, in thorough rounds.
    private var vainSearches = PricingLimits().vainSearches
    /// Rounds so far.
    private(set) var rounds = 0

    init(engine: any PricingEngine, master: RestrictedMaster) {
        self.engine = engine
        self.master = master
        certificate = DualPrices(master.problem)
    }

    /// True when the master's objective rests on relaxed steps.
    var isRelaxed: Bool { solution.map(master.isRelaxed) ?? false }

    /// True when the bound is as close to the master's objective as this level asks.
    func isReached(_ eps: Double) -> Bool {
        guard let solution, bound > 0 else { return false }
        return bound >= solution.objective * (1 - eps) * (1 - 10 * Self.rounding)
    }

    /// Bars the relaxed steps that the master's objective rests on.
    ///
    /// - Throws: `MIPModelError`.
    func barRelaxed() throws {
        if let solution { try master.barRelaxed(solution) }
    }

    /// Runs rounds at one eps until the bound is that close, or nothing brings it closer.
    ///
    /// - Parameters:
    ///   - eps: how far below the master's objective the prices' is to be, as a share.
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
        quick.nodesPerRoot = min(quickNodes, limits.nodesPerRoot)
        quick.nodes = 0
        // While there are many columns to find, rough searches find most of them, and bounds are of little use yet.
        var isQuick = true
        var caution = 0.0
        var vainRounds = 0
        var hasMoreSearches = false
        while !isStopped() {
            guard let solution = try master.solve(LPOptions(isCancelled: isStopped)) else { return .stopped }
            self.solution = solution
            if isReached(eps) { return .exhausted }
            limits.vainSearches = vainSearches
            let weight = weight(eps, solution.objective, atLeast: caution)
            let prices = solution.prices.mixed(with: certificate, weight: weight)
            let outcome = engine.run(prices, slack: .relative(0), limits: isQuick ? quick : limits)
            isComplete = outcome.isComplete
            unfinishedRoots = outcome.unfinishedRoots
            nodesOfRound = outcome.nodes
            let proven = outcome.feasible.objective
            let rounded = max(0, proven - abs(proven) * Self.rounding)
            let isBetter = rounded > bound * (1 + Self.gain)
            if rounded > bound {
                bound = rounded
                certificate = outcome.feasible
            }
            let added = try master.add(outcome.columns.map { MasterColumn($0, problem: master.problem) })
            let round = Round(
                number: rounds, eps: eps, objective: solution.objective, bound: rounded, columns: master.columns.count,
                rows: master.rows.count, added: added, unfinishedRoots: outcome.unfinishedRoots, nodes: outcome.nodes,
                certificate: rounded == bound ? certificate : nil)
            rounds += 1
            guard try onRound(round) else { return .stopped }
            vainRounds = isBetter ? 0 : vainRounds + 1
            if isBetter { caution /= 2 }
            let isThorough = !isQuick || outcome.unfinishedRoots == 0
            isQuick = added > Self.columnsOfQuickRound
            if isQuick { continue }
            if !isThorough, limits.nodes / outcome.unfinishedRoots >= Self.thoroughNodes { continue }
            if outcome.unfinishedRoots > 0 {
                if isThorough, added == 0, !isBetter, weight < Self.mostCaution,
                    outcome.unfinishedRoots <= Self.fewRoots
                {
                    // Closer to the prices that are known to be good, less is left unfinished.
                    caution = (1 + weight) / 2
                    continue
                }
                isQuick = !isThorough
                if isThorough, !isBetter { caution = min(Self.mostCaution, (1 + weight) / 2) }
                let relaxed = try master.add(outcome.relaxed, prices: prices, isRough: !isThorough)
                if added + relaxed > 0, vainRounds < Self.patience { continue }
            } else if added > 0 {
                continue
            } else if !outcome.isComplete, vainSearches < Self.mostVainSearches, !hasMoreSearches || isBetter {
                // All that is missing are granularities.
                vainSearches *= Self.searchGrowth
                hasMoreSearches = true
                continue
            } else if isBetter {
                continue
            }
            return isStopped() ? .stopped : .exhausted
        }
        return .stopped
    }

    /// The weight of the prices that prove the bound, in the mean that the engine is asked about.
    private func weight(_ eps: Double, _ objective: Double, atLeast caution: Double) -> Double {
        guard bound > 0, objective > bound else { return eps }
        return min(1, max(eps * objective / (objective - bound), caution))
    }
}
