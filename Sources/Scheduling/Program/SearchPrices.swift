/// Prices of first executions, of outputs and of hand-offs under which no candidate costs less than what it delivers.
///
/// They are duals of the rows C1', C2', C4 and C3. What a candidate delivers is its column times the prices: see
/// ``value(of:)``. Take the steps in front of some point of a schedule. They satisfy the row C1' and every row C2' of
/// each op that has run by then, and the row C4 of each output that has been evicted, so what they deliver is worth at
/// least the prices of these rows, and the hand-offs between them cancel out. So whatever sequence of steps leads to a
/// state's goal costs at least the sum of the prices of the ops that have to run, of the outputs to be evicted and of
/// the set to be handed over: an estimate that never overestimates.
struct SearchPrices: Sendable {
    /// Price of each op's first execution (C1'), at least 0.
    var op: [Double]
    /// Prices of rows C2', at least 0.
    var reach: [(row: ReachRow, price: Double)] = []
    /// Price of evicting a tensor, by its number; above 0 only for tensors that have to be evicted (C4).
    var output: [Double]
    /// Price of each set handed over (C3); the empty set is number 0 and costs nothing.
    var handOff: [Double]

    /// No prices at all: the search becomes Dijkstra's.
    init(columns: CandidateColumns) {
        op = Array(repeating: 0, count: columns.opCount)
        output = Array(repeating: 0, count: columns.tensors.count)
        handOff = Array(repeating: 0, count: columns.handOffs.count)
    }

    /// What a column delivers, at these prices.
    func value(of column: CandidateColumns.Column) -> Double {
        var value = handOff[Int(column.retained)] - handOff[Int(column.resident)]
        column.first.forEach { value += op[$0] }
        column.evicted.forEach { value += output[$0] }
        for (row, price) in reach where row.counts(column) { value += price }
        return value
    }

    /// Lowers prices until they are feasible for every candidate: duals come from floating-point arithmetic.
    mutating func makeFeasible(_ columns: CandidateColumns) {
        for index in op.indices { op[index] = max(0, op[index]) }
        for index in output.indices { output[index] = columns.required.contains(index) ? max(0, output[index]) : 0 }
        reach = reach.filter { $0.price > 0 }
        handOff[0] = 0
        for column in columns.columns {
            let excess = value(of: column) - column.latency
            guard excess > 0 else { continue }
            // Lowering a price that is not that of a hand-off keeps every other candidate feasible.
            var left = excess * (1 + 1e-9) + 1e-9
            func lower(_ price: inout Double) {
                let cut = min(left, price)
                price -= cut
                left -= cut
            }
            column.first.forEach { lower(&op[$0]) }
            column.evicted.forEach { lower(&output[$0]) }
            for index in reach.indices where left > 0 && reach[index].row.counts(column) { lower(&reach[index].price) }
            if left > 0 { dropAll() }
        }
    }

    /// Gives up on all prices when lowering those of ops and outputs is not enough.
    private mutating func dropAll() {
        for index in handOff.indices { handOff[index] = 0 }
        for index in op.indices { op[index] = 0 }
        for index in output.indices { output[index] = 0 }
        reach = []
    }
}

/// Search prices, summed up for each op.
struct SearchEstimate {
    /// For each op, the price of its row C1' and of all its rows C2'.
    let op: [Double]
    /// See ``SearchPrices/output``.
    let output: [Double]
    /// See ``SearchPrices/handOff``.
    let handOff: [Double]

    init(_ prices: SearchPrices) {
        var op = prices.op
        for (row, price) in prices.reach { op[row.op] += price }
        self.op = op
        output = prices.output
        handOff = prices.handOff
    }
}
