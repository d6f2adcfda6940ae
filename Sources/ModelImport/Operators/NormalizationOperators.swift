/// Operators that normalise: reductions for mean and variance, and maps that scale.
enum NormalizationOperators {
    static let rules: [String: OperatorTable.Rule] = [
        "LayerNormalization": { lowering, node, inputs in
            try lowering.layerNorm(
                try inputs.required(0), scale: inputs.optional(1), bias: inputs.optional(2), node, isCentred: true)
        },
        "RMSNormalization": rms, "SimplifiedLayerNormalization": rms,
        "SkipLayerNormalization": { lowering, node, inputs in
            let sum = try lowering.skip(inputs, bias: 4)
            let normal = try lowering.layerNorm(
                sum, scale: inputs.optional(2), bias: inputs.optional(3), node, isCentred: true)
            return normal + [sum]
        },
        "SkipSimplifiedLayerNormalization": { lowering, node, inputs in
            let sum = try lowering.skip(inputs, bias: 3)
            let normal = try lowering.layerNorm(
                sum, scale: inputs.optional(2), bias: nil, node, isCentred: false)
            return [normal[0], normal[0], normal[0], sum]
        },
        "BatchNormalization": batchNorm,
        "InstanceNormalization": { lowering, node, inputs in
            let value = try inputs.required(0)
            let shape = lowering.shape(value)
            guard shape.count > 2 else { throw ImportFault("normalises what has no pixels") }
            let pixels = try lowering.reshape(
                value, [shape[0], shape[1], try Checked.product(shape[2...])])
            let normal = try lowering.normalised(
                pixels, axes: [2], epsilon: node.real("epsilon", default: 1e-5), isCentred: true)
            let scale = try lowering.aligned(try inputs.required(1), axis: 1, rank: 3)
            let bias = try lowering.aligned(try inputs.required(2), axis: 1, rank: 3)
            return [try lowering.reshape(try lowering.map("mul_add", [normal.value, scale, bias]), shape)]
        },
        "GroupNormalization": groupNorm,
        "EmbedLayerNormalization": embedding,
        "MeanVarianceNormalization": { lowering, node, inputs in
            let value = try inputs.required(0)
            let rank = lowering.shape(value).count
            var axes: [Int] = []
            for axis in node.ints("axes") ?? [0, 2, 3] { axes.append(try lowering.axis(axis, rank: rank)) }
            guard !axes.isEmpty else { throw ImportFault("names no dimension") }
            return [try lowering.normalised(value, axes: axes.sorted(), epsilon: 1e-9, isCentred: true).value]
        },
        "GroupNorm": imageNorm, "SkipGroupNorm": imageNorm,
        "LpNormalization": { lowering, node, inputs in
            let value = try inputs.required(0)
            let axis = try lowering.axis(node.int("axis", default: -1), rank: lowering.shape(value).count)
            let function = node.int("p", default: 2) == 1 ? "norm1" : "norm2"
            let norm = try lowering.reduce(function, value, axis: axis, part: "norm")
            return [try lowering.map("div", [value, norm])]
        },
        "LRN": { lowering, node, inputs in
            lowering.approximate("neighbouring channels are read as though they were the channel itself")
            let numbers = ["alpha": 1e-4, "beta": 0.75, "bias": 1].sorted { $0.key < $1.key }
                .map { lowering.number(node.real($0.key, default: $0.value)) }
            return [try lowering.map("lrn", [try inputs.required(0)] + numbers)]
        },
    ]

    private static let rms: OperatorTable.Rule = { lowering, node, inputs in
        try lowering.layerNorm(
            try inputs.required(0), scale: inputs.optional(1), bias: nil, node, isCentred: false)
    }

