/// What is known of nodes that are left out.
extension OperatorTable {
    /// Why a node has no rule.
    static func absence(of type: String) -> String {
        switch type {
        case "TopK", "NonZero", "NonMaxSuppression", "ArgMax", "ArgMin", "Unique", "Compress", "Multinomial":
            "chooses by data, which only running the model tells"
        case "ScatterElements", "ScatterND", "Scatter", "TensorScatter": "writes to places that indices tell"
        case "LSTM", "GRU", "RNN", "Loop", "Scan", "CumSum", "CumProd": "needs one step after the other"
        case "If": "takes a branch that only running the model tells"
        default: "has no rule here"
        }
    }

    /// Shapes of what a node writes that is left out, as far as they follow from those of its inputs.
    ///
    /// - Parameter data: the elements of those inputs that are small and known.
    static func shapes(of node: Node, _ inputs: [[Int]?], data: [ConstantData?] = []) -> [[Int]?] {
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
        case "TopK":
            let given = data.count > 1 ? data[1]?.integers?.first : node.int("k")
            let axis = node.int("axis", default: -1)
            let place = axis < 0 ? axis &+ first.count : axis
            guard let given, given > 0, first.indices.contains(place), given <= first[place] else { return [] }
            var shape = first
            shape[place] = given
            return [shape, shape]
        case "OneHot":
            let axis = node.int("axis", default: -1)
            let place = axis < 0 ? axis &+ first.count &+ 1 : axis
            guard let depth = data.count > 1 ? data[1]?.integers?.first : nil, depth > 0,
                (0...first.count).contains(place)
            else { return [] }
            return [Array(first[..<place]) + [depth] + Array(first[place...])]
        case "Scan":
            // The last inputs are scanned along their first dimensions; the others are the state, which stays as it is.
            guard let count = node.int("num_scan_inputs"), (1...inputs.count).contains(count),
                let length = inputs[inputs.count - count]?.first, let body = node.graph("body"),
                !node.has("scan_output_axes"), !node.has("scan_input_axes")
            else { return [] }
            let states = inputs.count - count
            return body.output.enumerated().map { place, output in
                place < states ? inputs[place] : output.staticShape.map { [length] + $0 }
            }
        case "ScatterElements", "ScatterND", "Scatter", "TensorScatter", "CumSum", "CumProd", "Trilu",
            "RotaryEmbedding", "MoE", "QMoE", "IsNaN", "IsInf", "Hardmax", "ReverseSequence", "BitShift", "Bernoulli",
            "RandomNormalLike", "RandomUniformLike", "EyeLike":
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
        case "MoE":
            // Every row goes through so many of the experts' two or three products.
            guard let width = first.last, width > 0 else { return 0 }
            let experts = [2, 4, 6].compactMap { input($0) }.filter { ($0.first ?? 0) > 0 }
            let weights = experts.reduce(0) { $0 + count($1) / Double($1[0]) }
            return count(first) / Double(width) * Double(node.int("k", default: 1)) * weights
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

    /// Whether a node may multiply and add although ``multiplyAdds(of:inputs:outputs:)`` knows of nothing: it is of a
    /// kind that does, or of one that nothing is known of.
    static func isUnknown(_ node: Node) -> Bool {
        switch node.type {
        case "MatMul", "FusedMatMul", "MatMulInteger", "QLinearMatMul", "Gemm", "Einsum", "Conv", "FusedConv",
            "ConvInteger", "QLinearConv", "ConvTranspose", "Attention", "MultiHeadAttention", "GroupQueryAttention",
            "MatMulNBits":
            true
        default: OperatorTable.rules[node.type] == nil && !workless.contains(node.type)
        }
    }

    /// Operators without a rule that choose, move, draw or add up elements.
    private static let workless: Set = [
        "ArgMax", "ArgMin", "Bernoulli", "BitShift", "Compress", "CumProd", "CumSum", "EyeLike", "Hardmax", "IsInf",
        "IsNaN", "Multinomial", "NonMaxSuppression", "NonZero", "OneHot", "RandomNormal", "RandomNormalLike",
        "RandomUniform", "RandomUniformLike", "Range", "ReverseSequence", "Scatter", "ScatterElements", "ScatterND",
        "SequenceAt", "SequenceConstruct", "SequenceEmpty", "SequenceErase", "SequenceInsert", "SequenceLength",
        "Shape", "Size", "SplitToSequence", "ConcatFromSequence", "TensorScatter", "TopK", "Unique",
    ]
}

extension Mlsys_Onnx_ValueInfoProto {
    /// The shape, if all dimensions are numbers.
    fileprivate var staticShape: [Int]? {
        guard type.hasTensorType, type.tensorType.hasShape else { return nil }
        let sides = type.tensorType.shape.dim.map { $0.hasDimValue && $0.dimValue > 0 ? Int($0.dimValue) : nil }
        return sides.contains(nil) || sides.count > 15 ? nil : sides.compactMap { $0 }
    }
}
