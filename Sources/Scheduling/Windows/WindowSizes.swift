import TensorGraph

/// How large windows may be so that their candidates can be enumerated, and where they are worth the most.
///
/// Sizes follow from what became of windows before: see ``adapt(_:isTooLarge:)``.
struct WindowSizes: Sendable {
    /// For each op, how many ops a window around it may have.
    private(set) var opCounts: [Double]
    /// How many groups the ops of a coarse window may have.
    private(set) var groupCount = 12.0
    /// For each op, how much of its step's latency a bound does not explain, in units of time; windows start there.
    var slack: [Double]

    /// Between what fusion tries anyway and what the limits of a window's enumeration allow in a chain. Chosen by hand.
    private static let opRange = 3.0...64.0
    /// Between what leaves no choice and what the limits of a window's enumeration allow. Chosen by hand.
    private static let groupRange = 4.0...24.0
    /// Ops of a coarse window: twice as many as of any other.
    private static let coarseOps = 128

    init(_ problem: Problem) {
        opCounts = Array(repeating: 8, count: problem.ops.count)
        slack = Array(repeating: 1, count: problem.ops.count)
    }

    /// Makes windows around these ops smaller, or larger: faster down than up, since a window that is too large is lost
    /// work.
    mutating func adapt(_ ops: [OpID], isTooLarge: Bool) {
        let factor = isTooLarge ? 0.7 : 1.12
        for op in ops { opCounts[op.index] = (opCounts[op.index] * factor).clamped(to: Self.opRange) }
    }

    /// Makes the groups of coarse windows fewer, or more.
    mutating func adaptGroups(isTooLarge: Bool) {
        groupCount = (groupCount * (isTooLarge ? 0.93 : 1.04)).clamped(to: Self.groupRange)
    }

    /// Ops of a window that starts at an op: at random, so that the same start makes different windows.
    func limit(at op: OpID, isCoarse: Bool, using random: inout RandomSource) -> Int {
        isCoarse
            ? Self.coarseOps : max(2, Int(opCounts[op.index] * Double.random(in: 0.6...1, using: &random)))
    }
}

extension Double {
    fileprivate func clamped(to range: ClosedRange<Double>) -> Double {
        Swift.min(range.upperBound, Swift.max(range.lowerBound, self))
    }
}
