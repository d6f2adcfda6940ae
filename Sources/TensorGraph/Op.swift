/// The two op types of the contest (RULES 1), which are named constants of ``Einsum``.
public enum OpKind: String, Sendable, Hashable {
    /// `ik,kj->ij`: `inputs[0]` (H x K) times `inputs[1]` (K x W) gives `outputs[0]` (H x W).
    case matMul = "MatMul"
    /// `ij,...->ij`: every output element depends on the same element of every input; all tensors have one shape.
    case pointwise = "Pointwise"
}

/// One operation of the graph.
public struct Op: Sendable, Hashable {
    /// What the op does with rows and columns: how it reads each input, and what its outputs look like.
    public let einsum: Einsum
    /// Tensors read, in the order of ``Einsum/inputs``; one tensor may stand here twice.
    public let inputs: [TensorID]
    /// Tensors written; at least one, exactly one for a reducing op.
    public let outputs: [TensorID]
    /// Compute time of one native-sized spatial tile over the whole reduction (RULES 1, `base_costs`); may be 0.
    public let baseCost: Double
    /// What the op is called where the problem came from.
    public let name: String?
    /// What the op computes, such as `exp` or `add`; no cost depends on it (RULES 1, `op_functions`).
    public let function: String?

    /// Creates an op; ``Problem`` validates it against the tensors.
    public init(
        _ einsum: Einsum, inputs: [TensorID], outputs: [TensorID], baseCost: Double, name: String? = nil,
        function: String? = nil
    ) {
        self.einsum = einsum
        self.inputs = inputs
        self.outputs = outputs
        self.baseCost = baseCost
        self.name = name
        self.function = function
    }

    /// Creates a MatMul or a Pointwise op.
    public init(kind: OpKind, inputs: [TensorID], outputs: [TensorID], baseCost: Double) {
        let einsum: Einsum = kind == .matMul ? .matMul : .pointwise(inputs: inputs.count)
        self.init(einsum, inputs: inputs, outputs: outputs, baseCost: baseCost)
    }

    /// The contest's type that the einsum equals; nil if there is none.
    public var kind: OpKind? {
        if einsum == .matMul { return .matMul }
        let isPointwise = einsum.output == .elementwise && einsum.inputs.allSatisfy { $0 == .elementwise }
        return isPointwise ? .pointwise : nil
    }

    /// The op's type as a problem file says it: `MatMul`, `Pointwise` or `Einsum`.
    public var typeName: String { kind?.rawValue ?? "Einsum" }

    /// True when the op sums, or reduces otherwise, over a letter of its own; false for a map (RULES 7).
    @inlinable public var isReducing: Bool { einsum.isReducing }

    /// The same op with other tensors and, if given, another cost.
    public func with(inputs: [TensorID], outputs: [TensorID], baseCost: Double? = nil) -> Op {
        Op(
            einsum, inputs: inputs, outputs: outputs, baseCost: baseCost ?? self.baseCost, name: name,
            function: function)
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
