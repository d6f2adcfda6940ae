import TensorGraph

/// One change of a problem whose worth is asked for.
public enum HardwareChange: Sendable, Hashable {
    /// So many elements more per unit of time.
    case bandwidth(Double)
    /// So many elements more of fast memory.
    case capacity(Int)
    /// A native tile so many times as wide.
    case nativeWidth(Int)
    /// A native tile so many times as high.
    case nativeHeight(Int)
    /// The cost of an op times this factor.
    case cost(OpID, Double)

    /// The problem with the change made.
    ///
    /// - Throws: `ProblemError` when a number leaves its range.
    public func applied(to problem: Problem) throws(ProblemError) -> Problem {
        var point = DesignPoint(problem.hardware)
        switch self {
        case .bandwidth(let more): point.bandwidth += more
        case .capacity(let more): point.capacityElements += more
        case .nativeWidth(let factor): point.nativeWidth *= factor
        case .nativeHeight(let factor): point.nativeHeight *= factor
        case .cost(let op, let factor): return try problem.withCost(problem[op].baseCost * factor, of: op)
        }
        return try problem.on(point)
    }

    /// One more unit of bandwidth, one more step of capacity, a native tile twice as wide or high, and each op ten per
    /// cent cheaper; ops that cost nothing are left out.
    public static func usual(_ problem: Problem, capacityStep: Int) -> [HardwareChange] {
        let ops = problem.opIDs.filter { problem[$0].baseCost > 0 }
        return [.bandwidth(1), .capacity(capacityStep), .nativeWidth(2), .nativeHeight(2)]
            + ops.map { .cost($0, 0.9) }
    }
}
