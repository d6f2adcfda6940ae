/// What an op computes, which decides the regions of its inputs that a tile demands (RULES 1 and 4).
public enum OpKind: String, Sendable, Hashable {
    /// `inputs[0]` (H x K) times `inputs[1]` (K x W) gives `outputs[0]` (H x W).
    case matMul = "MatMul"
    /// Every output element depends on the same element of every input; all tensors have one shape.
    case pointwise = "Pointwise"
}

/// One operation of the graph.
public struct Op: Sendable, Hashable {
    /// MatMul or Pointwise.
    public let kind: OpKind
    /// Tensors read; for a MatMul the LHS and the RHS, in this order.
    public let inputs: [TensorID]
    /// Tensors written; at least one, exactly one for a MatMul.
    public let outputs: [TensorID]
    /// Compute time of one native-sized spatial tile over the whole reduction (RULES 1, `base_costs`).
    public let baseCost: Double

    /// Creates an op; ``Problem`` validates it against the tensors.
    public init(kind: OpKind, inputs: [TensorID], outputs: [TensorID], baseCost: Double) {
        self.kind = kind
        self.inputs = inputs
        self.outputs = outputs
        self.baseCost = baseCost
    }
}

/// A two-dimensional array of elements.
public struct Tensor: Sendable, Hashable {
    /// Columns, in elements.
    public let width: Int
    /// Rows, in elements.
    public let height: Int
    /// Elements in total. ``Problem`` guarantees that this does not overflow.
    @inlinable public var size: Int { width &* height }

    /// Creates a tensor shape.
    @inlinable public init(width: Int, height: Int) {
        self.width = width
        self.height = height
    }
}

/// The chip that the graph runs on (RULES 1).
public struct Hardware: Sendable, Hashable {
    /// Elements that fit in fast memory.
    public let fastMemoryCapacity: Int
    /// Elements moved between slow and fast memory per unit of time.
    public let slowMemoryBandwidth: Double
    /// Columns of the largest tile; also the native reduction depth (RULES 1, #80).
    public let nativeWidth: Int
    /// Rows of the largest tile.
    public let nativeHeight: Int

    /// Creates a hardware description; ``Problem`` validates it.
    public init(fastMemoryCapacity: Int, slowMemoryBandwidth: Double, nativeWidth: Int, nativeHeight: Int) {
        self.fastMemoryCapacity = fastMemoryCapacity
        self.slowMemoryBandwidth = slowMemoryBandwidth
        self.nativeWidth = nativeWidth
        self.nativeHeight = nativeHeight
    }
}
