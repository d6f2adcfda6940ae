import TensorGraph

extension WindowSolver {
    /// Other steps for a window, good but not the best: the best when every latency is off by up to a share, at random.
    ///
    /// - Returns: nil when there are too many candidates, or the search met its limit.
    func perturb(
        _ window: Window, known: KnownTunings, seed: UInt64, share: Double, budget: Budget
    ) throws -> [Candidate]? {
        guard let candidates = enumerate(window, enumerator(window, known: known), budget).complete,
            let columns = CandidateColumns(
                candidates, of: window.subproblem, cost: { $0.latency * (1 + share * $0.noise(seed: seed)) }),
            let relaxation = try relaxation(columns, candidates, window, budget)
        else { return nil }
        let found = BackwardSearch(columns).run(
            prices: relaxation.prices, cutoff: .infinity, maximumStates: limits.perturbationStates,
            isCancelled: { budget.shouldStop })
        return found.steps?.map { candidates[$0] }
    }
}

extension Candidate {
    /// A number between 0 and 1 that depends on the step and the seed alone.
    fileprivate func noise(seed: UInt64) -> Double {
        var state = seed
        for id in ops.map(\.index) + [-1] + resident.map(\.index) + [-1] + retained.map(\.index) {
            var mixer = RandomSource(seed: state ^ UInt64(bitPattern: Int64(id)))
            state = mixer.next()
        }
        return Double(state >> 11) * 0x1p-53
    }
}
