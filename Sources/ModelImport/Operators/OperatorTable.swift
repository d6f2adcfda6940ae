/// The operators that are known: adding one is adding an entry.
///
/// A rule makes the values that a node writes, in the order of its outputs; the shapes of what it makes are the shape
/// inference. It throws ``ImportFault`` where the node is at odds with its inputs or is of a kind that is not known;
/// the node then becomes a boundary.
enum OperatorTable {
    /// Lowers a node. `inputs` are those of the node; nil where an optional one is left out.
    typealias Rule = @Sendable (inout Lowering, Node, Inputs) throws -> [ValueID]

    /// All rules by operator, in groups that are one file each.
    static let rules: [String: Rule] = [
        ElementwiseOperators.rules, ProductOperators.rules, ReductionOperators.rules, NormalizationOperators.rules,
        ViewOperators.rules, ConvolutionOperators.rules, PoolingOperators.rules, AttentionOperators.rules,
    ].reduce(into: [:]) { all, group in all.merge(group) { first, _ in first } }

    /// Whether a node writes truth values.
    ///
    /// - Parameter truths: whether each input holds such.
    static func writesTruths(_ node: Node, _ truths: [Bool]) -> Bool {
        // 9 is BOOL in TensorProto.DataType.
        switch node.type {
        case "Equal", "Greater", "GreaterOrEqual", "Less", "LessOrEqual", "And", "Or", "Xor", "Not", "IsNaN", "IsInf":
            true
        case "Cast": node.int("to") == 9
        case "Constant", "ConstantOfShape": node.tensor("value")?.dataType == 9
        case "Where": truths.count > 1 && truths[1]
        case "Identity", "Reshape", "Flatten", "Squeeze", "Unsqueeze", "Transpose", "Expand", "Tile", "Concat", "Split",
            "Slice", "Gather", "GatherND", "GatherElements", "ScatterND", "ScatterElements", "Pad", "Trilu":
            truths.first ?? false
        default: false
        }
    }

    /// Shapes of what a node writes that is left out, as far as they follow from those of its inputs.
    static func shapes(of node: Node, _ inputs: [[Int]?]) -> [[Int]?] {
        guard let first = inputs.first ?? nil else { return [] }
        let second = inputs.count > 1 ? inputs[1] : nil
        switch node.type {
        case "Gather":
            let axis = node.int("axis", default: 0)
            let place = axis < 0 ? axis &+ first.count : axis
            guard let second, first.indices.contains(place) else { return [] }
            return [Array(first[..<place]) + second + Array(first[(place + 1)...])]
        case "GatherElements": return [second]
        case "GatherND":
            let batch = node.int("batch_dims", default: 0)
            guard let second, let depth = second.last, batch >= 0, batch + depth <= first.count else { return [] }
            return [Array(second.dropLast()) + first[(batch + depth)...]]
        case "ArgMax", "ArgMin":
            let axis = node.int("axis", default: 0)
            let place = axis < 0 ? axis &+ first.count : axis
            guard first.indices.contains(place) else { return [] }
            var shape = first
            if node.int("keepdims", default: 1) != 0 { shape[place] = 1 } else { shape.remove(at: place) }
            return [shape]
        case "ScatterElements", "ScatterND", "Scatter", "TensorScatter", "CumSum", "CumProd", "Trilu",
            "RotaryEmbedding",
            "IsNaN", "IsInf", "Hardmax", "ReverseSequence", "BitShift", "Bernoulli", "RandomNormalLike",
            "RandomUniformLike", "EyeLike":
            return [first]
        case "LSTM", "GRU", "RNN":
            guard first.count == 3, let hidden = node.int("hidden_size") else { return [] }
            let directions = node.text("direction") == "bidirectional" ? 2 : 1
            let state = [directions, first[1], hidden]
            return [[first[0]] + state, state, state]
        default: return []
        }
    }
}

/// The multiply-adds of operators that are left out.
enum WorkEstimate {
    /// Multiply-adds of a node by the shapes of what it reads and writes; 0 where they do not tell.
    static func multiplyAdds(of node: Node, inputs: [[Int]?], outputs: [[Int]?]) -> Double {
        func count(_ shape: [Int]) -> Double { shape.reduce(1) { $0 * Double($1) } }
        func input(_ index: Int) -> [Int]? { inputs.indices.contains(index) ? inputs[index] : nil }
        guard let first = input(0), let second = input(1) else { return 0 }
        switch node.type {
        case "LSTM", "GRU", "RNN":
            // A product with the input and one with the state, for each of the gates at each place.
            guard first.count == 3, let states = input(2) else { return 0 }
            return Double(first[0]) * Double(first[1]) * (count(second) + count(states))
        case "Conv", "FusedConv", "ConvInteger", "NhwcConv":
            guard let output = outputs.first ?? nil, output.count > 2 else { return 0 }
            return Double(output[0]) * count(Array(output[2...])) * count(second)
        case "QLinearConv":
            guard let output = outputs.first ?? nil, output.count > 2, let weights = input(3) else { return 0 }
            return Double(output[0]) * count(Array(output[2...])) * count(weights)
        case "DeformConv":
            guard let output = outputs.first ?? nil, output.count > 2 else { return 0 }
            return Double(output[0]) * count(Array(output[2...])) * count(second)
        case "ConvTranspose":
            guard first.count > 2 else { return 0 }
            return Double(first[0]) * count(Array(first[2...])) * count(second)
        case "MatMul", "FusedMatMul", "MatMulInteger", "Gemm":
            guard let output = outputs.first ?? nil, let depth = first.last else { return 0 }
            return count(output) * Double(depth)
        default: return 0
        }
    }
}

/// The inputs of a node.
struct Inputs {
    let values: [ValueID?]
    /// Whether an input holds truth values, which arithmetic does not take.
    var truths: [Bool] = []

    func isTruth(_ index: Int) -> Bool { truths.indices.contains(index) && truths[index] }

    /// - Throws: ``ImportFault`` when the input is left out.
    func required(_ index: Int) throws(ImportFault) -> ValueID {
        guard let value = optional(index) else { throw ImportFault("lacks input \(index)") }
        return value
    }

    func optional(_ index: Int) -> ValueID? { values.indices.contains(index) ? values[index] : nil }

    /// All that are there.
    func all() throws(ImportFault) -> [ValueID] {
        let all = values.compactMap { $0 }
        guard !all.isEmpty else { throw ImportFault("has no inputs") }
        return all
    }
}

extension Lowering {
    /// A dimension counted from the end when it is negative.
    func axis(_ axis: Int, rank: Int) throws(ImportFault) -> Int {
        let place = axis < 0 ? axis &+ rank : axis
        guard (0..<rank).contains(place) else { throw ImportFault("names dimension \(axis) of \(rank)") }
        return place
    }

    /// Known integers of an input, such as axes.
    func integers(_ value: ValueID) throws(ImportFault) -> [Int] {
        guard let list = data(value)?.integers else {
            throw ImportFault("depends on \"\(graph[value].name.prefix(80))\", which only running the model tells")
        }
        return list
    }

    /// A value of rank `rank` that holds a vector along dimension `axis`.
    mutating func aligned(_ vector: ValueID, axis: Int, rank: Int) throws(ImportFault) -> ValueID {
        var shape = Array(repeating: 1, count: rank)
        shape[axis] = try Checked.product(self.shape(vector))
        return try reshape(vector, shape)
    }
}
