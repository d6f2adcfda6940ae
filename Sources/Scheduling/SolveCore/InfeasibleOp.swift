import TensorGraph

/// An op for which there is no step, or none was found.
public struct InfeasibleOp: Error, Hashable, Sendable, CustomStringConvertible {
    /// The op.
    public let op: OpID
    /// What the op is called where the problem came from.
    public let name: String?
    /// Elements that it needs at the least, alone in a step.
    public let smallestWorkingSet: Int
    /// Elements that fast memory holds.
    public let capacityElements: Int
    /// True when all connected sets of ops that contain the op were looked at and none fits, so that the problem has no
    /// schedule; false when the search was cut off, or what it found makes no schedule without hand-offs.
    public let isProven: Bool

    /// Creates an error.
    public init(
        op: OpID, name: String? = nil, smallestWorkingSet: Int, capacityElements: Int, isProven: Bool = true
    ) {
        self.op = op
        self.name = name
        self.smallestWorkingSet = smallestWorkingSet
        self.capacityElements = capacityElements
        self.isProven = isProven
    }

    /// One line for people.
    public var description: String {
        let alone =
            "op \(op)\(name.map { " (\($0))" } ?? "") fits at no granularity: its smallest working set is "
            + "\(smallestWorkingSet) elements, fast memory holds \(capacityElements)"
        return isProven ? alone : "no schedule found: alone, \(alone); not all steps with other ops were tried"
    }
}
