/// Attention as one operator: the products and the softmax that it consists of.
enum AttentionOperators {
    static let rules: [String: OperatorTable.Rule] = [
        "Attention": { lowering, node, inputs in
            node.domain.isEmpty
                ? try standard(&lowering, node, inputs) : try packed(&lowering, node, inputs)
        },
        "MultiHeadAttention": multiHead, "DecoderMaskedMultiHeadAttention": multiHead,
        "GroupQueryAttention": groupQuery,
        "RotaryEmbedding": rotary,
    ]

    private static func headCount(_ node: Node, _ name: String = "num_heads") throws(ImportFault) -> Int {
        guard let count = node.int(name), (1...1 << 20).contains(count) else {
            throw ImportFault("has no number of heads")
        }
        return count
    }

    /// The operator of opset 23 and later: heads as a dimension, or packed into the last one.
    private static let standard: OperatorTable.Rule = { lowering, node, inputs in
        var parts = [try inputs.required(0), try inputs.required(1), try inputs.required(2)]
        let isPacked = lowering.shape(parts[0]).count == 3
        if isPacked {
            let names = ["q_num_heads", "kv_num_heads", "kv_num_heads"]
            for index in 0..<3 {
                parts[index] = try lowering.heads(parts[index], count: try headCount(node, names[index]))
            }
        }
        guard inputs.optional(6) == nil else { throw ImportFault("has rows of lengths that data choose") }
        var past = 0
        for (index, cache) in [(1, inputs.optional(4)), (2, inputs.optional(5))] {
            guard let cache else { continue }
            past = lowering.shape(cache).count == 4 ? lowering.shape(cache)[2] : 0
            parts[index] = try lowering.concat([cache, parts[index]], axis: 2)
        }
        var options = AttentionParts()
        options.scale = node.real("scale").flatMap { $0 == 0 ? nil : $0 }
        if inputs.isTruth(3) {
            options.truthMask = inputs.optional(3)
        } else {
            options.masks = [inputs.optional(3)].compactMap { $0 }
        }
        let isCausal = node.int("is_causal", default: 0) != 0
        let left = max(-1, node.int("left_window_size", default: -1))
        let right = isCausal ? 0 : max(-1, node.int("right_window_size", default: -1))
        if left >= 0 || right >= 0 { options.window = (past, left, right) }
        options.softcap = node.real("softcap", default: 0)
        let result = try lowering.attention(parts[0], parts[1], parts[2], options)
        // The scores may be asked for as they are at one of four places.
        let mode = node.int("qk_matmul_output_mode", default: 0)
        let scores = result.stages.indices.contains(mode) ? result.stages[mode] : result.stages[0]
        return [isPacked ? try lowering.joined(result.value) : result.value, parts[1], parts[2], scores]
    }

    /// The operator of com.microsoft: one product makes queries, keys and values.
    private static func packed(
        _ lowering: inout Lowering, _ node: Node, _ inputs: Inputs
    ) throws(ImportFault) -> [ValueID] {
        let count = try headCount(node)
        guard node.int("do_rotary", default: 0) == 0 else { throw ImportFault("rotates without a table") }
        var packed = try lowering.matMul(try inputs.required(0), try inputs.required(1), part: "packed")
        if let bias = inputs.optional(2) { packed = try lowering.map("add", [packed, bias], part: "bias") }
        let width = lowering.shape(packed).last ?? 0
        let widths = node.ints("qkv_hidden_sizes") ?? Array(repeating: width / 3, count: 3)
        guard widths.count == 3, widths.allSatisfy({ (1...width).contains($0) }), widths.reduce(0, +) == width else {
            throw ImportFault("packs no queries, keys and values")
        }
        var parts: [ValueID] = []
        var start = 0
        for width in widths {
            let part = try lowering.slice(packed, axis: 2, start: start, length: width)
            parts.append(try lowering.heads(part, count: count))
            start += width
        }
        let past = try lowering.appendPacked(inputs.optional(4), to: &parts)
        var options = AttentionParts()
        options.scale = node.real("scale").flatMap { $0 == 0 ? nil : $0 }
        if let mask = inputs.optional(3) {
            options.masks.append(
                try lowering.additiveMask(mask, total: lowering.shape(parts[1])[2], node.real("mask_filter_value")))
        }
        if let bias = inputs.optional(5) { options.masks.append(bias) }
        if node.int("unidirectional", default: 0) != 0 { options.makeCausal(offset: past) }
        let result = try lowering.attention(parts[0], parts[1], parts[2], options)
        var outputs = [try lowering.joined(result.value)]
        if node.outputs.count > 1 { outputs.append(try lowering.stacked(parts[1], parts[2])) }
        return outputs
    }

