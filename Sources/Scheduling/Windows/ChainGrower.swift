import TensorGraph

/// Grows windows of chains from a first one.
struct ChainGrower {
    let steps: [Candidate]
    let problem: Problem
    let graph: ChainGraph
    let order: WindowOrder
    let sizes: WindowSizes

    /// Chains of a fine window at most; its ops are limited as well.
    private static let maximumChains = 32

    /// Merges chains with a first one; returns all of them, the first one first.
    func grow(
        _ growth: ChainRegions.Growth, from seed: Int, isCoarse: Bool, using random: inout RandomSource
    ) -> [Int] {
        switch growth {
        case .region: growRegion(seed, isCoarse, using: &random)
        case .readers: growReaders(seed, isCoarse, using: &random)
        }
    }

    private func growRegion(
        _ seed: Int, _ isCoarse: Bool, using random: inout RandomSource
    ) -> [Int] {
        var grown = [seed]
        var ops = graph.opCounts[seed]
        let most = limit(seed, isCoarse, using: &random)
        var frontier: [Int: Int] = [:]
        var closed: Set<Int> = [seed]
        func open(_ chain: Int) {
            for (next, tensors) in graph.neighbours[chain] where !closed.contains(next) {
                frontier[next, default: 0] += tensors
            }
        }
        open(seed)
        while !frontier.isEmpty, grown.count < (isCoarse ? Int(sizes.groupCount) : Self.maximumChains) {
            let chains = frontier.keys.sorted()
            guard let choice = random.position(byWeight: chains.map { Double(frontier[$0] ?? 0) }) else { break }
            let next = chains[choice]
            frontier[next] = nil
            closed.insert(next)
            guard ops + graph.opCounts[next] <= most, order.isAlone(next), order.merge(seed, next) else { continue }
            grown.append(next)
            ops += graph.opCounts[next]
            open(next)
        }
        return grown
    }

    /// A window of chains that read one tensor, and the chain that writes it.
    private func growReaders(
        _ seed: Int, _ isCoarse: Bool, using random: inout RandomSource
    ) -> [Int] {
        let tensors = graph.members[seed].flatMap { steps[$0].ops.flatMap { problem[$0].inputs } }
            .filter { problem.graph.readers[$0.index].count > 1 }
        guard let tensor = tensors.randomElement(using: &random) else {
            return growRegion(seed, isCoarse, using: &random)
        }
        let readers = Set(problem.graph.readers[tensor.index])
        let producer = problem.graph.producers[tensor.index]
        var grown = [seed]
        var ops = graph.opCounts[seed]
        let most = limit(seed, isCoarse, using: &random)
        for (next, _) in graph.neighbours[seed].shuffled(using: &random) {
            let touches = graph.members[next].contains { step in
                steps[step].ops.contains { readers.contains($0) || $0 == producer }
            }
            guard touches, ops + graph.opCounts[next] <= most, order.isAlone(next), order.merge(seed, next) else {
                continue
            }
            grown.append(next)
            ops += graph.opCounts[next]
        }
        return grown
    }

    private func limit(_ chain: Int, _ isCoarse: Bool, using random: inout RandomSource) -> Int {
        sizes.limit(at: steps[graph.members[chain][0]].ops[0], isCoarse: isCoarse, using: &random)
    }
}
