import TensorGraph

/// A step without its granularity: what tells one candidate from another.
public struct StepKey: Hashable, Sendable {
    /// Ops in the topological order of their problem, so that equal sets are equal keys.
    public var ops: [OpID]
    /// Tensors that the previous step retains, ascending.
    public var resident: [TensorID]
    /// Tensors that the step retains, ascending.
    public var retained: [TensorID]

    /// Creates a key from ops in topological order and ascending tensors.
    public init(ops: [OpID], resident: [TensorID] = [], retained: [TensorID] = []) {
        self.ops = ops
        self.resident = resident
        self.retained = retained
    }
}