    private static let multiHead: OperatorTable.Rule = { lowering, node, inputs in
        let count = try headCount(node)
        var parts = try separate(&lowering, inputs, count: count)
        if let bias = inputs.optional(3) {
            var start = 0
            for index in 0..<3 {
                let shape = lowering.shape(parts[index])
                let width = shape[1] * shape[3]
                // Keys and values that come with heads of their own have their bias in them.
                let given = index == 0 ? nil : inputs.optional(index)
                if given.map({ lowering.shape($0).count != 4 }) ?? true {
                    let slice = try lowering.slice(bias, axis: 0, start: start, length: width)
                    let perHead = try lowering.reshape(slice, [shape[1], 1, shape[3]])
                    parts[index] = try lowering.map("add", [parts[index], perHead], part: "bias \(index)")
                }
                start += width
            }
        }
        var past = 0
        for (index, cache) in [(1, inputs.optional(6)), (2, inputs.optional(7))] {
            guard let cache, lowering.shape(cache).count == 4 else { continue }
            past = lowering.shape(cache)[2]
            parts[index] = try lowering.concat([cache, parts[index]], axis: 2)
        }
        var options = AttentionParts()
        options.scale = node.real("scale").flatMap { $0 == 0 ? nil : $0 }
        if let mask = inputs.optional(4) {
            options.masks.append(
                try lowering.additiveMask(mask, total: lowering.shape(parts[1])[2], node.real("mask_filter_value")))
        }
        if let bias = inputs.optional(5) { options.masks.append(bias) }
        if node.int("unidirectional", default: 0) != 0 { options.makeCausal(offset: past) }
        let result = try lowering.attention(parts[0], parts[1], parts[2], options)
        return [try lowering.joined(result.value), parts[1], parts[2], result.stages[0]]
    }

    /// Queries, keys and values with heads: three tensors, keys and values in one, or all in one.
    private static func separate(
        _ lowering: inout Lowering, _ inputs: Inputs, count: Int
    ) throws(ImportFault) -> [ValueID] {
        func unpacked(_ value: ValueID, _ number: Int) throws(ImportFault) -> [ValueID] {
            let shape = lowering.shape(value)
            guard shape.count == 5, shape[2] == count, shape[3] == number else {
                throw ImportFault("packs \(shape), which are no \(number) times \(count) heads")
            }
            var parts: [ValueID] = []
            for index in 0..<number {
                let part = try lowering.squeeze(
                    try lowering.slice(value, axis: 3, start: index, length: 1), axis: 3)
                parts.append(try lowering.transpose(part, [0, 2, 1, 3]))
            }
            return parts
        }
        func withHeads(_ value: ValueID) throws(ImportFault) -> ValueID {
            lowering.shape(value).count == 4 ? value : try lowering.heads(value, count: count)
        }
        let query = try inputs.required(0)
        guard let key = inputs.optional(1) else { return try unpacked(query, 3) }
        let queries = try withHeads(query)
        guard let value = inputs.optional(2) else { return [queries] + (try unpacked(key, 2)) }
        return [queries, try withHeads(key), try withHeads(value)]
    }

