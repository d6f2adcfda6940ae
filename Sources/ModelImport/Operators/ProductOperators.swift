import Foundation

/// Operators that sum products.
enum ProductOperators {
    static let rules: [String: OperatorTable.Rule] = [
        "MatMul": { lowering, _, inputs in
            [try lowering.matMul(try inputs.required(0), try inputs.required(1))]
        },
        "MatMulInteger": { lowering, _, inputs in
            lowering.approximate("the numbers are quantized")
            return [try lowering.matMul(try inputs.required(0), try inputs.required(1))]
        },
        "QLinearMatMul": { lowering, _, inputs in
            lowering.approximate("the numbers are quantized")
            return [try lowering.matMul(try inputs.required(0), try inputs.required(3))]
        },
        "TransposeMatMul": fusedMatMul, "FusedMatMul": fusedMatMul,
        "FusedMatMulActivation": { lowering, node, inputs in
            let product = try fusedMatMul(&lowering, node, inputs)
            return [try lowering.activated(product[0], node)]
        },
        "Gemm": gemm,
        "FusedGemm": { lowering, node, inputs in
            let product = try gemm(&lowering, node, inputs)
            return [try lowering.activated(product[0], node)]
        },
        "GemmFastGelu": { lowering, _, inputs in
            var result = try lowering.matMul(try inputs.required(0), try inputs.required(1), part: "product")
            if let bias = inputs.optional(2) { result = try lowering.map("add", [result, bias], part: "bias") }
            return [try lowering.map("gelu_tanh", [result])]
        },
        "DynamicQuantizeMatMul": quantizedMatMul, "MatMulIntegerToFloat": quantizedMatMul,
        "MatMulNBits": { lowering, node, inputs in
            guard let depth = node.int("K"), let width = node.int("N"), depth > 0, width > 0 else {
                throw ImportFault("has no sizes")
            }
            lowering.approximate("its weights are read as though they were not packed")
            let weights = lowering.derived("unpacked", of: [node.inputs[1]], shape: [width, depth])
            var result = try lowering.matMul(
                try inputs.required(0), try lowering.swapLast(weights), part: inputs.optional(5) == nil ? "" : "product"
            )
            if let bias = inputs.optional(5) { result = try lowering.map("add", [result, bias]) }
            return [result]
        },
        "Einsum": { lowering, node, inputs in
            [try lowering.einsum(node.text("equation") ?? "", try inputs.all())]
        },
    ]

    private static let fusedMatMul: OperatorTable.Rule = { lowering, node, inputs in
        var (left, right) = (try inputs.required(0), try inputs.required(1))
        guard node.int("transBatchA", default: 0) == 0, node.int("transBatchB", default: 0) == 0 else {
            throw ImportFault("moves its first dimension")
        }
        if node.int("transA", default: 0) != 0, lowering.shape(left).count > 1 { left = try lowering.swapLast(left) }
        if node.int("transB", default: 0) != 0, lowering.shape(right).count > 1 { right = try lowering.swapLast(right) }
        let scale = node.real("alpha", default: 1)
        let product = try lowering.matMul(left, right, part: scale == 1 ? "" : "product")
        return [scale == 1 ? product : try lowering.map("mul", [product, lowering.number(scale)])]
    }

    private static let quantizedMatMul: OperatorTable.Rule = { lowering, node, inputs in
        lowering.approximate("the numbers are quantized")
        let bias = inputs.optional(node.type == "DynamicQuantizeMatMul" ? 4 : 6)
        let product = try lowering.matMul(
            try inputs.required(0), try inputs.required(1), part: bias == nil ? "" : "product")
        return [try bias.map { bias in try lowering.map("add", [product, bias]) } ?? product]
    }

