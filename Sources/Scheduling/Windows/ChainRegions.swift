import TensorGraph

/// Groups chains of steps, those joined by hand-offs, into windows that grow from a chain at random.
struct ChainRegions: Neighbourhood {
    /// How a window grows from its first chain.
    enum Growth: Sendable {
        /// By chains that share tensors with it, the more the likelier.
        case region
        /// By chains that read one tensor, and the chain that writes it.
        case readers

        var source: IncumbentSource { self == .region ? .region : .readers }
    }

    let growth: Growth
    /// Windows have more ops, in a few groups that no step divides.
    let isCoarse: Bool

    func plan(
        _ steps: [Candidate], of problem: Problem, sizes: WindowSizes, count: Int, using random: inout RandomSource
    ) -> WindowPlan {
        let graph = ChainGraph(steps, problem: problem)
        let order = WindowOrder(graph)
        let weights = graph.members.map { chain in
            chain.reduce(1e-9) { sum, step in
                sum + steps[step].ops.reduce(0) { $0 + sizes.slack[$1.index] } / Double(steps[step].ops.count)
            }
        }
        var isWindow: [Int: Bool] = [:]
        var free = weights
        for _ in 0..<count {
            guard let seed = random.position(byWeight: free) else { break }
            free[seed] = 0
            guard order.isAlone(seed) else { continue }
            let grower = ChainGrower(steps: steps, problem: problem, graph: graph, order: order, sizes: sizes)
            let grown = grower.grow(growth, from: seed, isCoarse: isCoarse, using: &random)
            for chain in grown {
                free[chain] = 0
                isWindow[chain] = true
            }
        }
        var plan = WindowPlan(sequence: [])
        for chains in order.groups {
            let start = plan.sequence.count
            for chain in chains { plan.sequence += graph.members[chain].map { steps[$0] } }
            if let first = chains.first, isWindow[first] == true {
                plan.places.append(
                    .init(range: start..<plan.sequence.count, source: growth.source, isCoarse: isCoarse))
            }
        }
        return plan
    }
}
