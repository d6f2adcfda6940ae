import TensorGraph

/// Random small problems with the shapes that make costs hard to get right.
///
/// Sides come from a pool of one to three lengths, so that rows, columns and reduction ranges of different tensors
/// often coincide, and tensors of fitting shapes are plenty: shared inputs, siblings and tensors read in several roles
/// arise by themselves. A handful of templates adds the rest.
public struct ProblemGenerator {
    /// Which ops the graphs are made of.
    public enum Variety: Sendable {
        /// MatMul and Pointwise.
        case contest
        /// Any einsum of RULES 7, costs of 0, and ops that read one tensor twice.
        case general
    }

    var random: RandomSource
    var graph = GraphBuilder()
    private var sides: [Int] = []
    private let variety: Variety

    /// Creates a generator; equal seeds give equal problems.
    public init(seed: UInt64, variety: Variety = .contest) {
        random = RandomSource(seed: seed)
        self.variety = variety
    }

    /// A random problem.
    public mutating func next() throws(ProblemError) -> Problem {
        graph = GraphBuilder()
        let (nativeWidth, nativeHeight) = random.pick((4, 4), (3, 5), (8, 2), (2, 7), (5, 3), (6, 6), (1, 4), (4, 1))
        let longest = random.pick(nativeWidth, 2 * nativeWidth, 3 * nativeHeight, 9, 13)
        sides = (0..<random.pick(1, 2, 3)).map { _ in Int.random(in: 1...max(2, longest), using: &random) }
        addTemplate()
        for _ in 0..<Int.random(in: 0...5, using: &random) { addRandomOp() }
        // A tensor that no op touches is legal (RULES 1, #53).
        if random.oneIn(8) { _ = graph.tensor(side(), side()) }
        let total = graph.tensors.reduce(0) { $0 + $1.size }
        let floor = 2 + (graph.ops.map { $0.inputs.count + $0.outputs.count }.max() ?? 0)
        let capacity = random.pick(3 * total + floor, total + floor, floor + Int.random(in: 0...total, using: &random))
        let (tensors, ops) = shuffledNumbers()
        return try Problem(
            tensors: tensors, ops: ops,
            hardware: Hardware(
                fastMemoryCapacity: capacity, slowMemoryBandwidth: random.pick(0.75, 1, 4, 10),
                nativeWidth: nativeWidth, nativeHeight: nativeHeight))
    }

    mutating func side() -> Int { sides[Int.random(in: 0..<sides.count, using: &random)] }

    mutating func cost() -> Double {
        if variety == .general, random.oneIn(10) { return 0 }
        return random.pick(1, 7.5, 40, Double(Int.random(in: 1...300, using: &random)))
    }

    /// An existing tensor that fits, or else a new graph input.
    mutating func operand(
        width: Int?, height: Int?, avoiding taken: [TensorID] = []
    ) -> TensorID {
        let fitting = graph.tensors.indices.filter { index in
            let shape = graph.tensors[index]
            return (width ?? shape.width) == shape.width && (height ?? shape.height) == shape.height
                && !taken.contains(TensorID(index))
        }
        guard !fitting.isEmpty, !random.oneIn(4) else { return graph.tensor(width ?? side(), height ?? side()) }
        // Late tensors make chains, early ones shared inputs.
        let index = random.oneIn(2) ? fitting.count - 1 : Int.random(in: 0..<fitting.count, using: &random)
        return TensorID(fitting[index])
    }

    mutating func addRandomOp() {
        if variety == .general, !random.oneIn(4) {
            addRandomEinsum()
        } else if random.oneIn(2) {
            let lhs = operand(width: nil, height: nil)
            let rhs = operand(width: nil, height: graph.tensors[lhs.index].width, avoiding: [lhs])
            _ = graph.matMul(lhs, rhs, cost: cost())
        } else {
            var inputs = [operand(width: nil, height: nil)]
            let shape = graph.tensors[inputs[0].index]
            while random.oneIn(2), inputs.count < 4 {
                inputs.append(operand(width: shape.width, height: shape.height, avoiding: inputs))
            }
            _ = graph.pointwise(inputs, outputs: random.pick(1, 1, 1, 2, 3), cost: cost())
        }
    }
}

// MARK: - Templates

extension ProblemGenerator {
    private mutating func addTemplate() {
        if variety == .general, !random.oneIn(3) { return addGeneralTemplate() }
        switch Int.random(in: 0..<11, using: &random) {
        case 0: addAttention()
        case 1: addFoldedChain()
        case 2: addSiblings()
        case 3: addReaderOfEveryRole()
        case 4: addPrologueAndEpilogue()
        case 5: addDiamond()
        case 6: addSinksOfDifferentReductions()
        case 7: addProductStreamedTwice()
        default: addRandomOp()
        }
    }

    /// Self-attention: one tensor projected three ways, a product of projections, a normalisation, another product.
    private mutating func addAttention() {
        let (rows, width) = (side(), side())
        let tokens = graph.tensor(width, rows)
        let query = graph.matMul(tokens, graph.tensor(side(), width), cost: cost())
        let depth = graph.tensors[query.index].width
        // A transposed key is a product with the tokens on the right.
        let keySource = operand(width: nil, height: rows)
        let keys = graph.matMul(graph.tensor(rows, depth), keySource, cost: cost())
        let scores = graph.matMul(query, keys, cost: cost())
        let weights = graph.pointwise([scores], outputs: random.pick(1, 2), cost: cost())[0]
        let columns = graph.tensors[weights.index].width
        let values = columns == rows ? tokens : operand(width: nil, height: columns, avoiding: [weights])
        _ = graph.matMul(weights, values, cost: cost())
    }

