import Foundation

/// Attention as one operator: the products and the softmax that it consists of.
enum AttentionOperators {
    static let rules: [String: OperatorTable.Rule] = [
        "Attention": { lowering, node, inputs in
            node.domain.isEmpty
                ? try standard(&lowering, node, inputs) : try packed(&lowering, node, inputs)
        },
        "MultiHeadAttention": { lowering, node, inputs in
            guard let heads = node.int("num_heads"), heads > 0 else { throw ImportFault("has no number of heads") }
            guard (3...7).allSatisfy({ inputs.optional($0) == nil }) else {
                throw ImportFault("has a bias, a mask or a cache, which is not known here")
            }
            var parts: [ValueID] = []
            for index in 0..<3 {
                parts.append(try lowering.heads(try inputs.required(index), count: heads))
            }
            let result = try lowering.attention(
                parts[0], parts[1], parts[2], scale: node.real("scale"), isCausal: node.int("unidirectional") == 1)
            return [try lowering.joined(result)]
        },
    ]

    /// The operator of opset 23: heads as a dimension, or packed into the last one.
    private static let standard: OperatorTable.Rule = { lowering, node, inputs in
        var parts = [try inputs.required(0), try inputs.required(1), try inputs.required(2)]
        let isPacked = lowering.shape(parts[0]).count == 3
        if isPacked {
            let counts = [node.int("q_num_heads"), node.int("kv_num_heads"), node.int("kv_num_heads")]
            for index in 0..<3 {
                guard let count = counts[index], count > 0 else { throw ImportFault("has no number of heads") }
                parts[index] = try lowering.heads(parts[index], count: count)
            }
        }
        guard inputs.optional(4) == nil, inputs.optional(5) == nil else { throw ImportFault("has a cache") }
        let scale = node.real("scale").flatMap { $0 == 0 ? nil : $0 }
        let result = try lowering.attention(
            parts[0], parts[1], parts[2], scale: scale, mask: inputs.optional(3),
            isCausal: node.int("is_causal", default: 0) != 0, softcap: node.real("softcap", default: 0))
        return [isPacked ? try lowering.joined(result) : result, parts[1], parts[2]]
    }

    /// The operator of com.microsoft: one product makes queries, keys and values.
    private static func packed(
        _ lowering: inout Lowering, _ node: Node, _ inputs: Inputs
    ) throws(ImportFault) -> [ValueID] {
        guard let count = node.int("num_heads"), count > 0 else { throw ImportFault("has no number of heads") }
        guard (3...5).allSatisfy({ inputs.optional($0) == nil }) else {
            throw ImportFault("has a mask or a cache, which is not known here")
        }
        var packed = try lowering.matMul(try inputs.required(0), try inputs.required(1), part: "packed")
        if let bias = inputs.optional(2) { packed = try lowering.map("add", [packed, bias], part: "bias") }
        let shape = lowering.shape(packed)
        guard shape.count == 3, shape[2] % 3 == 0 else { throw ImportFault("packs no three equal parts") }
        var parts: [ValueID] = []
        for index in 0..<3 {
            let part = try lowering.slice(packed, axis: 2, start: index * shape[2] / 3, length: shape[2] / 3)
            parts.append(try lowering.heads(part, count: count))
        }
        let result = try lowering.attention(
            parts[0], parts[1], parts[2], scale: node.real("scale"), isCausal: node.int("unidirectional") == 1)
        return [try lowering.joined(result)]
    }
}

extension Lowering {
    /// [batch, rows, heads * width] as [batch, heads, rows, width].
    fileprivate mutating func heads(_ value: ValueID, count: Int) throws(ImportFault) -> ValueID {
        let shape = self.shape(value)
        guard shape.count == 3, shape[2] % count == 0 else {
            throw ImportFault("splits \(shape) into \(count) heads")
        }
        return try transpose(try reshape(value, [shape[0], shape[1], count, shape[2] / count]), [0, 2, 1, 3])
    }

    fileprivate mutating func joined(_ value: ValueID) throws(ImportFault) -> ValueID {
        let shape = self.shape(value)
        return try reshape(try transpose(value, [0, 2, 1, 3]), [shape[0], shape[2], shape[1] * shape[3]])
    }

    /// softmax(scale * Q K^T + mask) V, for [batch, heads, rows, width].
    fileprivate mutating func attention(
        _ queries: ValueID, _ keys: ValueID, _ values: ValueID, scale: Double?, mask: ValueID? = nil,
        isCausal: Bool = false, softcap: Double = 0
    ) throws(ImportFault) -> ValueID {
        let (q, k, v) = (shape(queries), shape(keys), shape(values))
        guard q.count == 4, k.count == 4, v.count == 4, k[1] > 0, q[1] % k[1] == 0 else {
            throw ImportFault("has queries \(q) for keys \(k)")
        }
        // Queries of one group share the keys and values of one head.
        func shared(_ value: ValueID) throws(ImportFault) -> ValueID {
            let shape = self.shape(value)
            if shape[1] == q[1] { return value }
            let repeated = try expand(
                try reshape(value, [shape[0], shape[1], 1, shape[2], shape[3]]),
                [shape[0], shape[1], q[1] / shape[1], shape[2], shape[3]])
            return try reshape(repeated, [shape[0], q[1], shape[2], shape[3]])
        }
        var scores = try product(
            [(queries, ["b", "h", "q", "d"]), (try shared(keys), ["b", "h", "k", "d"])], to: ["b", "h", "q", "k"],
            part: "scores")
        scores = try map("mul", [scores, number(scale ?? 1 / Double(q[3]).squareRoot())], part: "scale")
        if softcap > 0 {
            scores = try map("div", [scores, number(softcap)], part: "softcap")
            scores = try map("mul", [try map("tanh", [scores], part: "tanh"), number(softcap)], part: "uncap")
        }
        if isCausal {
            let causal = derived("causal_mask", of: [], shape: [q[2], k[2]])
            scores = try map("add", [scores, causal], part: "causal")
        }
        if let mask { scores = try map("add", [scores, mask], part: "mask") }
        let maximum = try reduce("max", scores, axis: 3, part: "max")
        let exponentials = try map("exp_sub", [scores, maximum], part: "exp")
        let sum = try reduce("sum", exponentials, axis: 3, part: "sum")
        let weights = try map("div", [exponentials, sum], part: "weights")
        return try product(
            [(weights, ["b", "h", "q", "k"]), (try shared(values), ["b", "h", "k", "v"])], to: ["b", "h", "q", "v"])
    }
}
