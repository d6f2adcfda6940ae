import TensorGraph

/// A granularity and tile order, and what they make of a step.
public struct GranularityChoice: Sendable, Hashable {
    /// Tile size and depth.
    public var granularity: Granularity
    /// Tile order.
    public var order: TileOrder
    /// Latency of the step, in units of time.
    public var latency: Double

    /// Creates a choice.
    public init(granularity: Granularity, order: TileOrder, latency: Double) {
        self.granularity = granularity
        self.order = order
        self.latency = latency
    }
}

/// Finds the granularity and tile order at which a step runs fastest within fast memory.
///
/// Two facts carry the search. Compute per tile does not depend on the tile's size, so fewer tiles are better and
/// tile counts bound latency from below. And over the k-steps of a tile, compute and streamed elements add up to the
/// same whatever the depth, so merging all k-steps of a tile into one bounds latency from below for all depths, and
/// the deepest that fits is best or close to it. <doc:IterationClasses> proves both.
public struct GranularityOptimizer: Sendable {
    /// How much is searched.
    public enum Mode: Sendable, Hashable {
        /// Tile sizes that split a side evenly, the tallest that fit beside each width, few depths.
        case fast
        /// Every tile width, tile height and depth up to native, in all named tile orders; pruned by bounds only.
        case exhaustive
    }

    /// What a search may cost at most.
    public struct Effort: Sendable, Hashable {
        /// Granularities tried.
        public var attempts: Int
        /// Iterations walked at granularities at which demands coincide without a closed form.
        public var simulatedIterations: Int

        /// Creates limits.
        public init(attempts: Int, simulatedIterations: Int) {
            self.attempts = attempts
            self.simulatedIterations = simulatedIterations
        }
    }

    /// How deep k-steps may be.
    public let reductionCap: ReductionCap
    /// How much is searched.
    public let mode: Mode
    private let problem: Problem
    private let hardware: Hardware

    /// Limits of one search; where they are met, granularities are passed over.
    let effort: Effort

    /// Creates an optimizer.
    ///
    /// - Parameters:
    ///   - problem: the problem that the steps are of.
    ///   - reductionCap: how deep k-steps may be.
    ///   - mode: how much is searched.
    ///   - effort: what a search may cost at most; nil for what the mode needs.
    public init(
        _ problem: Problem, reductionCap: ReductionCap = .native, mode: Mode = .fast, effort: Effort? = nil
    ) {
        self.problem = problem
        self.hardware = problem.hardware
        self.reductionCap = reductionCap
        self.mode = mode
        self.effort = effort ?? Effort(attempts: .max, simulatedIterations: mode == .fast ? 20_000 : 200_000)
    }

    /// The best granularity and order, or nil when none fits or none is below the limit.
    ///
    /// - Parameters:
    ///   - cost: the step, with what is resident and retained.
    ///   - resident: the resident tensors that `cost` was made with; needed where a granularity has to be simulated.
    ///   - limit: latencies from here on, or less by rounding alone, are of no interest; the tighter, the faster the
    ///     search.
    public func best(for cost: StepCost, resident: [TensorID], below limit: Double = .infinity) -> GranularityChoice? {
        search(for: cost, resident: resident, below: limit).choice
    }

    /// The same as ``best(for:resident:below:)``, and what is known of the rest.
    ///
    /// - Returns: Beside the choice, whether the mode looked at everything that it promises: false when demands of the
    ///   step coincide at so many granularities that not all could be simulated. Then none of those passed over has a
    ///   latency below `passedOver`, in units of time; it is infinite when all were looked at.
    public func search(
        for cost: StepCost, resident: [TensorID], below limit: Double = .infinity
    ) -> (choice: GranularityChoice?, isComplete: Bool, passedOver: Double) {
        guard mayFit(cost) else { return (nil, true, .infinity) }
        var search = GranularitySearch(self, cost, resident, problem, limit: limit)
        switch mode {
        case .fast: search.runFast()
        case .exhaustive: search.runExhaustive()
        }
        let isComplete = search.passedOver >= min(limit, search.best?.latency ?? .infinity)
        return (search.best, isComplete, isComplete ? .infinity : search.passedOver)
    }

    /// A lower bound of what ``Mode/exhaustive`` would find, at a small part of its cost; infinite when nothing fits.
    ///
    /// - Complexity: O(native width x log native height).
    public func lowerBound(of cost: StepCost) -> Double {
        guard mayFit(cost) else { return .infinity }
        let search = GranularitySearch(self, cost, [], problem, limit: .infinity)
        let once = cost.onceElements / cost.bandwidth * (1 - 1e-12)
        return max(once, search.bound())
    }

    /// False when the step fits at no granularity. Where demands coincide in some iterations it may say true for such a
    /// step too.
    public func mayFit(_ cost: StepCost) -> Bool {
        smallestWorkingSet(of: cost, by: cost.sureWorkingSet) <= cost.capacity
    }

    /// The smallest working set of the step at any granularity that RULES 3.3 and 3.9 allow, in elements.
    public func smallestWorkingSet(of cost: StepCost) -> Double {
        smallestWorkingSet(of: cost, by: cost.workingSet)
    }

    private func smallestWorkingSet(of cost: StepCost, by workingSet: (Granularity) -> Double) -> Double {
        let structure = cost.structure
        var candidates = [
            Granularity(width: structure.prologueWidth, height: structure.prologueHeight, depth: 1)
        ]
        if structure.sinkReduction <= depthLimit(structure) {
            candidates.append(Granularity(width: 1, height: 1, depth: structure.sinkReduction))
        }
        // Whole sides merge slices, which can outweigh their size.
        for candidate in candidates {
            let width = max(candidate.width, min(structure.outputWidth, hardware.nativeWidth))
            let height = max(candidate.height, min(structure.outputHeight, hardware.nativeHeight))
            candidates.append(Granularity(width: width, height: candidate.height, depth: candidate.depth))
            candidates.append(Granularity(width: candidate.width, height: height, depth: candidate.depth))
            candidates.append(Granularity(width: width, height: height, depth: candidate.depth))
        }
        return candidates.lazy.filter {
            (try? structure.check($0, hardware: hardware, cap: reductionCap)) != nil
        }
        .map(workingSet).min() ?? .infinity
    }

    /// The deepest k-step that RULES 3.3 allows.
    func depthLimit(_ structure: StepStructure) -> Int {
        structure.hasReducingOp ? min(structure.smallestReduction, reductionCap.limit(hardware)) : 1
    }
}
