import TensorGraph

/// A block of a tensor in a buffer of fast memory.
public struct HeldBlock: Sendable, Hashable {
    /// The tensor.
    public let tensor: TensorID
    /// The role that it is read in; nil for a tile of an output or an accumulator.
    public let role: PlanSlice.Role?
    /// Its rows and columns.
    public let block: Block
    /// Where it begins, in elements from the start of fast memory.
    public let address: Int

    /// The elements of fast memory that it takes.
    public var range: Range<Int> { address..<address + block.size }
}

/// One iteration of a step, in numbers.
public struct PlannedIteration: Sendable, Hashable {
    /// Where it is in the loops.
    public var position = LoopNest.Iteration()
    /// Slices that come from slow memory.
    public var loaded: [HeldBlock] = []
    /// Slices that the iteration before held already.
    public var kept: [HeldBlock] = []
    /// Slices of the iteration before that go before anything is loaded.
    public var dropped: [HeldBlock] = []
    /// Tiles of outputs and accumulators.
    public var tiles: [HeldBlock] = []
    /// Tiles that go to slow memory at the end of the iteration.
    public var evicted: [HeldBlock] = []
    /// Which of the step's ``StepPlan/actions`` take place, by number, and the block that each is about.
    public var actions: [(number: Int, block: Block)] = []

    /// Elements of fast memory in use, without resident and retained tensors.
    public var heldElements: Int { (loaded + kept + tiles).reduce(0) { $0 + $1.block.size } }

    /// Whether both say the same.
    public static func == (left: PlannedIteration, right: PlannedIteration) -> Bool {
        left.position == right.position && left.loaded == right.loaded && left.kept == right.kept
            && left.dropped == right.dropped && left.tiles == right.tiles && left.evicted == right.evicted
            && left.actions.elementsEqual(right.actions) { $0.number == $1.number && $0.block == $1.block }
    }

    /// Hashes what tells iterations apart.
    public func hash(into hasher: inout Hasher) { hasher.combine(position) }
}

extension StepPlan {
    /// Goes through all iterations in order.
    ///
    /// - Complexity: O(*iterations* x *s*^2) in the number of slices.
    public func forEachIteration(of problem: Problem, _ body: (PlannedIteration) throws -> Void) rethrows {
        var held: [HeldBlock] = []
        try loops.forEach { position in
            let planned = iteration(position, after: held, of: problem)
            try body(planned)
            held = planned.loaded + planned.kept
        }
    }

    /// One iteration, given the slices that the one before held.
    private func iteration(
        _ position: LoopNest.Iteration, after held: [HeldBlock], of problem: Problem
    ) -> PlannedIteration {
        var planned = PlannedIteration(position: position)
        var wanted: [HeldBlock] = []
        for (number, slice) in slices.enumerated() {
            let one = HeldBlock(
                tensor: slice.tensor, role: slice.role,
                block: loops.block(slice.region, of: problem[slice.tensor], at: position),
                address: layout.address(of: number, at: position.index))
            // Equal slices count once, whoever wants them (RULES 4).
            if !wanted.contains(one) { wanted.append(one) }
        }
        planned.dropped = held.filter { !wanted.contains($0) }
        planned.kept = wanted.filter(held.contains)
        planned.loaded = wanted.filter { !held.contains($0) }
        let tile = tileBlock(at: position)
        for (number, buffer) in tiles.enumerated() {
            let address = layout.address(of: slices.count + number, at: position.index)
            switch buffer.purpose {
            case .output(let tensor):
                planned.tiles.append(HeldBlock(tensor: tensor, role: nil, block: tile, address: address))
            case .accumulator(let op):
                planned.tiles.append(
                    HeldBlock(tensor: problem[op].outputs[0], role: nil, block: tile, address: address))
            }
        }
        let isLast = position.depth == loops.reductionSteps - 1
        if isLast { planned.evicted = planned.tiles.filter { evicted.contains($0.tensor) } }
        for (number, action) in actions.enumerated() {
            switch action.phase {
            case .first where position.depth > 0: continue
            case .last where !isLast: continue
            default: break
            }
            switch action {
            case .compute(let computation):
                let output = problem[problem[computation.op].outputs[0]]
                planned.actions.append((number, loops.block(computation.region, of: output, at: position)))
            case .copy: planned.actions.append((number, tile))
            }
        }
        return planned
    }
}
