import TensorGraph

/// Grows a graph op by op; every tensor gets the shape that its op gives it.
struct GraphBuilder {
    private(set) var tensors: [Tensor] = []
    private(set) var ops: [Op] = []
    /// Names of the tensors that have one.
    private var names: [TensorID: String] = [:]
    var random: SeededRandom

    init(seed: UInt64) { random = SeededRandom(seed: seed) }

    func width(_ tensor: TensorID) -> Int { tensors[tensor.index].width }
    func height(_ tensor: TensorID) -> Int { tensors[tensor.index].height }

    /// A new tensor that no op writes: an input of the graph or a weight.
    mutating func input(width: Int, height: Int) -> TensorID {
        tensors.append(Tensor(width: width, height: height))
        return TensorID(tensors.count - 1)
    }

    /// A new tensor with a name that no op writes.
    mutating func input(width: Int, height: Int, name: String) -> TensorID {
        let tensor = input(width: width, height: height)
        names[tensor] = name
        return tensor
    }

    /// An op of any einsum; its result has the op's name and the lengths that the inputs give to its letters.
    mutating func einsum(
        _ einsum: Einsum, _ inputs: [TensorID], cost: Double, name: String, function: String?
    ) -> TensorID {
        func length(_ letter: Letter) -> Int {
            for (tensor, access) in zip(inputs, einsum.inputs) where letter != .one {
                if access.rows == letter { return height(tensor) }
                if access.columns == letter { return width(tensor) }
            }
            return 1
        }
        let output = input(width: length(einsum.output.columns), height: length(einsum.output.rows), name: name)
        ops.append(Op(einsum, inputs: inputs, outputs: [output], baseCost: cost, name: name, function: function))
        return output
    }

    /// The product of two tensors.
    mutating func matMul(_ lhs: TensorID, _ rhs: TensorID) -> TensorID {
        let output = input(width: width(rhs), height: height(lhs))
        // A native tile takes time in proportion to the reduction, at the rate of the contest's problem 5.
        ops.append(Op(kind: .matMul, inputs: [lhs, rhs], outputs: [output], baseCost: Double(4 * width(lhs))))
        return output
    }

    /// The product of a tensor with a new weight.
    mutating func project(_ tensor: TensorID, to width: Int) -> TensorID {
        let weight = input(width: width, height: self.width(tensor))
        return matMul(tensor, weight)
    }

    /// A new weight times a tensor: a projection of a transposed tensor.
    mutating func projectTransposed(_ tensor: TensorID, to height: Int) -> TensorID {
        let weight = input(width: self.height(tensor), height: height)
        return matMul(weight, tensor)
    }

    /// Element by element: an activation, a normalisation, a residual sum.
    mutating func pointwise(_ inputs: TensorID...) -> TensorID { pointwise(inputs, outputs: 1)[0] }

    /// Element by element, with one or more results; the cost of a native tile is drawn by the seed.
    mutating func pointwise(_ inputs: [TensorID], outputs count: Int) -> [TensorID] {
        let shape = tensors[inputs[0].index]
        let outputs = (0..<count).map { _ in input(width: shape.width, height: shape.height) }
        let cost = Double(100 * Int.random(in: 1...4, using: &random))
        ops.append(Op(kind: .pointwise, inputs: inputs, outputs: outputs, baseCost: cost))
        return outputs
    }

    /// The problem, validated.
    ///
    /// - Throws: ``ProblemError`` when all tensors together have more than 2^53 elements.
    func problem(on hardware: Hardware) throws(ProblemError) -> Problem {
        let tensorNames = tensors.indices.map { names[TensorID($0)] }
        return try Problem(
            tensors: tensors, ops: ops, hardware: hardware, tensorNames: names.isEmpty ? nil : tensorNames)
    }
}
