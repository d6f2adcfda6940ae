/// What an attention may have beside its products and its softmax.
struct AttentionParts {
    /// The factor of the scores; one over the root of the width of a head where none is given.
    var scale: Double?
    /// What is added to the scores.
    var masks: [ValueID] = []
    /// Where this is false the scores become minus infinity.
    var truthMask: ValueID?
    /// Rows see the columns from `left` before to `right` after their own number plus an offset; -1 for no end. Nil for
    /// all columns.
    var window: (offset: Int, left: Int, right: Int)?
    /// Scores are squeezed between this and its negative; 0 for not.
    var softcap = 0.0

    /// Rows see the columns up to their own number plus an offset.
    mutating func makeCausal(offset: Int) { window = (offset, -1, 0) }
}

extension Lowering {
    /// [batch, rows, heads * width] as [batch, heads, rows, width].
    mutating func heads(_ value: ValueID, count: Int) throws(ImportFault) -> ValueID {
        let shape = self.shape(value)
        guard shape.count == 3, count > 0, shape[2] % count == 0 else {
            throw ImportFault("splits \(shape) into \(count) heads")
        }
        return try transpose(try reshape(value, [shape[0], shape[1], count, shape[2] / count]), [0, 2, 1, 3])
    }

    mutating func joined(_ value: ValueID) throws(ImportFault) -> ValueID {
        let shape = self.shape(value)
        return try reshape(try transpose(value, [0, 2, 1, 3]), [shape[0], shape[2], shape[1] * shape[3]])
    }

    /// Keys and values as one tensor, one after the other.
    mutating func stacked(_ keys: ValueID, _ values: ValueID) throws(ImportFault) -> ValueID {
        let (k, v) = (try reshape(keys, [1] + shape(keys)), try reshape(values, [1] + shape(values)))
        return try concat([k, v], axis: 0)
    }

    /// Appends keys and values to a cache of both; the rows that the cache had.
    mutating func appendPacked(_ cache: ValueID?, to parts: inout [ValueID]) throws(ImportFault) -> Int {
        guard let cache else { return 0 }
        let shape = self.shape(cache)
        guard shape.count == 5, shape[0] == 2 else { throw ImportFault("has a cache of another shape") }
        for index in 0..<2 {
            let half = try squeeze(try slice(cache, axis: 0, start: index, length: 1), axis: 0)
            parts[index + 1] = try concat([half, parts[index + 1]], axis: 2)
        }
        return shape[3]
    }

    /// A mask of ones and zeros, or of lengths, as what is added to scores of [batch, heads, rows, columns].
    mutating func additiveMask(_ mask: ValueID, total: Int, _ filter: Double?) throws(ImportFault) -> ValueID {
        let shape = self.shape(mask)
        var ones: ValueID
        switch shape.count {
        case 1:
            rearrange("a mask is made of lengths in slow memory")
            ones = try gathered(from: [mask], name: "\(node.name)/mask", shape: [shape[0], 1, 1, total])
        case 2: ones = try reshape(mask, [shape[0], 1, 1, shape[1]])
        case 3: ones = try reshape(mask, [shape[0], 1, shape[1], shape[2]])
        case 4: ones = mask
        default: throw ImportFault("has a mask of \(shape.count) dimensions")
        }
        guard self.shape(ones)[3] == total else { throw ImportFault("has a mask \(shape) for \(total) columns") }
        ones = try map("sub", [ones, number(1)], part: "unmask")
        return try map("mul", [ones, number(-(filter ?? -10000))], part: "filter")
    }

    /// Pairs of elements rotated by angles whose cosines and sines are given: halves, or neighbours.
    mutating func rotated(
        _ value: ValueID, _ cosines: ValueID, _ sines: ValueID, isInterleaved: Bool, part: String
    ) throws(ImportFault) -> ValueID {
        let shape = self.shape(value)
        let half = self.shape(cosines).last ?? 0
        guard shape.count == 4, half > 0, 2 * half <= shape[3] else {
            throw ImportFault("rotates \(2 * half) of \(shape.last ?? 0) elements")
        }
        func named(_ name: String) -> String { part.isEmpty ? name : "\(part) \(name)" }
        let rotating = try slice(value, axis: 3, start: 0, length: 2 * half)
        var (low, high) = (rotating, rotating)
        if isInterleaved {
            low = try pick(rotating, axis: 3, places: (0..<half).map { 2 * $0 })
            high = try pick(rotating, axis: 3, places: (0..<half).map { 2 * $0 + 1 })
        } else {
            low = try slice(rotating, axis: 3, start: 0, length: half)
            high = try slice(rotating, axis: 3, start: half, length: half)
        }
        let real = try map(
            "sub",
            [
                try map("mul", [low, cosines], part: named("low cos")),
                try map("mul", [high, sines], part: named("high sin")),
            ], part: named("low"))
        let imaginary = try map(
            "add",
            [
                try map("mul", [high, cosines], part: named("high cos")),
                try map("mul", [low, sines], part: named("low sin")),
            ], part: named("high"))
        var parts = [real, imaginary]
        if isInterleaved {
            let (a, b) = (try reshape(real, self.shape(real) + [1]), try reshape(imaginary, self.shape(real) + [1]))
            parts = [try reshape(try concat([a, b], axis: 4), Array(shape[..<3]) + [2 * half])]
        }
        if 2 * half < shape[3] {
            parts.append(try slice(value, axis: 3, start: 2 * half, length: shape[3] - 2 * half))
        }
        return try concat(parts, axis: 3)
    }

    /// softmax(scale * Q K^T + mask) V, for [batch, heads, rows, width].
    ///
    /// - Returns: the result, and the scores: scaled, squeezed, masked, and after the softmax.
    mutating func attention(
        _ queries: ValueID, _ keys: ValueID, _ values: ValueID, _ parts: AttentionParts
    ) throws(ImportFault) -> (value: ValueID, stages: [ValueID]) {
        let (q, k, v) = (shape(queries), shape(keys), shape(values))
        guard q.count == 4, k.count == 4, v.count == 4, k[1] > 0, q[1] % k[1] == 0, v[1] == k[1] else {
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
        scores = try map("mul", [scores, number(parts.scale ?? 1 / Double(q[3]).squareRoot())], part: "scale")
        var stages = [scores]
        if parts.softcap > 0 {
            scores = try map("div", [scores, number(parts.softcap)], part: "softcap")
            scores = try map("mul", [try map("tanh", [scores], part: "tanh"), number(parts.softcap)], part: "uncap")
        }
        stages.append(scores)
        if let window = parts.window {
            let numbers = [window.offset, window.left, window.right].map(Double.init)
            let mask = derived("window_mask", of: [], numbers: numbers, shape: [q[2], k[2]])
            scores = try map("add", [scores, mask], part: "window")
        }
        for (number, mask) in parts.masks.enumerated() {
            scores = try map("add", [scores, mask], part: number == 0 ? "mask" : "mask \(number)")
        }
        if let mask = parts.truthMask {
            scores = try map("where", [mask, scores, number(-.infinity)], part: "mask")
        }
        stages.append(scores)
        let maximum = try reduce("max", scores, axis: 3, part: "max")
        let exponentials = try map("exp_sub", [scores, maximum], part: "exp")
        let sum = try reduce("sum", exponentials, axis: 3, part: "sum")
        let weights = try map("div", [exponentials, sum], part: "weights")
        stages.append(weights)
        let value = try product(
            [(weights, ["b", "h", "q", "k"]), (try shared(values), ["b", "h", "k", "v"])], to: ["b", "h", "q", "v"])
        return (value, stages)
    }
}
