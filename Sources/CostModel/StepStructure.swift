import TensorGraph

/// Which part of one side of a tensor an iteration demands, in symbols (RULES 4, "Demand").
public enum Extent: UInt8, Sendable, Hashable {
    /// The rows, or the columns, of the tile.
    case tile
    /// The reduction range of the k-step.
    case reduction
    /// The whole side.
    case whole
}

/// In which role an op reads a slice; slices of different roles are different slices (RULES 4).
public enum SliceRole: UInt8, Sendable, Hashable {
    /// Left operand of a MatMul.
    case lhs
    /// Right operand of a MatMul.
    case rhs
    /// Input of a Pointwise op.
    case pointwise
}

/// A region of a tensor that the step reads from slow memory or finds resident.
public struct SliceDemand: Sendable, Hashable {
    /// The tensor read.
    public let tensor: TensorID
    /// The role it is read in.
    public let role: SliceRole
    /// Rows demanded.
    public let rows: Extent
    /// Columns demanded.
    public let columns: Extent
}

/// At which rate a region of an op's output is charged (RULES 4, "Compute").
public enum ChargeRate: Sendable, Hashable {
    /// Demanded by the tile through Pointwise ops alone: the base cost once per tile.
    case perTile
    /// The region's columns lie along the reduction, of this length, of a MatMul that reads it as LHS.
    case columnsAlong(reduction: Int)
    /// The region's rows lie along the reduction, of this length, of a MatMul that reads it as RHS.
    case rowsAlong(reduction: Int)
}

/// A region that an op computes in an iteration, at one rate.
public struct RegionDemand: Sendable, Hashable {
    /// Position of the op in ``StepStructure/ops``.
    public let opPosition: Int
    /// Rows computed.
    public let rows: Extent
    /// Columns computed.
    public let columns: Extent
    /// How the region is charged.
    public let rate: ChargeRate
}

/// What is true of a step whatever its granularity, tile order and resident tensors (RULES 3.4, 3.5, 3.9 and 4).
///
/// Derived once per op set and retained set by a ``StepAnalyzer``, which checks the rules that need no granularity.
public struct StepStructure: Sendable {
    /// The part that an op plays.
    public enum Part: UInt8, Sendable {
        /// A MatMul on which no MatMul of the step depends through internal tensors.
        case sink
        /// A Pointwise op that depends on a sink through internal tensors.
        case epilogue
        /// Any other op: computed for each distinct region demanded of it.
        case inner
    }

    /// The ops, producers first.
    public internal(set) var ops: [OpID] = []
    /// The part that each op of ``ops`` plays.
    public internal(set) var parts: [Part] = []
    /// Tensors that the step reads and does not write, each once, in order of first use.
    public internal(set) var reads: [TensorID] = []
    /// Outputs that stay in fast memory, ascending.
    public internal(set) var retained: [TensorID] = []
    /// Outputs that are evicted to slow memory, in op order.
    public internal(set) var evicted: [TensorID] = []
    /// Columns of every output, in elements.
    public internal(set) var outputWidth = 0
    /// Rows of every output, in elements.
    public internal(set) var outputHeight = 0
    /// The reduction K that all sinks share; 1 without a sink.
    public internal(set) var sinkReduction = 1
    /// Number of sinks.
    public internal(set) var sinkCount = 0
    /// The smallest reduction of any MatMul of the step, an upper limit of the depth; `Int.max` without MatMul.
    public internal(set) var smallestReduction = Int.max
    /// Tile width that the Pointwise ops feeding a LHS need when there are several k-steps (RULES 3.9).
    public internal(set) var prologueWidth = 1
    /// Tile height that the Pointwise ops feeding a RHS need when there are several k-steps (RULES 3.9).
    public internal(set) var prologueHeight = 1
    /// Regions read from outside the step, each once.
    public internal(set) var slices: [SliceDemand] = []
    /// Regions computed by the ops, each once per rate.
    public internal(set) var regions: [RegionDemand] = []

    /// Number of outputs, retained ones included.
    public var outputCount: Int { retained.count + evicted.count }

    /// True when the step contains a MatMul.
    public var hasMatMul: Bool { smallestReduction != Int.max }

    /// k-steps per tile at this depth (RULES 3.9).
    @inlinable public func reductionSteps(depth: Int) -> Int {
        sinkCount == 0 ? 1 : (sinkReduction - 1) / depth + 1
    }

    /// Rows and columns of the tile grid.
    @inlinable public func grid(_ granularity: Granularity) -> (rows: Int, columns: Int) {
        ((outputHeight - 1) / granularity.height + 1, (outputWidth - 1) / granularity.width + 1)
    }
}
