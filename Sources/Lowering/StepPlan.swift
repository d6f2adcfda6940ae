import TensorGraph

/// A tensor that is in fast memory, all of it, through a whole step.
public struct KeptTensor: Sendable, Hashable {
    /// The tensor.
    public let tensor: TensorID
    /// Where it begins, in elements from the start of fast memory.
    public let address: Int
    /// Its size, in elements.
    public let size: Int

    /// The elements that it takes.
    public var range: Range<Int> { address..<address + size }
}

/// How a step runs: its loops, what is in fast memory and where, and what is computed when.
public struct StepPlan: Sendable {
    /// The ops, producers first.
    public let ops: [OpID]
    /// Tiles and k-steps.
    public let loops: LoopNest
    /// What the previous step left and this one does not write anew; it is gone after the step.
    public let resident: [KeptTensor]
    /// What the step writes and leaves to the next one.
    public let retained: [KeptTensor]
    /// Outputs that go to slow memory, in op order.
    public let evicted: [TensorID]
    /// What iterations read from slow memory.
    public let slices: [PlanSlice]
    /// Tiles of outputs, and those that sinks accumulate in.
    public let tiles: [TileBuffer]
    /// Data of the step that is in neither memory.
    public let ephemeral: [EphemeralBuffer]
    /// What an iteration computes, in order.
    public let actions: [Action]
    /// Where slices and tiles are.
    public internal(set) var layout: StepLayout
}

/// Where the slices and tiles of a step are in fast memory.
public enum StepLayout: Sendable, Hashable {
    /// The same in every iteration: addresses of the slices, and of the tiles after them.
    case fixed([Int])
    /// Different ones: for each iteration in order, addresses of the slices, and of the tiles after them.
    ///
    /// Needed where two slices coincide in some iterations and not in others.
    case byIteration([Int], buffers: Int)

    /// Where a buffer begins in an iteration, in elements from the start of fast memory.
    ///
    /// - Parameter buffer: the number of a slice; or of a tile, plus the number of slices.
    public func address(of buffer: Int, at iteration: Int) -> Int {
        switch self {
        case .fixed(let addresses): addresses[buffer]
        case .byIteration(let addresses, let buffers): addresses[iteration * buffers + buffer]
        }
    }
}

extension StepPlan {
    /// Elements of the blocks of all buffers in an iteration: slices, then tiles.
    func tileBlock(at iteration: LoopNest.Iteration) -> Block {
        loops.block(loops.tile, of: Tensor(width: loops.width, height: loops.height), at: iteration)
    }
}
