import CostModel
import TensorGraph

// What becomes of a partial step of which nothing is undecided: columns, and how much it can be worth more than it
// costs.

extension RootSearch {
    func complete() {
        outcome.leaves += 1
        var ops: [OpID] = []
        for index in stride(from: step.memberCount - 1, through: 0, by: -1) {
            ops.append(graph.opOfNumber[step.members[index]])
        }
        ops = analyzer.ordered(ops)
        leaf.enumerate(
            threshold: settings.threshold, listsAll: settings.listsAll,
            most: settings.listsAll ? nil : Self.columnsPerSet + settings.vainSearches)
        listChoices(ops)
        if leaf.unseenExcess > settings.threshold {
            account(excess: leaf.unseenExcess, cost: leaf.leastCost)
            outcome.isComplete = false
        }
    }

    /// Adds columns for the leaf's choices.
    private func listChoices(_ ops: [OpID]) {
        let ranked = leaf.choices.sorted { $0.value * $1.cost > $1.value * $0.cost }
        var listed = 0
        for (number, choice) in ranked.enumerated() {
            // A search for a granularity may take long, so the clock is looked at before each.
            let isEnough = listed >= Self.columnsPerSet || number - listed >= settings.vainSearches
            if !settings.listsAll && isEnough || settings.isCancelled() {
                // Worth adding another time, if it still is then.
                account(excess: choice.value - choice.cost, cost: choice.cost)
                outcome.isComplete = false
                continue
            }
            let cost = exact.cost(
                ops: ops, resident: choice.resident, retained: choice.retained,
                worth: choice.value - settings.threshold, analyzer, &outcome.granularitySearches)
            // Where the cost is not known exactly, the bound of the class may tell more.
            let least = cost.isExact ? cost.lowerBound : max(cost.lowerBound, choice.cost)
            guard choice.value - least > settings.threshold else { continue }
            // A narrower class knows the cost better.
            if settings.listsAll, cost.isBeyondSearch { isVague = true }
            account(excess: choice.value - least, cost: least)
            guard let best = cost.choice, settings.listsAll || choice.value > best.latency * (1 + 1e-9) else {
                if !cost.isExact { isVague = true }
                outcome.isComplete = outcome.isComplete && cost.isExact
                continue
            }
            listed += 1
            // The master counts a step with a cost that it can have; where that is beyond search, with what is known.
            let known = settings.listsAll || cost.isBeyondSearch ? min(least, best.latency) : best.latency
            outcome.columns.append(
                PricedColumn(
                    ops: ops, resident: choice.resident, retained: choice.retained, choice: best, lowerBound: known,
                    value: choice.value))
        }
    }

    /// Columns of one op set, unless all are asked for.
    private static let columnsPerSet = 6

    /// Notes that a step may be worth this much more than its cost.
    func account(excess: Double, cost: Double) {
        guard excess > 0 else { return }
        worst.excess = max(worst.excess, excess)
        worst.ratio = max(worst.ratio, cost > 0 ? 1 + excess / cost : .infinity)
    }
}
