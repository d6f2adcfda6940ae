import TensorGraph

/// Grows a graph op by op, with the costs of these families.
struct GraphBuilder {
    private var graph: ProblemBuilder
    var random: RandomSource

    init(seed: UInt64, on hardware: Hardware) {
        // Every op says its cost.
        graph = ProblemBuilder(on: hardware, multiplyAddsPerTime: 1, elementsPerTime: 1)
        random = RandomSource(seed: seed)
    }

    var opCount: Int { graph.ops.count }

    func width(_ tensor: TensorID) -> Int { graph.shape(of: tensor).width }
    func height(_ tensor: TensorID) -> Int { graph.shape(of: tensor).height }
    func isAlike(_ left: TensorID, _ right: TensorID) -> Bool { graph.shape(of: left) == graph.shape(of: right) }

    /// A new tensor that no op writes: an input of the graph or a weight.
    mutating func input(width: Int, height: Int, name: String? = nil) -> TensorID {
        graph.tensor(rows: height, columns: width, name: name)
    }

    /// An op of any einsum; its result has the op's name.
    mutating func einsum(
        _ einsum: Einsum, _ inputs: [TensorID], cost: Double, name: String? = nil, function: String? = nil
    ) -> TensorID {
        graph.add(einsum, inputs, name: name, function: function, cost: cost)[0]
    }

    /// The product of two tensors.
    mutating func matMul(_ lhs: TensorID, _ rhs: TensorID) -> TensorID {
        // A native tile takes time in proportion to the reduction, at the rate of the contest's problem 5.
        einsum(.matMul, [lhs, rhs], cost: Double(4 * width(lhs)))
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
        let cost = Double(100 * Int.random(in: 1...4, using: &random))
        let einsum = Einsum.pointwise(inputs: inputs.count)
        return graph.add(einsum, inputs, outputs: count, name: nil, function: nil, cost: cost)
    }

    /// The problem, validated.
    ///
    /// - Throws: ``ProblemError`` when all tensors together have more than 2^53 elements.
    func problem() throws(ProblemError) -> Problem { try graph.problem() }
}
