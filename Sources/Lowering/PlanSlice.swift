import CostModel
import TensorGraph

/// A region that a step reads from slow memory.
public struct PlanSlice: Sendable, Hashable {
    /// How it is read. Slices of different roles are different slices (RULES 4).
    public enum Role: String, Sendable, Hashable {
        /// An input with the reduction in its columns.
        case lhs
        /// An input with the reduction in its rows.
        case rhs
        /// An input of a map.
        case map
        /// The whole tensor, whoever reads it.
        case full

        init(_ access: Access, isReducing: Bool) {
            self = !isReducing ? .map : access.rows == .reduction ? .rhs : .lhs
        }
    }

    /// The tensor.
    public let tensor: TensorID
    /// How it is read.
    public let role: Role
    /// Which part of it each iteration holds.
    public let region: PlanRegion
}

/// Data inside a step that is in neither memory, in a buffer of its own.
public struct EphemeralBuffer: Sendable, Hashable {
    /// The tensor.
    public let tensor: TensorID
    /// Which part of it the buffer holds.
    public let region: PlanRegion
    /// Elements of its largest block.
    public let size: Int
}

/// A place in fast memory for one tile of a step's output.
public struct TileBuffer: Sendable, Hashable {
    /// What the tile is for.
    public enum Purpose: Sendable, Hashable {
        /// An output that is evicted; a sink may accumulate here until its last k-step.
        case output(TensorID)
        /// A sink accumulates here because no output's tile is free (RULES 4, "Working set").
        case accumulator(OpID)
    }

    /// What the tile is for.
    public let purpose: Purpose
}
