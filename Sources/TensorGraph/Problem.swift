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
    /// What tensors are called where the problem came from, by ``TensorID/index``; nil if none has a name.
    public let tensorNames: [String?]?
    /// What ops and tensors are called, for messages and pictures.
    public let names: GraphNames
    /// What a unit of time and an element are; nil if nobody said.
    public private(set) var physicalUnits: PhysicalUnits?
    /// Producers, readers and a topological order.
    public let graph: OpGraph

    /// The largest integer that a `Double` counts up to without a gap; the largest number a problem may contain.
    public static let largestNumber = 1 << 53

    /// Validates a problem.
    ///
    /// - Throws: ``ProblemError`` for the first fault of RULES 1 and 7.
    public init(
        tensors: [Tensor], ops: [Op], hardware: Hardware, tensorNames: [String?]? = nil,
        physicalUnits: PhysicalUnits? = nil
    ) throws(ProblemError) {
        try Self.validate(hardware)
        try physicalUnits?.validate()
        try Self.validateShapes(tensors, GraphNames(tensorNames: tensorNames))
        if let tensorNames, tensorNames.count != tensors.count {
            throw ProblemError(.problem, "\(tensors.count) tensors but \(tensorNames.count) tensor names")
        }
        let names = GraphNames(ops: ops, tensorNames: tensorNames)
        for index in ops.indices {
            try Self.validate(OpID(index), ops[index], tensors, names)
        }
        self.tensorNames = tensorNames
        self.physicalUnits = physicalUnits
        self.names = names
        self.tensors = tensors
        self.ops = ops
        self.hardware = hardware
        self.graph = try OpGraph(tensorCount: tensors.count, ops: ops, names)
    }

    /// The same problem in other physical units, or in none.
    ///
    /// - Throws: ``ProblemError`` for a number that is no rate.
    public func measured(in units: PhysicalUnits?) throws(ProblemError) -> Problem {
        try units?.validate()
        var problem = self
        problem.physicalUnits = units
        return problem
    }

    /// All op ids, ascending.
    public var opIDs: LazyMapSequence<Range<Int>, OpID> { ops.indices.lazy.map { OpID($0) } }

    /// The op with this id.
    @inlinable public subscript(op: OpID) -> Op { ops[op.index] }

    /// The tensor with this id.
    @inlinable public subscript(tensor: TensorID) -> Tensor { tensors[tensor.index] }

    /// The length K of an op's reduction; 1 for a map.
    public func reduction(of op: OpID) -> Int {
        let op = ops[op.index]
        guard op.isReducing, let access = op.einsum.inputs.first else { return 1 }
        let tensor = tensors[op.inputs[0].index]
        return access.rows == .reduction ? tensor.height : tensor.width
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

    private static func validateShapes(_ tensors: [Tensor], _ names: GraphNames) throws(ProblemError) {
        var total = 0
        for (index, tensor) in tensors.enumerated() {
            for (name, value) in [("width", tensor.width), ("height", tensor.height)] where value < 1 {
                throw ProblemError(
                    .tensor(TensorID(index)), "\(name) is \(value); it must be positive", names: names)
            }
            let (size, overflow) = tensor.width.multipliedReportingOverflow(by: tensor.height)
            guard !overflow, size <= largestNumber, total + size <= largestNumber else {
                throw ProblemError(
                    .tensor(TensorID(index)),
                    "\(tensor.width) x \(tensor.height) elements bring the sum of all tensor sizes above 2^53",
                    names: names)
            }
            total += size
        }
    }
}
