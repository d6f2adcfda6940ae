/// A validated scheduling problem: a graph of ops on tensors, and the hardware that it runs on (RULES 1).
///
/// Whatever holds an instance may rely on every rule of RULES 1: ids are in range, shapes agree, each tensor has at
/// most one producer, the graph has no cycle, and no size or sum of sizes exceeds 2^53.
public struct Problem: Sendable {
    /// All tensors, by ``TensorID/index``. Those that no op touches are kept and ignored (#53).
    public let tensors: [Tensor]
    /// All ops, by ``OpID/index``.
    public let ops: [Op]
    /// The chip.
    public let hardware: Hardware
    /// Producers, readers and a topological order.
    public let graph: OpGraph

    /// The largest integer that a `Double` counts up to without a gap; the largest number a problem may contain.
    public static let largestNumber = 1 << 53

    /// Validates a problem.
    ///
    /// - Throws: ``ProblemError`` for the first fault of RULES 1.
    public init(tensors: [Tensor], ops: [Op], hardware: Hardware) throws(ProblemError) {
        try Self.validate(hardware)
        try Self.validateShapes(tensors)
        for (index, op) in ops.enumerated() {
            try Self.validate(op, OpID(index), tensors)
        }
        self.tensors = tensors
        self.ops = ops
        self.hardware = hardware
        self.graph = try OpGraph(tensorCount: tensors.count, ops: ops)
    }

    /// All op ids, ascending.
    public var opIDs: LazyMapSequence<Range<Int>, OpID> { ops.indices.lazy.map { OpID($0) } }

    /// The op with this id.
    @inlinable public subscript(op: OpID) -> Op { ops[op.index] }

    /// The tensor with this id.
    @inlinable public subscript(tensor: TensorID) -> Tensor { tensors[tensor.index] }

    /// The length of a MatMul's reduction: K, the width of its LHS. 1 for a Pointwise op.
    public func reduction(of op: OpID) -> Int {
        let op = ops[op.index]
        return op.kind == .matMul ? tensors[op.inputs[0].index].width : 1
    }
}

extension Problem {
    private static func validate(_ hardware: Hardware) throws(ProblemError) {
        for (name, value) in [
            ("fast_memory_capacity", hardware.fastMemoryCapacity), ("native width", hardware.nativeWidth),
            ("native height", hardware.nativeHeight),
        ] where value < 1 || value > largestNumber {
            throw ProblemError(.problem, "\(name) is \(value); it must be between 1 and 2^53")
        }
        let bandwidth = hardware.slowMemoryBandwidth
        // Far smaller ones make latencies that no number holds.
        guard bandwidth >= 1 / Double(largestNumber), bandwidth <= Double(largestNumber) else {
            throw ProblemError(
                .problem, "slow_memory_bandwidth is \(bandwidth); it must be between 2^-53 and 2^53")
        }
    }

    private static func validateShapes(_ tensors: [Tensor]) throws(ProblemError) {
        var total = 0
        for (index, tensor) in tensors.enumerated() {
            for (name, value) in [("width", tensor.width), ("height", tensor.height)] where value < 1 {
                throw ProblemError(.tensor(TensorID(index)), "\(name) is \(value); it must be positive")
            }
            let (size, overflow) = tensor.width.multipliedReportingOverflow(by: tensor.height)
            guard !overflow, size <= largestNumber, total + size <= largestNumber else {
                throw ProblemError(
                    .tensor(TensorID(index)),
                    "\(tensor.width) x \(tensor.height) elements bring the sum of all tensor sizes above 2^53")
            }
            total += size
        }
    }

    private static func validate(_ op: Op, _ id: OpID, _ tensors: [Tensor]) throws(ProblemError) {
        guard op.baseCost > 0, op.baseCost <= Double(largestNumber) else {
            throw ProblemError(.op(id), "base cost is \(op.baseCost); it must be above 0 and at most 2^53")
        }
        guard !op.outputs.isEmpty else { throw ProblemError(.op(id), "writes no tensor") }
        var touched = Set<TensorID>()
        for tensor in op.inputs + op.outputs {
            guard tensors.indices.contains(tensor.index) else {
                throw ProblemError(.op(id), "names tensor \(tensor); there are \(tensors.count) tensors, 0 first")
            }
            guard touched.insert(tensor).inserted else {
                throw ProblemError(.op(id), "names tensor \(tensor) twice")
            }
        }
        switch op.kind {
        case .matMul: try validateMatMul(op, id, tensors)
        case .pointwise: try validatePointwise(op, id, tensors)
        }
    }

    private static func validateMatMul(_ op: Op, _ id: OpID, _ tensors: [Tensor]) throws(ProblemError) {
        guard op.inputs.count == 2, op.outputs.count == 1 else {
            throw ProblemError(
                .op(id),
                "a MatMul has two inputs and one output; this one has \(op.inputs.count) and \(op.outputs.count)")
        }
        let (lhs, rhs, out) = (
            tensors[op.inputs[0].index], tensors[op.inputs[1].index], tensors[op.outputs[0].index]
        )
        guard lhs.width == rhs.height else {
            throw ProblemError(
                .op(id),
                "LHS tensor \(op.inputs[0]) is \(lhs.width) wide, RHS tensor \(op.inputs[1]) is \(rhs.height) high; "
                    + "a MatMul needs them equal")
        }
        guard out.width == rhs.width, out.height == lhs.height else {
            throw ProblemError(
                .op(id),
                "writes tensor \(op.outputs[0]) of \(out.width) x \(out.height) (width x height); "
                    + "its inputs give \(rhs.width) x \(lhs.height)")
        }
    }

    private static func validatePointwise(_ op: Op, _ id: OpID, _ tensors: [Tensor]) throws(ProblemError) {
        let shape = tensors[op.outputs[0].index]
        for tensor in op.inputs + op.outputs where tensors[tensor.index] != shape {
            let other = tensors[tensor.index]
            throw ProblemError(
                .op(id),
                "all tensors of a Pointwise op have one shape; tensor \(op.outputs[0]) is "
                    + "\(shape.width) x \(shape.height), tensor \(tensor) is \(other.width) x \(other.height)")
        }
    }
}
