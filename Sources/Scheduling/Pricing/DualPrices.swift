import TensorGraph

/// Dual prices of the rows that every schedule satisfies: what the columns of the restricted master are worth.
///
/// For a step with ops S that finds the tensors A resident and retains R, write ext(S) for all ops upstream of what S
/// reads and does not write, and F(S) = S \ ext(S) for the ops that can run there for the first time. The rows are
///
///     first[o]         sum of x over steps with o in F(S)                                    >= 1
///     reach[o, t]      sum over steps with o in F(S) that do not read t from slow memory
///                      + sum over steps that evict t, with o neither in S nor in ext(S)      >= 1
///     output[t]        sum over steps that evict t                                           >= 1, t a graph output
///     hand-off[U]      sum over steps with R in U  -  sum over steps with A in U             >= 0, U an up-set
///
/// An *up-set* U is a family of tensor sets that with a set contains all larger ones. Where a step finds A in fast
/// memory, the step just before retains R with A a part of R, so that R is in U whenever A is: the row holds. (By
/// Strassen's theorem the rows of all up-sets say exactly that retained and resident sets can be matched, so nothing is
/// lost against one equation for each set.) Prices are non-negative, so a step never gains by tensors that are resident
/// and not read: A can be thought of as read by S.
///
/// Weak duality: if no step is worth more than it costs, every schedule costs at least the sum of prices times
/// right-hand sides, ``objective``.
struct DualPrices: Sendable, Hashable {
    /// The price of a row reach[o, t].
    struct Reach: Sendable, Hashable {
        var op: OpID
        /// A tensor with a producer.
        var tensor: TensorID
        var price: Double
    }

    /// The price of a row hand-off[U].
    struct HandOff: Sendable, Hashable {
        /// The smallest sets of the up-set: a set belongs to it if it contains one of these, each ascending.
        /// One set of one tensor prices the tensor.
        var generators: [[TensorID]]
        var price: Double

        /// True when the up-set contains this set.
        func contains(_ set: [TensorID]) -> Bool {
            generators.contains { $0.allSatisfy(set.contains) }
        }
    }

    /// Prices of first[o], by op.
    var first: [Double]
    /// Prices of output[t], by tensor; 0 unless t is a graph output.
    var output: [Double]
    /// Prices of reach[o, t]; those left out are 0.
    var reach: [Reach] = []
    /// Prices of hand-off[U]; those left out are 0.
    var handOff: [HandOff] = []

    /// All prices zero.
    init(_ problem: Problem) {
        first = Array(repeating: 0, count: problem.ops.count)
        output = Array(repeating: 0, count: problem.tensors.count)
    }

    /// Prices times right-hand sides.
    var objective: Double {
        first.reduce(0, +) + output.reduce(0, +) + reach.reduce(0) { $0 + $1.price }
    }

    /// The prices times a factor.
    func scaled(by factor: Double) -> DualPrices {
        var scaled = self
        for index in first.indices { scaled.first[index] *= factor }
        for index in output.indices { scaled.output[index] *= factor }
        for index in reach.indices { scaled.reach[index].price *= factor }
        for index in handOff.indices { scaled.handOff[index].price *= factor }
        return scaled
    }

    /// The weighted mean of two sets of prices: the other ones count with this weight, these with the rest.
    func mixed(with other: DualPrices, weight: Double) -> DualPrices {
        guard weight > 0 else { return self }
        var mixed = scaled(by: 1 - weight)
        let other = other.scaled(by: weight)
        for index in first.indices { mixed.first[index] += other.first[index] }
        for index in output.indices { mixed.output[index] += other.output[index] }
        struct Row: Hashable {
            var op: OpID
            var tensor: TensorID
        }
        var reachRows: [Row: Int] = [:]
        for (index, row) in mixed.reach.enumerated() { reachRows[Row(op: row.op, tensor: row.tensor)] = index }
        for row in other.reach {
            if let index = reachRows[Row(op: row.op, tensor: row.tensor)] {
                mixed.reach[index].price += row.price
            } else {
                mixed.reach.append(row)
            }
        }
        var handOffRows: [[[TensorID]]: Int] = [:]
        for (index, row) in mixed.handOff.enumerated() { handOffRows[row.generators] = index }
        for row in other.handOff {
            if let index = handOffRows[row.generators] {
                mixed.handOff[index].price += row.price
            } else {
                mixed.handOff.append(row)
            }
        }
        return mixed
    }

    /// What a step is worth: the sum of its coefficients times prices, straight from the rows.
    ///
    /// - Complexity: O(graph + prices x step): for tests and for columns by the thousand, not for inner loops.
    func value(ops: [OpID], resident: [TensorID], retained: [TensorID], problem: Problem) -> Double {
        let members = Set(ops)
        let graph = problem.graph
        let written = Set(ops.flatMap { problem[$0].outputs })
        let reads = Set(ops.flatMap { problem[$0].inputs }).subtracting(written)
        let slowReads = reads.subtracting(resident)
        let evicted = written.subtracting(retained)
            .filter { tensor in !graph.readers[tensor.index].contains(where: members.contains) }
        let external = problem.upstream(of: reads)

        var value = 0.0
        for op in ops where !external.contains(op) { value += first[op.index] }
        for tensor in evicted { value += output[tensor.index] }
        for row in reach {
            let runs = members.contains(row.op) && !external.contains(row.op)
            if runs, !slowReads.contains(row.tensor) { value += row.price }
            if evicted.contains(row.tensor), !members.contains(row.op), !external.contains(row.op) {
                value += row.price
            }
        }
        for row in handOff {
            if row.contains(retained) { value += row.price }
            if row.contains(resident) { value -= row.price }
        }
        return value
    }
}

extension Problem {
    /// The ops that produce these tensors and all that is upstream of them.
    func upstream(of tensors: some Sequence<TensorID>) -> Set<OpID> {
        var found = Set<OpID>()
        var pending = tensors.compactMap { graph.producers[$0.index] }
        while let op = pending.popLast() {
            guard found.insert(op).inserted else { continue }
            for tensor in self[op].inputs {
                if let producer = graph.producers[tensor.index], !found.contains(producer) { pending.append(producer) }
            }
        }
        return found
    }
}
