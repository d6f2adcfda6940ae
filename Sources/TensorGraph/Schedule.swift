/// Tile width, tile height and reduction depth of a step (RULES 2, `granularities`), in elements.
public struct Granularity: Hashable, Sendable, CustomStringConvertible {
    /// Columns of a tile.
    public var width: Int
    /// Rows of a tile.
    public var height: Int
    /// Reduction elements handled by one k-step; 1 in a step without MatMul.
    public var depth: Int

    /// Creates a granularity from tile width, tile height and reduction depth.
    @inlinable public init(width: Int, height: Int, depth: Int) {
        self.width = width
        self.height = height
        self.depth = depth
    }

    /// `[w, h, k]`, as in a schedule file.
    public var description: String { "[\(width), \(height), \(depth)]" }
}

/// One entry of a schedule: ops that run together, tile by tile (RULES 2; the contest says "subgraph").
public struct Step: Hashable, Sendable {
    /// Ops, each producer before its consumers.
    public var ops: [OpID]
    /// Tile size and reduction depth.
    public var granularity: Granularity
    /// Tensors written here that stay in fast memory through the next step, ascending.
    public var retained: [TensorID]
    /// The order in which tiles are visited.
    public var order: TileOrder
    /// The latency that a schedule file reports for the step, if it came from one.
    public var reportedLatency: Double?

    /// Creates a step.
    public init(
        ops: [OpID], granularity: Granularity, retained: [TensorID] = [], order: TileOrder = .raster,
        reportedLatency: Double? = nil
    ) {
        self.ops = ops
        self.granularity = granularity
        self.retained = retained
        self.order = order
        self.reportedLatency = reportedLatency
    }
}

/// Steps in the order in which they run.
public struct Schedule: Hashable, Sendable {
    /// The steps, first to last.
    public var steps: [Step]

    /// Creates a schedule.
    public init(steps: [Step]) { self.steps = steps }
}