    private static let groupQuery: OperatorTable.Rule = { lowering, node, inputs in
        let (count, groups) = (try headCount(node), try headCount(node, "kv_num_heads"))
        let query = try inputs.required(0)
        var parts: [ValueID] = []
        if let key = inputs.optional(1), let value = inputs.optional(2) {
            parts = [
                try lowering.heads(query, count: count), try lowering.heads(key, count: groups),
                try lowering.heads(value, count: groups),
            ]
        } else {
            let all = try lowering.heads(query, count: count + 2 * groups)
            parts = [
                try lowering.slice(all, axis: 1, start: 0, length: count),
                try lowering.slice(all, axis: 1, start: count, length: groups),
                try lowering.slice(all, axis: 1, start: count + groups, length: groups),
            ]
        }
        let rows = lowering.shape(parts[0])[2]
        if node.int("do_rotary", default: 0) != 0 {
            let isInterleaved = node.int("rotary_interleaved", default: 0) != 0
            var tables: [ValueID] = []
            for (index, name) in [(7, "cos"), (8, "sin")] {
                let table = try inputs.required(index)
                let shape = lowering.shape(table)
                guard shape.count == 2, shape[0] >= rows else { throw ImportFault("has too few rows of \(name)") }
                lowering.rearrange("rows of a table are chosen by data, and gathered in slow memory")
                tables.append(
                    try lowering.gathered(
                        from: [table], name: "\(node.name)/\(name)", shape: [1, 1, rows, shape[1]]))
            }
            for index in 0..<2 {
                parts[index] = try lowering.rotated(
                    parts[index], tables[0], tables[1], isInterleaved: isInterleaved, part: "rotate \(index)")
            }
        }
        var past = 0
        for (index, cache) in [(1, inputs.optional(3)), (2, inputs.optional(4))] {
            guard let cache, lowering.shape(cache).count == 4 else { continue }
            past = lowering.shape(cache)[2]
            parts[index] = try lowering.concat([cache, parts[index]], axis: 2)
        }
        var options = AttentionParts()
        options.scale = node.real("scale").flatMap { $0 == 0 ? nil : $0 }
        options.softcap = node.real("softcap", default: 0)
        // A window counts the row's own column, as onnxruntime does.
        let window = node.int("local_window_size", default: -1)
        options.window = (past, window > 0 ? window - 1 : -1, 0)
        let result = try lowering.attention(parts[0], parts[1], parts[2], options)
        return [try lowering.joined(result.value), parts[1], parts[2]]
    }

    /// Rotated pairs of elements; of com.microsoft the positions come second, of ONNX last.
    private static let rotary: OperatorTable.Rule = { lowering, node, inputs in
        let value = try inputs.required(0)
        let isStandard = node.domain.isEmpty
        let positions = isStandard ? inputs.optional(3) : inputs.optional(1)
        let tables = [
            try inputs.required(isStandard ? 1 : 2), try inputs.required(isStandard ? 2 : 3),
        ]
        let shape = lowering.shape(value)
        var heads = value
        if shape.count == 3 {
            let given = node.int("num_heads", default: 0)
            let half = lowering.shape(tables[0]).last ?? 1
            let count = given > 0 ? given : max(1, shape[2] / max(1, 2 * half))
            heads = try lowering.heads(value, count: count)
        }
        let rows = lowering.shape(heads)[2]
        var factors: [ValueID] = []
        for (table, name) in zip(tables, ["cos", "sin"]) {
            let sides = lowering.shape(table)
            if positions != nil {
                guard sides.count == 2 else { throw ImportFault("has a table of \(sides.count) dimensions") }
                lowering.rearrange("rows of a table are chosen by data, and gathered in slow memory")
                factors.append(
                    try lowering.gathered(
                        from: [table], name: "\(node.name)/\(name)", shape: [shape[0], 1, rows, sides[1]]))
            } else {
                guard sides.count == 3 else { throw ImportFault("has a table of \(sides.count) dimensions") }
                factors.append(try lowering.reshape(table, [sides[0], 1, sides[1], sides[2]]))
            }
        }
        let result = try lowering.rotated(
            heads, factors[0], factors[1], isInterleaved: node.int("interleaved", default: 0) != 0, part: "")
        return [shape.count == 3 ? try lowering.joined(result) : result]
    }
}