    private static let gemm: OperatorTable.Rule = { lowering, node, inputs in
        let (left, right) = (try inputs.required(0), try inputs.required(1))
        guard lowering.shape(left).count == 2, lowering.shape(right).count == 2 else {
            throw ImportFault("multiplies what are no matrices")
        }
        let letters: [[Character]] = [
            node.int("transA", default: 0) == 0 ? ["m", "k"] : ["k", "m"],
            node.int("transB", default: 0) == 0 ? ["k", "n"] : ["n", "k"],
        ]
        let (alpha, beta) = (node.real("alpha", default: 1), node.real("beta", default: 1))
        var addend = beta == 0 ? nil : inputs.optional(2)
        if let known = addend, beta != 1 {
            addend = try lowering.map("mul", [known, lowering.number(beta)], part: "beta")
        }
        let isLast = alpha == 1 && addend == nil
        var result = try lowering.product(
            [(left, letters[0]), (right, letters[1])], to: ["m", "n"], part: isLast ? "" : "product")
        if alpha != 1 {
            result = try lowering.map("mul", [result, lowering.number(alpha)], part: addend == nil ? "" : "alpha")
        }
        if let addend { result = try lowering.map("add", [result, addend]) }
        return [result]
    }
}

extension Lowering {
    /// A value behind the function that an attribute names, as fused operators have it.
    mutating func activated(_ value: ValueID, _ node: Node) throws(ImportFault) -> ValueID {
        let known = [
            "Relu": "relu", "Sigmoid": "sigmoid", "Tanh": "tanh", "LeakyRelu": "leaky_relu", "Gelu": "gelu",
            "HardSigmoid": "hard_sigmoid", "Softplus": "softplus", "Elu": "elu", "Erf": "erf", "Clip": "clip",
        ]
        let name = node.text("activation") ?? ""
        guard let function = known[name] else {
            throw ImportFault("has an activation \"\(name.prefix(40))\" that is not known")
        }
        let numbers: [Double]
        switch function {
        case "leaky_relu":
            numbers = [node.reals("activation_params")?.first ?? node.real("activation_alpha", default: 0.01)]
        case "elu": numbers = [node.real("activation_alpha", default: 1)]
        case "hard_sigmoid":
            let given = node.reals("activation_params") ?? []
            numbers = given.count == 2 ? given : [0.2, 0.5]
        case "clip":
            let given = node.reals("activation_params") ?? []
            guard given.count == 2 else { throw ImportFault("clips to no range") }
            let low = try map("max", [value, number(given[0])], part: "low")
            return try map("min", [low, number(given[1])], part: "high")
        default: numbers = []
        }
        let constants = numbers.map { number($0) }
        return try map(function, [value] + constants, part: function)
    }

    /// A product of the last two dimensions; the others are batch, with broadcasting.
    mutating func matMul(_ left: ValueID, _ right: ValueID, part: String = "") throws(ImportFault) -> ValueID {
        var (a, b) = (shape(left), shape(right))
        guard !a.isEmpty, !b.isEmpty else { throw ImportFault("multiplies a scalar") }
        let (isVectorLeft, isVectorRight) = (a.count == 1, b.count == 1)
        if isVectorLeft { a = [1] + a }
        if isVectorRight { b.append(1) }
        let (first, second) = (try reshape(left, a), try reshape(right, b))
        let rank = max(a.count, b.count) - 2
        guard rank <= 20 else { throw ImportFault("multiplies tensors of \(rank + 2) dimensions") }
        let batch = (0..<rank).map { Character(Unicode.Scalar(UInt8(97 + $0))) }
        let letters: [[Character]] = [
            batch.suffix(a.count - 2) + ["M", "K"], batch.suffix(b.count - 2) + ["K", "N"],
        ]
        guard a[a.count - 1] == b[b.count - 2] else {
            throw ImportFault("multiplies \(a) by \(b), whose inner lengths differ")
        }
        let product = try product(
            [(first, letters[0]), (second, letters[1])], to: batch + ["M", "N"], part: part)
        var result = shape(product)
        if isVectorRight { result.removeLast() }
        if isVectorLeft { result.remove(at: result.count - (isVectorRight ? 1 : 2)) }
        return try reshape(product, result)
    }

    /// The value with its last two dimensions exchanged.
    mutating func swapLast(_ value: ValueID) throws(ImportFault) -> ValueID {
        let rank = shape(value).count
        guard rank >= 2 else { throw ImportFault("transposes a vector") }
        return try transpose(value, Array(0..<rank - 2) + [rank - 1, rank - 2])
    }

