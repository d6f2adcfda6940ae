import CostModel
import TensorGraph

/// A step that is worth more than it costs, at its best granularity.
struct PricedColumn: Sendable, Hashable {
    /// Ops, producers first.
    var ops: [OpID]
    /// Tensors that the previous step must retain, ascending; all are read by the ops. (A step that finds more
    /// tensors resident is worth no more and costs no less.)
    var resident: [TensorID]
    /// Tensors that the step retains, ascending.
    var retained: [TensorID]
    /// The best granularity and tile order found, with the latency.
    var choice: GranularityChoice
    /// In a list of all steps: no granularity and no named order is faster. Elsewhere what the master takes for its
    /// cost: the choice's latency, or where the granularity is beyond search, a lower bound.
    var lowerBound: Double
    /// What the step is worth by the prices searched with, scaled by 1 - eps where that was asked.
    var value: Double
}

/// What a search by prices found.
struct PricingOutcome: Sendable {
    /// Steps worth more than they cost (less the slack), the most violated first in proportion to their cost.
    ///
    /// Of steps that differ in interchangeable ops alone (``PricingSearch/interchangeable``, where their prices are
    /// equal) one stands for all: the one with the last of them in the search's order.
    var columns: [PricedColumn] = []
    /// Prices by which no step of the problem, whatever its granularity and in any named tile order, is worth more than
    /// it costs: those given, lowered as far as is needed. What the search had no time to look at is accounted for. So
    /// their objective is a lower bound of every schedule's latency. All zero when nothing is known.
    var feasible: DualPrices
    /// Roots (most downstream op of a step, for a range of tile counts) whose search met a limit.
    var unfinishedRoots = 0
    /// Partial steps bounded.
    var nodes = 0
    /// Op sets looked at in full.
    var leaves = 0
    /// Searches for a granularity.
    var granularitySearches = 0
    /// True when nothing was left unexplored: with slack, ``columns`` are then all there are.
    var isComplete = false
    /// What the bounds of unfinished roots are made of.
    var relaxed: [RelaxedStep] = []
}

/// How much more than its cost a step may be worth.
enum PricingSlack: Sendable, Hashable {
    /// Prices are scaled by 1 - eps; steps that are worth more even so are found.
    case relative(Double)
    /// All steps are listed that are worth more than their cost less this, in units of time.
    case absolute(Double)
}

/// What a search by prices may cost.
struct PricingLimits: Sendable {
    /// Partial steps bounded for each root and range of tile counts at first.
    var nodesPerRoot = 20_000
    /// Partial steps bounded once more for all roots together that have met that limit, before they are left
    /// unfinished.
    var nodes = 2_000_000
    /// Columns returned at most; the best are.
    var columns = 2_000
    /// Columns of one root and range of tile counts, after which the rest of it is left to its bound: where there are
    /// that many columns, the round proves little anyway. Nil for 24, or for no limit with absolute slack.
    var columnsPerRoot: Int?
    /// Granularities searched for one op set to no effect, before the rest of its steps is left to its bound.
    var vainSearches = 42
    /// Polled now and then; true ends the search, which then depends on the clock. What is open is accounted for.
    var isCancelled: @Sendable () -> Bool = { false }
}

/// Finds the steps of a problem that are worth more than they cost by dual prices, over all connected op sets, resident
/// and retained sets, granularities and named tile orders.
final class PricingSearch: Sendable {
    /// The problem.
    let problem: Problem
    /// How deep k-steps may be.
    let reductionCap: ReductionCap
    /// Cores to use; the outcome is the same for any number.
    let threads: Int
    /// Classes of at least two ops that are equal but for private inputs: exchanging two of them maps steps to steps of
    /// the same cost. Give them equal prices (one aggregated row), and the search looks at one of many.
    let interchangeable: [[OpID]]
    private let graph: PricingGraph
    private let exact: ExactCosts

    /// Prepares searches.
    init(_ problem: Problem, reductionCap: ReductionCap = .native, threads: Int = 2) {
        self.problem = problem
        self.reductionCap = reductionCap
        self.threads = max(1, threads)
        interchangeable = InterchangeableOps.classes(problem)
        graph = PricingGraph(problem)
        exact = ExactCosts(problem, reductionCap: reductionCap)
    }

    /// Searches with these prices.
    ///
    /// A class of steps (output shape, range of tile counts, one or several k-steps) is searched root by root with few
    /// partial steps; where that does not end, its range of tile counts is split.
    func run(_ prices: DualPrices, slack: PricingSlack, limits: PricingLimits = PricingLimits()) -> PricingOutcome {
        let search: PricingRun
        switch slack {
        case .relative(let epsilon):
            search = PricingRun(
                graph, prices.scaled(by: 1 - epsilon), exact, interchangeable: interchangeable, threshold: 0,
                listsAll: false, depthLimit: reductionCap.limit(problem.hardware), limits: limits)
        case .absolute(let slack):
            search = PricingRun(
                graph, prices, exact, interchangeable: interchangeable, threshold: -slack, listsAll: true,
                depthLimit: reductionCap.limit(problem.hardware), limits: limits)
        }
        let found = search.run(threads: threads)
        var outcome = PricingOutcome(feasible: search.feasible(found.excesses))
        let columns = search.listsAll ? Self.merged(found.columns) : found.columns
        outcome.columns = Array(Self.distinct(columns).prefix(limits.columns))
        outcome.isComplete = found.isComplete && outcome.columns.count < limits.columns
        outcome.unfinishedRoots = found.unfinished
        outcome.relaxed = found.relaxed
        outcome.nodes = found.nodes
        outcome.leaves = found.leaves
        outcome.granularitySearches = found.granularitySearches
        return outcome
    }

    /// With slack, each step once, with a cost that holds in every class.
    ///
    /// A step is listed with a lower bound for each class in which that is less than its value and the slack; in all
    /// other classes it costs more than that. So the least of the bounds holds for the step.
    private static func merged(_ columns: [PricedColumn]) -> [PricedColumn] {
        var positions: [StepKey: Int] = [:]
        var merged: [PricedColumn] = []
        for column in columns {
            let key = StepKey(ops: column.ops, resident: column.resident, retained: column.retained)
            guard let known = positions[key] else {
                positions[key] = merged.count
                merged.append(column)
                continue
            }
            if column.choice.latency < merged[known].choice.latency { merged[known].choice = column.choice }
            merged[known].lowerBound = min(merged[known].lowerBound, column.lowerBound)
        }
        return merged
    }

    /// Each step once, the most violated first; a step is found in every class in which it might be cheap enough.
    private static func distinct(_ columns: [PricedColumn]) -> [PricedColumn] {
        var seen = Set<PricedColumn>()
        let ranked = columns.enumerated().sorted {
            let (left, right) = ($0.element, $1.element)
            let (a, b) = (left.value * right.lowerBound, right.value * left.lowerBound)
            return a != b ? a > b : $0.offset < $1.offset
        }
        return ranked.map(\.element).filter { seen.insert($0).inserted }
    }
}
