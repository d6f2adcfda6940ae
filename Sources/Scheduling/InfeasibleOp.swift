import TensorGraph

/// An op that fits in fast memory at no granularity, so that no schedule of its problem was looked for.
public struct InfeasibleOp: Error, Hashable, Sendable, CustomStringConvertible {
    /// The op.
    public let op: OpID
    /// What the op is called where the problem came from.
    public var name: String?
    /// Elements that it needs at the least, alone in a step.
    public let smallestWorkingSet: Int
    /// Elements that fast memory holds.
    public let capacityElements: Int

    /// One line for people.
    public var description: String {
        "op \(op)\(name.map { " (\($0))" } ?? "") fits at no granularity: its smallest working set is \(smallestWorkingSet) elements, "
            + "fast memory holds \(capacityElements)"
    }
}
