import TensorGraph

// Ops of RULES 7 at random, and the blocks of models that are made of them.
extension ProblemGenerator {
    private static let mapAccesses = ["ij", "ij", "ij", "ji", "i1", "1j", "1i", "j1", "11"]
    private static let reducingAccesses = ["ik", "ik", "kj", "kj", "ki", "jk", "k1", "1k"]

    /// An einsum of random accesses on tensors that fit, now and then the same tensor twice.
    mutating func addRandomEinsum() {
        let isReducing = random.oneIn(2)
        let accesses = (0..<random.pick(1, 1, 2, 2, 3)).map { _ in
            isReducing ? pickText(Self.reducingAccesses) : pickText(Self.mapAccesses)
        }
        let letters = Set(accesses.joined())
        // A letter that no input has may stand for a broadcast or, more often, for nothing.
        let rows = letters.contains("i") || random.oneIn(4) ? "i" : "1"
        let columns = letters.contains("j") || rows == "1" || random.oneIn(4) ? "j" : "1"
        var lengths: [Character: Int] = ["1": 1]
        var inputs: [TensorID] = []
        for access in accesses.map(Array.init) {
            let input = operand(width: lengths[access[1]], height: lengths[access[0]])
            lengths[access[0]] = graph.tensors[input.index].height
            lengths[access[1]] = graph.tensors[input.index].width
            inputs.append(input)
        }
        let text = accesses.joined(separator: ",") + "->" + rows + columns
        add(
            text, inputs, outputs: isReducing ? 1 : random.pick(1, 1, 1, 2), width: lengths["j"] ?? side(),
            height: lengths["i"] ?? side())
    }

    mutating func addGeneralTemplate() {
        switch Int.random(in: 0..<9, using: &random) {
        case 0: addSoftmax(operand(width: nil, height: nil))
        case 1: addScoresAndSoftmax()
        case 2: addNorm()
        case 3: addGram()
        case 4: addTranspositionBeforeProduct()
        case 5: addTranspositionAfterProduct()
        case 6: addBiasedProduct()
        case 7: addPrologueOfTransposedOperand()
        default: addRandomEinsum()
        }
    }

    @discardableResult
    private mutating func add(
        _ text: String, _ inputs: [TensorID], outputs: Int = 1, width: Int? = nil, height: Int? = nil
    ) -> TensorID {
        let cost = cost()
        let written = try? graph.einsum(
            text, inputs, outputs: outputs, width: width, height: height, cost: cost)
        guard let first = written?.first else { preconditionFailure("\(text) is no einsum") }
        return first
    }

    private mutating func pickText(_ texts: [String]) -> String {
        texts[Int.random(in: 0..<texts.count, using: &random)]
    }

    /// Maximum of rows, exponential, sum of rows, quotient.
    @discardableResult
    private mutating func addSoftmax(_ scores: TensorID) -> TensorID {
        let largest = add("ik->i1", [scores])
        let powers = add("ij,i1->ij", [scores, largest])
        return add("ij,i1->ij", [powers, add("ik->i1", [powers])])
    }

    /// Queries by transposed keys, softmax, and a product with values.
    private mutating func addScoresAndSoftmax() {
        let queries = operand(width: nil, height: nil)
        let keys = operand(width: graph.tensors[queries.index].width, height: nil)
        var weights = add("ik,jk->ij", [queries, keys])
        if random.oneIn(2) { weights = addSoftmax(weights) }
        add("ik,kj->ij", [weights, operand(width: nil, height: graph.tensors[weights.index].width)])
    }

    /// Rows, or columns, by their sum of squares, with or without a factor for each of the others.
    private mutating func addNorm() {
        let tokens = operand(width: nil, height: nil)
        let shape = graph.tensors[tokens.index]
        if random.oneIn(2) {
            let squares = add("ij,ij->ij", [tokens, tokens])
            let sums = add("ik->i1", [squares])
            if random.oneIn(2) {
                add("ij,i1,1j->ij", [tokens, sums, operand(width: shape.width, height: 1)])
            } else {
                add("ij,i1->ij", [tokens, sums])
            }
        } else {
            let sums = add("kj,kj->1j", [tokens, tokens])
            add("ij,1j->ij", [tokens, sums])
        }
    }

    /// A tensor by itself, transposed: two slices of one role that coincide on the diagonal.
    private mutating func addGram() {
        let factor = operand(width: nil, height: nil)
        add(random.pick("ik,jk->ij", "ki,kj->ij"), [factor, factor])
    }

    private mutating func addTranspositionBeforeProduct() {
        let flipped = add("ji->ij", [operand(width: nil, height: nil)])
        let shape = graph.tensors[flipped.index]
        if random.oneIn(2) {
            add("ik,kj->ij", [flipped, operand(width: nil, height: shape.width)])
        } else {
            add("ik,kj->ij", [operand(width: shape.height, height: nil), flipped])
        }
    }

    private mutating func addTranspositionAfterProduct() {
        let left = operand(width: nil, height: nil)
        let product = add("ik,kj->ij", [left, operand(width: nil, height: graph.tensors[left.index].width)])
        let flipped = add("ji->ij", [product])
        if random.oneIn(2) { add("ij,ij->ij", [flipped, flipped]) }
    }

    /// A product, plus a row of biases and times a column of factors: an epilogue with vectors.
    private mutating func addBiasedProduct() {
        let left = operand(width: nil, height: nil)
        let product = add("ik,kj->ij", [left, operand(width: nil, height: graph.tensors[left.index].width)])
        let shape = graph.tensors[product.index]
        let sum = add("ij,1j->ij", [product, operand(width: shape.width, height: 1)])
        if random.oneIn(2) { add("ij,i1->ij", [sum, operand(width: 1, height: shape.height)]) }
    }

    /// Maps in front of operands that are read transposed.
    private mutating func addPrologueOfTransposedOperand() {
        let source = operand(width: nil, height: nil)
        let row = operand(width: graph.tensors[source.index].width, height: 1)
        let keys = random.oneIn(2) ? add("ij,1j->ij", [source, row]) : add("ji->ij", [source])
        let shape = graph.tensors[keys.index]
        if random.oneIn(2) {
            add("ik,jk->ij", [operand(width: shape.width, height: nil), keys])
        } else {
            add("ki,kj->ij", [keys, operand(width: nil, height: shape.height)])
        }
    }
}
