import TensorGraph

/// An op, as the report page tells of it.
public struct OpFigures: Encodable, Sendable {
    /// What the op is called; nil if it has no name.
    public let name: String?
    /// What the op computes; nil if the problem does not say.
    public let function: String?
    /// MatMul, Pointwise or an einsum.
    public let kind: String
    /// Whether the op reduces.
    public let isReducing: Bool
    /// Compute time of one native tile.
    public let baseCost: Double
    /// Ids of tensors.
    public let inputs: [Int]
    /// Ids of tensors.
    public let outputs: [Int]
    /// Width and height of what it writes.
    public let shape: [Int]

    init(_ op: Op, in problem: Problem) {
        name = op.name
        function = op.function
        kind = op.shortForm
        isReducing = op.isReducing
        baseCost = op.baseCost
        inputs = op.inputs.map(\.index)
        outputs = op.outputs.map(\.index)
        let written = op.outputs.first.map { problem[$0] }
        shape = [written?.width ?? 0, written?.height ?? 0]
    }
}

/// A tensor, as the report page tells of it.
public struct TensorFigures: Encodable, Sendable {
    /// What the tensor is called; nil if it has no name.
    public let name: String?
    /// Width and height.
    public let shape: [Int]
    /// Whether no op writes it: an input of the graph, or a weight.
    public let isInput: Bool
    /// Whether no op reads it.
    public let isOutput: Bool

    init(_ tensor: TensorID, in problem: Problem) {
        name = problem.name(of: tensor)
        shape = [problem[tensor].width, problem[tensor].height]
        isInput = problem.graph.isGraphInput(tensor)
        isOutput = problem.graph.isGraphOutput(tensor)
    }
}
