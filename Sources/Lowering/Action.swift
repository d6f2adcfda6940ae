import TensorGraph

/// Where an op finds an input.
public enum Source: Sendable, Hashable {
    /// A slice in fast memory, by its number in ``StepPlan/slices``.
    case slice(Int)
    /// A tensor that the previous step left in fast memory.
    case resident(TensorID)
    /// Data of the step, by its number in ``StepPlan/ephemeral``.
    case ephemeral(Int)
}

/// Where a result goes.
public enum Place: Sendable, Hashable {
    /// A tile in fast memory, by its number in ``StepPlan/tiles``.
    case tile(Int)
    /// A tensor that stays in fast memory, all of it.
    case retained(TensorID)
    /// Data of the step, by its number in ``StepPlan/ephemeral``.
    case ephemeral(Int)
}

/// When an action of an iteration takes place.
public enum Phase: String, Sendable, Hashable {
    /// In the first k-step of every tile.
    case first
    /// In every k-step.
    case each
    /// In the last k-step of every tile.
    case last
}

/// What an iteration does besides moving data between the memories.
public enum Action: Sendable, Hashable {
    /// An op computes a region of its outputs.
    case compute(Computation)
    /// The current tile of a tensor is copied from one place to another; no memory traffic of the model.
    case copy(TensorID, from: Place, to: Place, Phase)

    /// When it takes place.
    public var phase: Phase {
        switch self {
        case .compute(let computation): computation.phase
        case .copy(_, _, _, let phase): phase
        }
    }
}

/// An op at work on a region of its outputs.
public struct Computation: Sendable, Hashable {
    /// The op.
    public let op: OpID
    /// Which part of its outputs.
    public let region: PlanRegion
    /// When.
    public let phase: Phase
    /// True for a sink with several k-steps: it adds the k-step's part to what the place holds.
    public let accumulates: Bool
    /// What the reduction runs over; nil for a map.
    public let reduction: SideRange?
    /// Where each input is, in the op's order.
    public let sources: [Source]
    /// The part of each input that the source holds.
    public let sourceRegions: [PlanRegion]
    /// Where the results go.
    public let targets: [Place]
}
