import TensorGraph

// What helps one block of a network is done to all that look the same.
extension WindowSearch {
    /// Places looked at for each window that was improved.
    private static let maximumRepeats = 256

    /// Places of the graph that look like a window.
    func repeats(of window: Window) -> [[OpID]] {
        blocks.repeats(of: window.subproblem.ops, limit: Self.maximumRepeats)
    }

    /// Puts better steps in the place of a window and of all places that look the same at once, so that the blocks of a
    /// network stay alike and the next window has repeats again.
    mutating func apply(_ replacement: Replacement, toRepeats places: [[OpID]], in session: Session) {
        let own = replacement.window.subproblem.ops
        let plan = repeatPlan([own] + places)
        let found = windows(of: plan).compactMap { window in
            guard var found = self.replacement(for: window, isRepeated: true) else { return nil as Replacement? }
            if window.subproblem.ops == own {
                (found.source, found.isRepeated) = (replacement.source, replacement.isRepeated)
            }
            return found
        }
        apply(found, to: plan, in: session)
    }

    /// The schedule with the steps of each place, where they contain no other ops, one after the other.
    private func repeatPlan(_ places: [[OpID]]) -> WindowPlan {
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
            if isPlace { plan.places.append(.init(range: start..<plan.sequence.count, source: .repeatedBlock)) }
        }
        return plan
    }
}
