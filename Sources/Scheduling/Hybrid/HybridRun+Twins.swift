import TensorGraph

// Repeated blocks: what helps one is done to all.
extension HybridRun {
    /// Places looked at for each window that was improved.
    private static let maximumTwins = 256

    /// Offers the better steps of windows to the places of the graph that look the same.
    mutating func offerToTwins(_ replacements: [Replacement]) throws {
        for replacement in replacements where replacement.source != .twin && !control.shouldStop {
            let places = blocks.twins(of: replacement.window.problem.ops, limit: Self.maximumTwins)
            guard !places.isEmpty else { continue }
            let plan = twinPlan(places)
            let windows = windows(of: plan)
            try apply(windows.compactMap { self.replacement(for: $0, from: .twin) }, to: plan)
        }
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