    /// Folded: one factor and one addend for each channel, computed beforehand.
    private static let batchNorm: OperatorTable.Rule = { lowering, node, inputs in
        let value = try inputs.required(0)
        let rank = lowering.shape(value).count
        guard rank >= 2 else { throw ImportFault("normalises what has no channels") }
        let names = node.inputs
        var parameters: [ValueID] = []
        for index in 1...4 { parameters.append(try inputs.required(index)) }
        guard node.int("training_mode", default: 0) == 0 else { throw ImportFault("is in training mode") }
        let epsilon = node.real("epsilon", default: 1e-5)
        guard parameters.allSatisfy({ lowering.isConstant($0) }), names.count >= 5 else {
            var vectors: [ValueID] = []
            for parameter in parameters { vectors.append(try lowering.aligned(parameter, axis: 1, rank: rank)) }
            let root = try lowering.map("rsqrt_add", [vectors[3], lowering.number(epsilon)], part: "rsqrt")
            let factor = try lowering.map("mul", [root, vectors[0]], part: "factor")
            let centred = try lowering.map("sub", [value, vectors[2]], part: "centre")
            return [try lowering.map("mul_add", [centred, factor, vectors[1]])]
        }
        var shape = Array(repeating: 1, count: rank)
        shape[1] = lowering.shape(value)[1]
        let scale = lowering.derived(
            "batch_norm_scale", of: [names[1], names[4]], numbers: [epsilon], shape: shape)
        let shift = lowering.derived(
            "batch_norm_shift", of: [names[1], names[2], names[3], names[4]], numbers: [epsilon], shape: shape)
        return [try lowering.map("mul_add", [value, scale, shift])]
    }

    /// Rows of tables chosen by data, added and normalised.
    private static let embedding: OperatorTable.Rule = { lowering, node, inputs in
        let ids = try inputs.required(0)
        let shape = lowering.shape(ids)
        guard shape.count == 2 else { throw ImportFault("has no rows of words") }
        var rows: [ValueID] = []
        for index in 2...4 {
            guard let table = inputs.optional(index) else { continue }
            guard let width = lowering.shape(table).last else { throw ImportFault("has a table without rows") }
            rows.append(
                try lowering.gathered(
                    from: [table], name: "\(node.name)/rows \(index - 2)", shape: [shape[0], shape[1], width]))
        }
        lowering.rearrange("rows of tables are chosen by data, and gathered in slow memory")
        let sum = rows.count > 1 ? try lowering.map("add", rows, part: "sum") : rows[0]
        let normal = try lowering.layerNorm(
            sum, scale: inputs.optional(5), bias: inputs.optional(6), node, isCentred: true)
        let lengths = try lowering.gathered(from: [], name: "\(node.name)/lengths", shape: [shape[0]])
        return [normal[0], lengths, sum]
    }

    /// The group normalisation of com.microsoft, whose channels come last as a rule.
    private static let imageNorm: OperatorTable.Rule = { lowering, node, inputs in
        var value = try inputs.required(0)
        var sum: ValueID?
        if node.type == "SkipGroupNorm" {
            var all = [value, try inputs.required(3)]
            let shape = lowering.shape(value)
            if lowering.shape(all[1]).count == 2 {
                all[1] = try lowering.reshape(all[1], [shape[0], 1, 1, lowering.shape(all[1])[1]])
            }
            if let bias = inputs.optional(4) { all.append(bias) }
            value = try lowering.map("add", all, part: "skip")
            sum = value
        }
        let isLast = node.int("channels_last", default: 1) != 0
        let shape = lowering.shape(value)
        guard shape.count == 4, let groups = node.int("groups"), groups > 0, shape[isLast ? 3 : 1] % groups == 0 else {
            throw ImportFault("has channels that do not divide into its groups")
        }
        let channels = shape[isLast ? 3 : 1]
        let width = channels / groups
        let pixels = isLast ? shape[1] * shape[2] : shape[2] * shape[3]
        let grouped = try lowering.reshape(
            value, isLast ? [shape[0], pixels, groups, width] : [shape[0], groups, width, pixels])
        let normal = try lowering.normalised(
            grouped, axes: isLast ? [1, 3] : [3, 2], epsilon: node.real("epsilon", default: 1e-5), isCentred: true)
        let sides = isLast ? [groups, width] : [groups, width, 1]
        var result = try lowering.map(
            "mul_add",
            [
                normal.value, try lowering.reshape(try inputs.required(1), sides),
                try lowering.reshape(try inputs.required(2), sides),
            ])
        if node.int("activation", default: 0) != 0 { result = try lowering.map("silu", [result], part: "silu") }
        return [try lowering.reshape(result, shape)] + [sum].compactMap { $0 }
    }