    /// An einsum of any number of operands, two at a time from the left.
    mutating func einsum(_ equation: String, _ operands: [ValueID]) throws(ImportFault) -> ValueID {
        let parsed = try EinsumEquation(equation, ranks: operands.map { shape($0).count })
        var rest = zip(operands, parsed.inputs).map { (value: $0, letters: $1) }
        var current = rest.removeFirst()
        if rest.isEmpty { return try reduced(current, to: parsed.output, isLast: true) }
        while let next = rest.first {
            rest.removeFirst()
            let later = Set(rest.flatMap(\.letters)).union(parsed.output)
            // Letters that one operand alone has are summed before the product.
            current = (
                try reduced(current, to: current.letters.filter { later.contains($0) || next.letters.contains($0) }),
                current.letters.filter { later.contains($0) || next.letters.contains($0) }
            )
            let kept = next.letters.filter { later.contains($0) || current.letters.contains($0) }
            let other = (value: try reduced(next, to: kept), letters: kept)
            let output =
                rest.isEmpty
                ? parsed.output
                : (current.letters + kept.filter { !current.letters.contains($0) }).filter(later.contains)
            current = (
                try product([current, other], to: output, part: rest.isEmpty ? "" : "product \(rest.count)"), output
            )
        }
        return current.value
    }

    /// Sums the letters that are not kept, and brings the others into their order.
    private mutating func reduced(
        _ operand: (value: ValueID, letters: [Character]), to kept: [Character], isLast: Bool = false
    ) throws(ImportFault) -> ValueID {
        var (value, letters) = operand
        for letter in letters where !kept.contains(letter) {
            guard let axis = letters.firstIndex(of: letter) else { continue }
            value = try squeeze(try reduce("sum", value, axis: axis, part: "sum \(letter)"), axis: axis)
            letters.remove(at: axis)
        }
        let order = kept.compactMap { letters.firstIndex(of: $0) }
        guard order.count == kept.count else { throw ImportFault("has an output index that no operand has") }
        return try transpose(value, order)
    }
}

/// The text of an Einsum node, with letters for all dimensions.
struct EinsumEquation {
    let inputs: [[Character]]
    let output: [Character]

    init(_ text: String, ranks: [Int]) throws(ImportFault) {
        let characters = text.filter { !$0.isWhitespace }
        let sides = characters.components(separatedBy: "->")
        let parts = (sides.first ?? "").split(separator: ",", omittingEmptySubsequences: false).map(String.init)
        guard sides.count <= 2, parts.count == ranks.count else {
            throw ImportFault("has the equation \"\(text.prefix(60))\" for \(ranks.count) operands")
        }
        // Digits stand for the dimensions of an ellipsis, counted from the last.
        func letters(_ part: String, ellipsis: Int) throws(ImportFault) -> [Character] {
            let hidden = (0..<max(0, ellipsis)).reversed().map { Character(Unicode.Scalar(UInt8(48 + min($0, 9)))) }
            let pieces = part.components(separatedBy: "...")
            guard pieces.count <= 2, ellipsis <= 9, pieces.joined().allSatisfy({ $0.isASCII && $0.isLetter }) else {
                throw ImportFault("has the equation \"\(text.prefix(60))\", which is not understood")
            }
            let result = pieces.count == 2 ? Array(pieces[0]) + hidden + Array(pieces[1]) : Array(part)
            guard Set(result).count == result.count else {
                throw ImportFault("reads a diagonal in the equation \"\(text.prefix(60))\"")
            }
            return result
        }
        var inputs: [[Character]] = []
        var hidden = 0
        for (part, rank) in zip(parts, ranks) {
            let named = part.filter { $0 != "." }.count
            let ellipsis = part.contains("...") ? rank - named : 0
            hidden = max(hidden, ellipsis)
            let list = try letters(part, ellipsis: ellipsis)
            guard list.count == rank else {
                throw ImportFault("has the equation \"\(text.prefix(60))\" for operands of other ranks")
            }
            inputs.append(list)
        }
        self.inputs = inputs
        if sides.count == 2 {
            output = try letters(sides[1], ellipsis: sides[1].contains("...") ? hidden : 0)
        } else {
            let all = inputs.flatMap { $0 }
            let once = Set(all).filter { letter in letter.isLetter && all.count(where: { $0 == letter }) == 1 }
            output = (0..<hidden).reversed().map { Character(Unicode.Scalar(UInt8(48 + $0))) } + once.sorted()
        }
    }
}
