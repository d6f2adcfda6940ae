import TensorGraph

/// Which part of one side of a tensor an iteration demands, in symbols (RULES 4, "Demand", and 7).
///
/// Rows of a tensor follow the tile's rows, until a transposed access exchanges rows and columns. On the way from an
/// output to a tensor each of the tile's sides is named at most once, and so is the k-step's range, so that no region
/// follows one of them on both of its sides.
public enum Extent: UInt8, Sendable, Hashable {
    /// The rows of the tile.
    case tileRows
    /// The columns of the tile.
    case tileColumns
    /// The reduction range of the k-step.
    case reduction
    /// The whole side.
    case whole
}

/// In which role an op reads a slice; slices of different roles are different slices (RULES 4).
public enum SliceRole: UInt8, Sendable, Hashable {
    /// Input of a reducing op with the reduction in its columns: the left operand of a MatMul.
    case lhs
    /// Input of a reducing op with the reduction in its rows: the right operand of a MatMul.
    case rhs
    /// Input of a map.
    case map
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

/// At which rate a region of an op's output is charged (RULES 4, "Compute", and 7).
///
/// A side along a reduction of a consumer is charged in proportion to it, any other side in whole native lengths.
public enum ChargeRate: Sendable, Hashable {
    /// Neither side lies along a reduction.
    case padded
    /// The region's columns lie along a consumer's reduction of this length.
    case columnsAlong(reduction: Int)
    /// The region's rows lie along a consumer's reduction of this length.
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
        /// A reducing op that reaches the step's outputs, through internal tensors, by maps that read `ij` alone.
        case sink
        /// A map that depends on a sink through internal tensors.
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
    /// The smallest reduction of any reducing op of the step, an upper limit of the depth; `Int.max` without one.
    public internal(set) var smallestReduction = Int.max
    /// Tile width that the maps feeding a LHS need when there are several k-steps (RULES 3.9).
    public internal(set) var prologueWidth = 1
    /// Tile height that the maps feeding a RHS need when there are several k-steps (RULES 3.9).
    public internal(set) var prologueHeight = 1
    /// Regions read from outside the step, each once.
    public internal(set) var slices: [SliceDemand] = []
    /// Regions computed by the ops, each once per rate.
    public internal(set) var regions: [RegionDemand] = []
    /// Rings of the ``slices`` of one tensor.
    var sliceRings = Rings()
    /// Rings of the ``regions`` of one op.
    var regionRings = Rings()

    /// Number of outputs, retained ones included.
    public var outputCount: Int { retained.count + evicted.count }

    /// True when the step contains a reducing op.
    public var hasReducingOp: Bool { smallestReduction != Int.max }

    /// k-steps per tile at this depth (RULES 3.9); one without a sink.
    @inlinable public func reductionSteps(depth: Int) -> Int {
        sinkCount == 0 ? 1 : (sinkReduction - 1) / depth + 1
    }

    /// Rows and columns of the tile grid.
    @inlinable public func grid(_ granularity: Granularity) -> (rows: Int, columns: Int) {
        ((outputHeight - 1) / granularity.height + 1, (outputWidth - 1) / granularity.width + 1)
    }
}
