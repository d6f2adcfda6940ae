import TensorGraph

/// What a sweep changes of the hardware: one combination of fast memory, bandwidth and native tile.
public struct DesignPoint: Hashable, Codable, Sendable, CustomStringConvertible {
    /// Elements that fit in fast memory.
    public var capacityElements: Int
    /// Elements moved between slow and fast memory per unit of time.
    public var bandwidth: Double
    /// Columns of the largest tile; also the native reduction depth.
    public var nativeWidth: Int
    /// Rows of the largest tile.
    public var nativeHeight: Int

    /// Creates a point.
    public init(capacityElements: Int, bandwidth: Double, nativeWidth: Int, nativeHeight: Int) {
        self.capacityElements = capacityElements
        self.bandwidth = bandwidth
        self.nativeWidth = nativeWidth
        self.nativeHeight = nativeHeight
    }

    /// The point at which a problem is.
    public init(_ hardware: Hardware) {
        self.init(
            capacityElements: hardware.fastMemoryCapacity, bandwidth: hardware.slowMemoryBandwidth,
            nativeWidth: hardware.nativeWidth, nativeHeight: hardware.nativeHeight)
    }

    /// The chip at this point.
    public var hardware: Hardware {
        Hardware(
            fastMemoryCapacity: capacityElements, slowMemoryBandwidth: bandwidth, nativeWidth: nativeWidth,
            nativeHeight: nativeHeight)
    }

    /// Capacity, bandwidth and native tile, for messages.
    public var description: String {
        "capacity \(capacityElements), bandwidth \(bandwidth), native \(nativeWidth)x\(nativeHeight)"
    }
}

extension Problem {
    /// The same graph and costs on other hardware; an op's cost for one native tile stays what it is.
    ///
    /// - Throws: `ProblemError` when the hardware breaks RULES 1.
    public func on(_ point: DesignPoint) throws(ProblemError) -> Problem {
        try Problem(
            tensors: tensors, ops: ops, hardware: point.hardware, tensorNames: tensorNames,
            physicalUnits: physicalUnits)
    }

    /// The same problem with another cost of one op.
    ///
    /// - Throws: `ProblemError` when the cost is negative or too large.
    public func withCost(_ cost: Double, of op: OpID) throws(ProblemError) -> Problem {
        var ops = ops
        ops[op.index] = ops[op.index].with(
            inputs: ops[op.index].inputs, outputs: ops[op.index].outputs, baseCost: cost)
        return try Problem(
            tensors: tensors, ops: ops, hardware: hardware, tensorNames: tensorNames, physicalUnits: physicalUnits)
    }
}
