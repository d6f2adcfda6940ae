import TensorGraph

/// Dual prices by op number and tensor index, and what the search derives from them.
final class PriceTables: @unchecked Sendable {
    let prices: DualPrices
    /// By op number: price of running for the first time, with and without all of its reach rows.
    let first: UnsafeMutablePointer<Double>
    let firstAndReach: UnsafeMutablePointer<Double>
    /// By tensor: price of its eviction for its own sake, and with all reach rows.
    let output: UnsafeMutablePointer<Double>
    let outputAndReach: UnsafeMutablePointer<Double>
    /// Reach rows of tensor t: from `reachStart[t]` to `reachStart[t + 1]`.
    let reachStart: UnsafeMutablePointer<Int>
    let reachOp: UnsafeMutablePointer<Int>
    let reachPrice: UnsafeMutablePointer<Double>
    /// True for tensors that can stay in fast memory between steps.
    let canBeHeld: UnsafeMutablePointer<Bool>
    /// Tensors of more than half the capacity: at most one of them is resident or retained. Those that can be held.
    let isLarge: UnsafeMutablePointer<Bool>
    let largeTensors: [Int]
    /// A resident set costs at least the sum of these; a retained set earns at most the sum of those.
    ///
    /// An up-set of generators G1, …, Gm: a set that contains i of them pays the price once, so at least price / m for
    /// each; generators of one tensor share that out. A set that earns it contains some generator, so it contains
    /// the largest tensor of one, which gets all of the price.
    let residentPrice: UnsafeMutablePointer<Double>
    let retainedPrice: UnsafeMutablePointer<Double>
    /// True when some hand-off row has a price.
    let hasHandOffs: Bool

    init(_ graph: PricingGraph, _ prices: DualPrices) {
        self.prices = prices
        let problem = graph.problem
        first = .filled(graph.opCount, 0)
        firstAndReach = .filled(graph.opCount, 0)
        output = .filled(graph.tensorCount, 0)
        outputAndReach = .filled(graph.tensorCount, 0)
        reachStart = .filled(graph.tensorCount + 1, 0)
        reachOp = .filled(prices.reach.count, 0)
        reachPrice = .filled(prices.reach.count, 0)
        canBeHeld = .filled(graph.tensorCount, false)
        isLarge = .filled(graph.tensorCount, false)
        residentPrice = .filled(graph.tensorCount, 0)
        retainedPrice = .filled(graph.tensorCount, 0)
        hasHandOffs = prices.handOff.contains { $0.price > 0 }
        for op in 0..<graph.opCount {
            first[op] = prices.first[graph.opOfNumber[op].index]
            firstAndReach[op] = first[op]
        }
        for tensor in 0..<graph.tensorCount {
            output[tensor] = prices.output[tensor]
            outputAndReach[tensor] = output[tensor]
            canBeHeld[tensor] = graph.producer[tensor] >= 0 && graph.size[tensor] < graph.capacity
        }
        var large: [Int] = []
        for tensor in 0..<graph.tensorCount where canBeHeld[tensor] && 2 * graph.size[tensor] > graph.capacity {
            isLarge[tensor] = true
            large.append(tensor)
        }
        largeTensors = large
        let rows = prices.reach.sorted { ($0.tensor, $0.op) < ($1.tensor, $1.op) }
        var next = 0
        for tensor in 0..<graph.tensorCount {
            reachStart[tensor] = next
            while next < rows.count, rows[next].tensor.index == tensor {
                let op = graph.numberOfOp[rows[next].op.index]
                reachOp[next] = op
                reachPrice[next] = rows[next].price
                firstAndReach[op] += rows[next].price
                outputAndReach[tensor] += rows[next].price
                next += 1
            }
        }
        reachStart[graph.tensorCount] = next
        for row in prices.handOff where row.price > 0 {
            var largest = Set<TensorID>()
            for generator in row.generators {
                if generator.count == 1 {
                    residentPrice[generator[0].index] += row.price / Double(row.generators.count)
                }
                let tensor = generator.max { (problem[$0].size, $1) < (problem[$1].size, $0) }
                if let tensor { largest.insert(tensor) }
            }
            for tensor in largest { retainedPrice[tensor.index] += row.price }
        }
    }

    deinit {
        first.deallocate()
        firstAndReach.deallocate()
        output.deallocate()
        outputAndReach.deallocate()
        reachStart.deallocate()
        reachOp.deallocate()
        reachPrice.deallocate()
        canBeHeld.deallocate()
        isLarge.deallocate()
        residentPrice.deallocate()
        retainedPrice.deallocate()
    }

    /// What a retained set earns and a resident set costs by the hand-off rows.
    func handOff(_ tensors: [TensorID]) -> Double {
        guard hasHandOffs, !tensors.isEmpty else { return 0 }
        return prices.handOff.reduce(0) { $1.price > 0 && $1.contains(tensors) ? $0 + $1.price : $0 }
    }
}