    private static let groupNorm: OperatorTable.Rule = { lowering, node, inputs in
        let value = try inputs.required(0)
        let shape = lowering.shape(value)
        guard let groups = node.int("num_groups"), shape.count >= 2, groups > 0, shape[1] % groups == 0 else {
            throw ImportFault("has channels that do not divide into its groups")
        }
        let pixels = try Checked.product(shape[2...])
        let grouped = try lowering.reshape(value, [shape[0], groups, shape[1] / groups, pixels])
        let normal = try lowering.normalised(
            grouped, axes: [3, 2], epsilon: node.real("epsilon", default: 1e-5), isCentred: true)
        func perChannel(_ vector: ValueID) throws(ImportFault) -> ValueID {
            // Before opset 21 there was one number for a group.
            let isPerGroup = lowering.shape(vector) == [groups] && groups != shape[1]
            return try lowering.reshape(vector, [groups, isPerGroup ? 1 : shape[1] / groups, 1])
        }
        let scale = try perChannel(try inputs.required(1))
        let bias = try perChannel(try inputs.required(2))
        return [try lowering.reshape(try lowering.map("mul_add", [normal.value, scale, bias]), shape)]
    }
}

extension Lowering {
    /// (x - mean) / sqrt(variance + epsilon), over these dimensions one after the other.
    fileprivate mutating func normalised(
        _ value: ValueID, axes: [Int], epsilon: Double, isCentred: Bool
    ) throws(ImportFault) -> (value: ValueID, mean: ValueID?, scale: ValueID) {
        var centred = value
        var mean: ValueID?
        if isCentred {
            var average = value
            for (number, axis) in axes.enumerated() {
                average = try reduce("mean", average, axis: axis, part: number == 0 ? "mean" : "mean \(number)")
            }
            mean = average
            centred = try map("sub", [value, average], part: "centre")
        }
        var variance = centred
        for (number, axis) in axes.enumerated() {
            variance = try reduce(
                number == 0 ? "mean_square" : "mean", variance, axis: axis,
                part: number == 0 ? "variance" : "variance \(number)")
        }
        let scale = try map("rsqrt_add", [variance, number(epsilon)], part: "rsqrt")
        return (try map("mul", [centred, scale], part: "normalise"), mean, scale)
    }

    /// All dimensions from the node's axis on are normalised as one.
    fileprivate mutating func layerNorm(
        _ value: ValueID, scale: ValueID?, bias: ValueID?, _ node: Node, isCentred: Bool
    ) throws(ImportFault) -> [ValueID] {
        let shape = self.shape(value)
        let axis = try self.axis(node.int("axis", default: -1), rank: shape.count)
        let axes = (axis..<shape.count).filter { shape[$0] > 1 }
        let normal = try normalised(
            value, axes: axes.isEmpty ? [axis] : axes.reversed(), epsilon: node.real("epsilon", default: 1e-5),
            isCentred: isCentred)
        var result = normal.value
        switch (scale, bias) {
        case (let scale?, let bias?): result = try map("mul_add", [result, scale, bias])
        case (let scale?, nil): result = try map("mul", [result, scale])
        case (nil, let bias?): result = try map("add", [result, bias])
        case (nil, nil): break
        }
        guard self.shape(result) == shape else { throw ImportFault("has a scale of another shape") }
        return [result, normal.mean ?? normal.scale, normal.scale]
    }

    /// The sum of an input, a residual and a bias.
    fileprivate mutating func skip(_ inputs: Inputs, bias: Int) throws(ImportFault) -> ValueID {
        var all = [try inputs.required(0), try inputs.required(1)]
        if let bias = inputs.optional(bias) { all.append(bias) }
        return try map("add", all, part: "skip")
    }
}
