import TensorGraph

// Repeated blocks: what helps one is done to all.
extension HybridRun {
    /// Places looked at for each window that was improved.
    private static let maximumTwins = 256

    /// Places of the graph that look like a window.
    func twins(of window: Window) -> [[OpID]] {
        blocks.twins(of: window.problem.ops, limit: Self.maximumTwins)
    }

    /// Puts better steps in the place of a window and of all places that look the same at once, so that the blocks of a
    /// network stay alike and the next window has twins again.
    mutating func apply(_ replacement: Replacement, toTwins places: [[OpID]]) throws {
        let own = replacement.window.problem.ops
        let plan = twinPlan([own] + places)
        let found = windows(of: plan).compactMap { window in
            self.replacement(for: window, from: window.problem.ops == own ? replacement.source : .twin)
        }
        try apply(found, to: plan)
    }

    /// The schedule with the steps of each place, where they contain no other ops, one after the other.
    private func twinPlan(_ places: [[OpID]]) -> WindowPlan {
        let graph = ChainGraph(steps, problem: problem)
        let order = WindowOrder(graph)
        var chainsOf = [[Int]](repeating: [], count: problem.ops.count)
        for (chain, members) in graph.members.enumerated() {
            for op in members.flatMap({ steps[$0].ops }) where chainsOf[op.index].last != chain {
                chainsOf[op.index].append(chain)
            }
        }
        /// For each chain of a place, its rank there.
        var rank: [Int: Int] = [:]
        for place in places {
            var chains: [Int] = []
            for op in place { for chain in chainsOf[op.index] where !chains.contains(chain) { chains.append(chain) } }
            let ops = Set(place)
            let isWhole = chains.allSatisfy { chain in
                order.isAlone(chain) && rank[chain] == nil
                    && graph.members[chain].allSatisfy { steps[$0].ops.allSatisfy(ops.contains) }
            }
            guard isWhole, let first = chains.first, chains.dropFirst().allSatisfy({ order.merge(first, $0) }) else {
                continue
            }
            for (index, chain) in chains.enumerated() { rank[chain] = index }
        }
        var plan = WindowPlan(sequence: [])
        for chains in order.groups {
            let start = plan.sequence.count
            let isPlace = chains.allSatisfy { rank[$0] != nil }
            // In the order in which the ops of the window that was improved are numbered.
            let ordered = isPlace ? chains.sorted { (rank[$0] ?? 0) < (rank[$1] ?? 0) } : chains
            for chain in ordered { plan.sequence += graph.members[chain].map { steps[$0] } }
            if isPlace { plan.ranges.append((start..<plan.sequence.count, .twin, false)) }
        }
        return plan
    }
}
