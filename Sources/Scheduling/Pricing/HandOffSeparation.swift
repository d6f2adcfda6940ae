import TensorGraph

/// Finds up-sets of tensor sets that fewer steps retain than find: rows hand-off[U] that a fractional point breaks.
///
/// A step that finds A follows one that retains a set R with A a part of R. Whether the weights of a point can be
/// matched in this way is a question of maximum flow from the sets found to the sets retained. Where it falls short,
/// the sets found on the source's side of a minimum cut generate an up-set whose row is broken (Gale, "A theorem on
/// flows in networks", 1957; Strassen, 1965).
struct HandOffSeparation {
    private var found: [[TensorID]] = []
    private var demand: [Double] = []
    private var retained: [[TensorID]] = []
    private var supply: [Double] = []

    /// A row counts as broken when it falls short by more than this.
    private static let tolerance = 1e-5

    init(_ columns: [MasterColumn], weights: [(column: Int, weight: Double)]) {
        var numberOfFound: [[TensorID]: Int] = [:]
        var numberOfRetained: [[TensorID]: Int] = [:]
        for (index, weight) in weights {
            let column = columns[index]
            if !column.resident.isEmpty {
                let number = numberOfFound[column.resident, default: found.count]
                if number == found.count {
                    numberOfFound[column.resident] = number
                    found.append(column.resident)
                    demand.append(0)
                }
                demand[number] += weight
            }
            if !column.retained.isEmpty {
                let number = numberOfRetained[column.retained, default: retained.count]
                if number == retained.count {
                    numberOfRetained[column.retained] = number
                    retained.append(column.retained)
                    supply.append(0)
                }
                supply[number] += weight
            }
        }
    }

    /// Generators of up-sets whose rows are broken: of single tensors if there are any, else of minimum cuts.
    func broken() -> [[[TensorID]]] {
        let single = brokenTensors()
        return single.isEmpty ? brokenCuts() : single
    }

    private func brokenTensors() -> [[[TensorID]]] {
        var balance: [TensorID: Double] = [:]
        for (set, weight) in zip(found, demand) { for tensor in set { balance[tensor, default: 0] -= weight } }
        for (set, weight) in zip(retained, supply) { for tensor in set { balance[tensor, default: 0] += weight } }
        return balance.filter { $0.value < -Self.tolerance }.keys.sorted().map { [[$0]] }
    }

    private func brokenCuts() -> [[[TensorID]]] {
        let follows = found.map { set in
            retained.indices.filter { set.allSatisfy(retained[$0].contains) }
        }
        var flow = found.map { _ in [Int: Double]() }
        var wanted = demand
        var left = supply
        var isReached = [Bool](repeating: false, count: found.count)
        // Augmenting paths, shortest first; there are a few dozen sets at most.
        while true {
            isReached = wanted.map { $0 > Self.tolerance / 10 }
            var cameFrom = [Int](repeating: -1, count: retained.count)
            var enteredBy = [Int](repeating: -1, count: found.count)
            var queue = found.indices.filter { isReached[$0] }
            var end = -1
            var next = 0
            search: while next < queue.count {
                let source = queue[next]
                next += 1
                for target in follows[source] where cameFrom[target] < 0 {
                    cameFrom[target] = source
                    if left[target] > 1e-12 {
                        end = target
                        break search
                    }
                    for other in found.indices where !isReached[other] && (flow[other][target] ?? 0) > 1e-12 {
                        isReached[other] = true
                        enteredBy[other] = target
                        queue.append(other)
                    }
                }
            }
            guard end >= 0 else { break }
            var amount = left[end]
            var target = end
            while true {
                let source = cameFrom[target]
                guard enteredBy[source] >= 0 else {
                    amount = min(amount, wanted[source])
                    break
                }
                amount = min(amount, flow[source][enteredBy[source]] ?? 0)
                target = enteredBy[source]
            }
            left[end] -= amount
            target = end
            while true {
                let source = cameFrom[target]
                flow[source][target, default: 0] += amount
                guard enteredBy[source] >= 0 else {
                    wanted[source] -= amount
                    break
                }
                flow[source][enteredBy[source], default: 0] -= amount
                target = enteredBy[source]
            }
        }
        return components(found.indices.filter { isReached[$0] }, follows)
    }

    /// Splits the sets on the source's side into parts that share no set retained; each part is a row.
    private func components(_ members: [Int], _ follows: [[Int]]) -> [[[TensorID]]] {
        var open = members
        var rows: [[[TensorID]]] = []
        while let start = open.first {
            var part: [Int] = []
            var pending = [start]
            open.removeFirst()
            while let member = pending.popLast() {
                part.append(member)
                let near = open.filter { other in follows[other].contains(where: follows[member].contains) }
                pending += near
                open.removeAll(where: near.contains)
            }
            let reach = Set(part.flatMap { follows[$0] })
            let short = part.reduce(0) { $0 + demand[$1] } - reach.reduce(0) { $0 + supply[$1] }
            guard short > Self.tolerance else { continue }
            let sets = part.map { found[$0] }
            rows.append(
                sets.filter { set in !sets.contains { $0.count < set.count && $0.allSatisfy(set.contains) } }
                    .sorted { $0.lexicographicallyPrecedes($1) })
        }
        return rows
    }
}
