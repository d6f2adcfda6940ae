import MIP
import TensorGraph

// Relaxed columns: what an unfinished search could not rule out, so that prices avoid it.

extension RestrictedMaster {
    /// Adds what a search with these prices could not rule out; a rough one, or one that took its time.
    ///
    /// A relaxed step costs what it is worth less its excess. Where that is less than what its decided ops cost, a part
    /// of other ops has paid for them, and counts.
    ///
    /// - Returns: how many columns were added.
    /// - Throws: `MIPModelError` for a cost that is not finite.
    func add(_ steps: [RelaxedStep], prices: DualPrices, isRough: Bool) throws -> Int {
        var count = 0
        for step in steps {
            let bare = MasterColumn(step, share: 0, cost: 0)
            let worth = prices.value(ofRelaxed: bare)
            let more = prices.value(ofRelaxed: MasterColumn(step, share: 1, cost: 0)) - worth
            let missing = step.leastCost - (worth - step.excess)
            let share = missing > 0 && more > 0 ? min(1, missing / more) : 0
            let cost = worth + share * more - step.excess
            guard cost > 0 else { continue }
            if isRough { rough.append(columns.count) }
            try append(MasterColumn(step, share: share, cost: cost))
            count += 1
        }
        return count
    }

    /// True when a solution takes relaxed columns: its objective is no more than a guess then.
    func isRelaxed(_ solution: Solution) -> Bool { solution.weights.contains { columns[$0.column].isRelaxed } }

    /// Bars the relaxed columns that a solution takes, and all of rough searches.
    ///
    /// - Throws: `MIPModelError`.
    func barRelaxed(_ solution: Solution) throws {
        for (column, _) in solution.weights where columns[column].isRelaxed { try bar(column) }
        for column in rough { try bar(column) }
        rough.removeAll()
    }
}

extension DualPrices {
    /// What a relaxed column is worth.
    fileprivate func value(ofRelaxed column: MasterColumn) -> Double {
        var value = 0.0
        for op in first.indices where first[op] > 0 {
            value += first[op] * MasterRow.first([OpID(op)]).coefficient(column)
        }
        for tensor in column.evicted { value += output[tensor] }
        for row in reach { value += row.price * MasterRow.reach(row.op, row.tensor).coefficient(column) }
        return value
    }
}
