import TensorGraph

/// Builds a problem op by op; tensors and ops are numbered in the order of the calls.
public struct GraphBuilder {
    /// Shapes so far.
    public private(set) var tensors: [Tensor] = []
    /// Ops so far.
    public private(set) var ops: [Op] = []

    /// Creates an empty graph.
    public init() {}

    /// Adds a tensor that no op writes yet.
    public mutating func tensor(_ width: Int, _ height: Int) -> TensorID {
        tensors.append(Tensor(width: width, height: height))
        return TensorID(tensors.count - 1)
    }

    /// Adds a MatMul and the tensor that it writes.
    public mutating func matMul(_ lhs: TensorID, _ rhs: TensorID, cost: Double) -> TensorID {
        let output = tensor(tensors[rhs.index].width, tensors[lhs.index].height)
        ops.append(Op(kind: .matMul, inputs: [lhs, rhs], outputs: [output], baseCost: cost))
        return output
    }

    /// Adds a Pointwise op and the tensors that it writes.
    public mutating func pointwise(_ inputs: [TensorID], outputs count: Int, cost: Double) -> [TensorID] {
        let shape = inputs.first.map { tensors[$0.index] } ?? Tensor(width: 1, height: 1)
        let outputs = (0..<count).map { _ in tensor(shape.width, shape.height) }
        ops.append(Op(kind: .pointwise, inputs: inputs, outputs: outputs, baseCost: cost))
        return outputs
    }

    /// Adds a Pointwise op with one output.
    public mutating func pointwise(_ inputs: [TensorID], cost: Double) -> TensorID {
        pointwise(inputs, outputs: 1, cost: cost)[0]
    }

    /// Adds an op in the notation of RULES 7 and the tensors that it writes.
    ///
    /// - Parameters:
    ///   - text: such as `ik,jk->ij`, with one access for each input.
    ///   - width: columns of the outputs where no input says.
    ///   - height: rows of the outputs where no input says.
    public mutating func einsum(
        _ text: String, _ inputs: [TensorID], outputs count: Int = 1, width: Int? = nil, height: Int? = nil,
        cost: Double, name: String? = nil
    ) throws(EinsumError) -> [TensorID] {
        let einsum = try Einsum(text)
        var lengths: [Letter: Int] = [:]
        lengths[.row] = height
        lengths[.column] = width
        for (input, access) in zip(inputs, einsum.inputs) {
            lengths[access.rows] = tensors[input.index].height
            lengths[access.columns] = tensors[input.index].width
        }
        lengths[.one] = 1
        let (rows, columns) = (lengths[einsum.output.rows] ?? 1, lengths[einsum.output.columns] ?? 1)
        let outputs = (0..<count).map { _ in tensor(columns, rows) }
        ops.append(Op(einsum, inputs: inputs, outputs: outputs, baseCost: cost, name: name))
        return outputs
    }

    /// The validated problem.
    public func problem(
        capacity: Int, bandwidth: Double = 10, nativeWidth: Int = 128, nativeHeight: Int = 128
    ) throws(ProblemError) -> Problem {
        try Problem(
            tensors: tensors, ops: ops,
            hardware: Hardware(
                fastMemoryCapacity: capacity, slowMemoryBandwidth: bandwidth, nativeWidth: nativeWidth,
                nativeHeight: nativeHeight))
    }
}

extension Problem {
    /// The same graph on other hardware.
    public func with(capacity: Int) throws(ProblemError) -> Problem {
        try Problem(
            tensors: tensors, ops: ops,
            hardware: Hardware(
                fastMemoryCapacity: capacity, slowMemoryBandwidth: hardware.slowMemoryBandwidth,
                nativeWidth: hardware.nativeWidth, nativeHeight: hardware.nativeHeight))
    }
}