    /// ((A @ B) @ C) or A @ (B @ C), two or three deep.
    private mutating func addFoldedChain() {
        var product = operand(width: nil, height: nil)
        for _ in 0..<random.pick(2, 2, 3) {
            let shape = graph.tensors[product.index]
            if random.oneIn(2) {
                product = graph.matMul(
                    product, operand(width: nil, height: shape.width, avoiding: [product]), cost: cost())
            } else {
                product = graph.matMul(
                    operand(width: shape.height, height: nil, avoiding: [product]), product, cost: cost())
            }
        }
    }

    /// Two sinks that share an operand.
    private mutating func addSiblings() {
        let (width, columns) = (side(), side())
        let shared = graph.tensor(width, side())
        let first = graph.matMul(shared, graph.tensor(columns, width), cost: cost())
        let second = graph.matMul(shared, graph.tensor(columns, width), cost: cost())
        if random.oneIn(2) { _ = graph.pointwise([first, second], cost: cost()) }
    }

    /// One tensor read as LHS, as RHS and by a Pointwise op, from slow memory or out of an op of the step.
    private mutating func addReaderOfEveryRole() {
        let length = side()
        var shared = graph.tensor(length, length)
        switch Int.random(in: 0..<3, using: &random) {
        case 0: shared = graph.pointwise([shared], cost: cost())
        case 1: shared = graph.matMul(shared, graph.tensor(length, length), cost: cost())
        default: break
        }
        let left = graph.matMul(shared, graph.tensor(length, length), cost: cost())
        let right = graph.matMul(graph.tensor(length, length), shared, cost: cost())
        let sum = graph.pointwise([shared, left], cost: cost())
        if random.oneIn(2) { _ = graph.pointwise([sum, right], cost: cost()) }
    }

    /// Pointwise ops on both sides of a MatMul.
    private mutating func addPrologueAndEpilogue() {
        let (width, height, reduction) = (side(), side(), side())
        var lhs = graph.tensor(reduction, height)
        var rhs = graph.tensor(width, reduction)
        if random.oneIn(2) { lhs = graph.pointwise([lhs], outputs: random.pick(1, 2), cost: cost())[0] }
        if random.oneIn(2) { rhs = graph.pointwise([rhs], outputs: random.pick(1, 2), cost: cost())[0] }
        let product = graph.matMul(lhs, rhs, cost: cost())
        _ = graph.pointwise([product, graph.tensor(width, height)], outputs: random.pick(1, 2), cost: cost())
    }

    /// Two products with reductions of their own, added up: one step only if the reductions are equal.
    private mutating func addSinksOfDifferentReductions() {
        let (width, height) = (side(), side())
        let products = (0..<2).map { _ in
            let reduction = side()
            return graph.matMul(graph.tensor(reduction, height), graph.tensor(width, reduction), cost: cost())
        }
        _ = graph.pointwise(products, cost: cost())
    }

    /// A product that two sinks stream, one of them through another product: one region, demanded at two rates.
    private mutating func addProductStreamedTwice() {
        let (width, height, reduction) = (side(), side(), side())
        if random.oneIn(2) {
            let inner = side()
            let product = graph.matMul(
                graph.tensor(inner, reduction), graph.tensor(width, inner), cost: cost())
            let folded = graph.matMul(product, graph.tensor(width, width), cost: cost())
            _ = graph.matMul(graph.tensor(reduction, height), folded, cost: cost())
            _ = graph.matMul(graph.tensor(reduction, height), product, cost: cost())
        } else {
            let inner = side()
            let product = graph.matMul(
                graph.tensor(inner, height), graph.tensor(reduction, inner), cost: cost())
            let folded = graph.matMul(graph.tensor(height, height), product, cost: cost())
            _ = graph.matMul(folded, graph.tensor(width, reduction), cost: cost())
            _ = graph.matMul(product, graph.tensor(width, reduction), cost: cost())
        }
    }

    private mutating func addDiamond() {
        let top = graph.pointwise([operand(width: nil, height: nil)], cost: cost())
        let side = graph.pointwise([top], cost: cost())
        _ = graph.pointwise([top, side], cost: cost())
    }
}

// MARK: - Numbering

extension ProblemGenerator {
    /// The graph with tensors and ops numbered at random, so that nothing can lean on ids being in topological order.
    private mutating func shuffledNumbers() -> ([Tensor], [Op]) {
        let places = graph.tensors.indices.shuffled(using: &random)
        var tensors = graph.tensors
        for (old, new) in places.enumerated() { tensors[new] = graph.tensors[old] }
        let ops = graph.ops.shuffled(using: &random).map { op in
            op.with(
                inputs: op.inputs.map { TensorID(places[$0.index]) },
                outputs: op.outputs.map { TensorID(places[$0.index]) }, baseCost: op.baseCost)
        }
        return (tensors, ops)
    }
}
