import CostModel
import HeapModule
import TensorGraph

/// Finds a cheapest schedule of candidates by best-first search from the last step to the first.
///
/// A state is what the steps still to be put in front must achieve: a set of tensors that have to be in slow memory,
/// and the set that the step directly before must hand over. The last step may retain any set: nobody takes it over. A
/// candidate can stand there if it retains just that set. It takes what it evicts off the set and adds what it reads,
/// so order, hand-offs, recomputation and repeated steps need no rule of their own. The goal needs nothing (in a
/// window: just what is handed to its first step). Every op is an ancestor of a graph output (RULES 1), so every op is
/// then in some step.
///
/// The estimate of what a state still costs is a price list from a dual solution: see `SearchPrices`. It never
/// overestimates, so the first goal taken from the queue is optimal (Hart, Nilsson and Raphael, 1968), and at any
/// moment the smallest estimate in the queue bounds the optimum from below.
package struct BackwardSearch: Sendable {
    /// What became of a search.
    package struct Outcome: Sendable {
        /// Positions of the chosen candidates, first step first; nil when none was found below the cutoff.
        package var steps: [Int]?
        /// Latency of the steps, in units of time; infinite without them.
        package var latency = Double.infinity
        /// No sequence of the candidates costs less than this.
        package var lowerBound = 0.0
        /// True when the search ended by itself: the steps are optimal, or there is nothing below the cutoff.
        package var isProven = false
        /// States expanded.
        package var expanded = 0
    }

    private struct State: Hashable {
        var needed: OpSet
        var handOff: Int32
    }

    private struct Entry: Comparable {
        var estimate: Double
        var spent: Double
        var node: Int
        static func < (left: Entry, right: Entry) -> Bool {
            // Among equals the deeper one first: it reaches a goal sooner.
            (left.estimate, right.spent, left.node) < (right.estimate, left.spent, right.node)
        }
        static func == (left: Entry, right: Entry) -> Bool { left.node == right.node }
    }

    private struct Node {
        var state: State
        var spent: Double
        var next: Int
        var candidate: Int32
    }

    private let columns: CandidateColumns

    /// States kept when the caller says nothing.
    static let defaultMaximumStates = 4_000_000

    /// Prepares a search over the candidates.
    init(_ columns: CandidateColumns) { self.columns = columns }

    /// Runs the search.
    ///
    /// - Parameters:
    ///   - prices: a dual-feasible price list; the higher, the fewer states.
    ///   - cutoff: sequences that cost this or more are of no interest.
    ///   - maximumStates: states kept at most, about 200 bytes each.
    ///   - isCancelled: polled now and then.
    ///   - onProgress: told now and then how many states were expanded and how many wait.
    func run(
        prices: SearchPrices, cutoff: Double, maximumStates: Int = defaultMaximumStates,
        isCancelled: () -> Bool = { false }, onProgress: (_ expanded: Int, _ open: Int) -> Void = { _, _ in }
    ) -> Outcome {
        var outcome = Outcome()
        let prices = SearchEstimate(prices)
        var nodes: [Node] = []
        var best: [State: Double] = [:]
        var queue = Heap<Entry>()
        // Rounding in a sum of many latencies must not cut off an equal.
        let limit = cutoff * (1 - Tolerance.improvement)
        var root = Double.infinity
        for handOff in columns.endings {
            let start = State(needed: columns.required, handOff: Int32(handOff))
            let estimate = estimate(start, prices)
            root = min(root, estimate)
            queue.insert(Entry(estimate: estimate, spent: 0, node: nodes.count))
            nodes.append(Node(state: start, spent: 0, next: -1, candidate: -1))
            best[start] = 0
        }
        outcome.lowerBound = min(root, cutoff)
        while let entry = queue.popMin() {
            let node = nodes[entry.node]
            outcome.lowerBound = max(outcome.lowerBound, min(entry.estimate, cutoff))
            guard entry.estimate < limit else { break }
            if node.state.needed.isEmpty, node.state.handOff == columns.start {
                outcome.steps = trace(nodes, entry.node)
                outcome.latency = node.spent
                outcome.lowerBound = min(outcome.lowerBound, node.spent)
                outcome.isProven = true
                return outcome
            }
            guard best[node.state] == node.spent else { continue }
            outcome.expanded += 1
            guard nodes.count < maximumStates else { return outcome }
            if outcome.expanded & 255 == 0 {
                guard !isCancelled() else { return outcome }
                onProgress(outcome.expanded, queue.count)
            }
            expand(node, entry.node, prices, limit, &nodes, &best, &queue)
        }
        outcome.lowerBound = cutoff
        outcome.isProven = true
        return outcome
    }

    private func expand(
        _ node: Node, _ index: Int, _ prices: SearchEstimate, _ limit: Double, _ nodes: inout [Node],
        _ best: inout [State: Double], _ queue: inout Heap<Entry>
    ) {
        func attempt(_ candidate: Int32, _ column: CandidateColumns.Column) {
            let state = State(
                needed: node.state.needed.subtracting(column.evicted).union(column.slowReads),
                handOff: column.resident)
            let spent = node.spent + column.latency
            guard spent < limit, spent < best[state] ?? .infinity else { return }
            let estimate = spent + self.estimate(state, prices)
            guard estimate < limit else { return }
            best[state] = spent
            nodes.append(Node(state: state, spent: spent, next: index, candidate: candidate))
            queue.insert(Entry(estimate: estimate, spent: spent, node: nodes.count - 1))
        }
        guard node.state.handOff == 0 else {
            for candidate in columns.retaining[Int(node.state.handOff)] {
                attempt(candidate, columns.columns[Int(candidate)])
            }
            return
        }
        // A step that evicts nothing needed is of use only between two others: to make a hand-off, or to end the life
        // of what the step before it throws away. One that evicts several needed tensors is tried at the first of them.
        for candidate in columns.endingLifetimes {
            let column = columns.columns[Int(candidate)]
            if column.evicted.isDisjoint(with: node.state.needed) { attempt(candidate, column) }
        }
        node.state.needed.forEach { tensor in
            for candidate in columns.evicting[tensor] {
                let column = columns.columns[Int(candidate)]
                if column.evicted.intersection(node.state.needed).first == tensor { attempt(candidate, column) }
            }
        }
    }

    private func estimate(_ state: State, _ prices: SearchEstimate) -> Double {
        var total = prices.handOff[Int(state.handOff)] - prices.handOff[columns.start]
        // Ops that have to run so that the state's tensors exist.
        var ops = columns.ancestorsOfHandOff[Int(state.handOff)]
        state.needed.forEach {
            ops = ops.union(columns.ancestorsOfTensor[$0])
            total += prices.output[$0]
        }
        ops.forEach { total += prices.op[$0] }
        return max(0, total)
    }

    private func trace(_ nodes: [Node], _ goal: Int) -> [Int] {
        var steps: [Int] = []
        var index = goal
        while index >= 0, nodes[index].candidate >= 0 {
            steps.append(Int(nodes[index].candidate))
            index = nodes[index].next
        }
        return steps
    }
}
