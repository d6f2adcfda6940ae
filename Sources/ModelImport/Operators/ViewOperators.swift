/// Operators that move elements and compute nothing.
enum ViewOperators {
    static let rules: [String: OperatorTable.Rule] = [
        "Reshape": { lowering, node, inputs in
            let value = try inputs.required(0)
            let wanted = try inputs.optional(1).map { value in try lowering.integers(value) }
            guard let sides = wanted ?? node.ints("shape") else { throw ImportFault("has no shape") }
            let shape = try resolve(sides, lowering.shape(value), node.int("allowzero", default: 0) != 0)
            return [try lowering.reshape(value, shape)]
        },
        "Flatten": { lowering, node, inputs in
            let value = try inputs.required(0)
            let shape = lowering.shape(value)
            let given = node.int("axis", default: 1)
            let axis = given < 0 ? given &+ shape.count : given
            guard (0...shape.count).contains(axis) else { throw ImportFault("names dimension \(given)") }
            return [
                try lowering.reshape(
                    value, [try Checked.product(shape[..<axis]), try Checked.product(shape[axis...])])
            ]
        },
        "Squeeze": { lowering, node, inputs in
            let value = try inputs.required(0)
            let shape = lowering.shape(value)
            let given = try inputs.optional(1).map { value in try lowering.integers(value) }
            var places: Set<Int> = []
            for axis in given ?? node.ints("axes") ?? [] { places.insert(try lowering.axis(axis, rank: shape.count)) }
            if given == nil, node.ints("axes") == nil { places = Set(shape.indices.filter { shape[$0] == 1 }) }
            return [try lowering.reshape(value, shape.indices.filter { !places.contains($0) }.map { shape[$0] })]
        },
        "Unsqueeze": { lowering, node, inputs in
            let value = try inputs.required(0)
            let given = try inputs.optional(1).map { value in try lowering.integers(value) }
            let axes = given ?? node.ints("axes") ?? []
            guard axes.count <= 16 else { throw ImportFault("names \(axes.count) dimensions") }
            let rank = lowering.shape(value).count + axes.count
            var places: Set<Int> = []
            for axis in axes { places.insert(try lowering.axis(axis, rank: rank)) }
            var rest = lowering.shape(value)[...]
            let shape = (0..<rank).map { places.contains($0) ? 1 : rest.popFirst() ?? 1 }
            return [try lowering.reshape(value, shape)]
        },
        "Transpose": { lowering, node, inputs in
            let value = try inputs.required(0)
            let rank = lowering.shape(value).count
            let order = node.ints("perm") ?? Array((0..<rank).reversed())
            if order == [0, 2, 1, 3, 4], lowering.isSplitImage(value) {
                // One matrix for every channel would be exact; the order of channels is that of the weights.
                lowering.approximate("shuffled channels are read in the order in which they are stored")
                return [try lowering.reshape(value, order.map { lowering.shape(value)[$0] })]
            }
            return [try lowering.transpose(value, order)]
        },
        "Expand": { lowering, _, inputs in
            [try lowering.expand(try inputs.required(0), try lowering.integers(try inputs.required(1)))]
        },
        "Tile": { lowering, _, inputs in
            var value = try inputs.required(0)
            let repeats = try lowering.integers(try inputs.required(1))
            guard repeats.count == lowering.shape(value).count else { throw ImportFault("has repeats of another rank") }
            for (axis, count) in repeats.enumerated() where count != 1 {
                guard (1...4096).contains(count) else { throw ImportFault("repeats a dimension \(count) times") }
                var shape = lowering.shape(value)
                if shape[axis] == 1 {
                    shape[axis] = count
                    value = try lowering.expand(value, shape)
                } else {
                    value = try lowering.concat(Array(repeating: value, count: count), axis: axis)
                }
            }
            return [value]
        },
        "Concat": concat, "Split": split, "Slice": slice,
        "SpaceToDepth": { lowering, node, inputs in
            let value = try inputs.required(0)
            let (shape, size) = (lowering.shape(value), node.int("blocksize", default: 1))
            guard shape.count == 4, size > 0, shape[2] % size == 0, shape[3] % size == 0 else {
                throw ImportFault("has blocks that do not divide its image")
            }
            let (n, c, h, w) = (shape[0], shape[1], shape[2] / size, shape[3] / size)
            let blocks = try lowering.transpose(
                try lowering.reshape(value, [n, c, h, size, w, size]), [0, 3, 5, 1, 2, 4])
            return [try lowering.reshape(blocks, [n, c * size * size, h, w])]
        },
        "DepthToSpace": { lowering, node, inputs in
            let value = try inputs.required(0)
            let (shape, size) = (lowering.shape(value), node.int("blocksize", default: 1))
            guard shape.count == 4, size > 0, size < 4096, shape[1] % (size * size) == 0 else {
                throw ImportFault("has channels that do not divide into blocks")
            }
            let (n, c, h, w) = (shape[0], shape[1] / (size * size), shape[2], shape[3])
            let isColumnFirst = node.text("mode") == "CRD"
            let split = try lowering.reshape(
                value, isColumnFirst ? [n, c, size, size, h, w] : [n, size, size, c, h, w])
            let moved = try lowering.transpose(split, isColumnFirst ? [0, 1, 4, 2, 5, 3] : [0, 3, 4, 1, 5, 2])
            return [try lowering.reshape(moved, [n, c, h * size, w * size])]
        },
        "Pad": { lowering, node, inputs in
            let value = try inputs.required(0)
            let given = try inputs.optional(1).map { value in try lowering.integers(value) }
            guard let pads = given ?? node.ints("pads") else { throw ImportFault("has no pads") }
            let shape = lowering.shape(value)
            var axes = Array(shape.indices)
            if let list = inputs.optional(3) { axes = try lowering.integers(list) }
            guard pads.count == 2 * axes.count else { throw ImportFault("has pads of another rank") }
            if pads.allSatisfy({ $0 == 0 }) { return [value] }
            var result = shape
            for (index, axis) in axes.enumerated() {
                let place = try lowering.axis(axis, rank: shape.count)
                result[place] = result[place] &+ pads[index] &+ pads[index + axes.count]
            }
            guard result.allSatisfy({ $0 > 0 }) else { throw ImportFault("pads to nothing") }
            lowering.rearrange("what is padded is copied in slow memory")
            return [try lowering.copied(from: [value], shape: result)]
        },
        "Resize": resize, "Upsample": resize,
    ]

    /// A shape with 0 for "as it was" and -1 for "what is left".
    private static func resolve(_ sides: [Int], _ old: [Int], _ allowsZero: Bool) throws(ImportFault) -> [Int] {
        guard sides.count <= 16 else { throw ImportFault("reshapes to \(sides.count) dimensions") }
        var shape = sides
        for (axis, side) in sides.enumerated() where side == 0 && !allowsZero {
            guard old.indices.contains(axis) else { throw ImportFault("copies dimension \(axis), which is not there") }
            shape[axis] = old[axis]
        }
        guard let open = shape.firstIndex(of: -1) else { return shape }
        shape[open] = 1
        let (known, total) = (try Checked.product(shape), try Checked.product(old))
        guard known > 0, total % known == 0 else { throw ImportFault("reshapes \(old) to \(sides)") }
        shape[open] = total / known
        return shape
    }

    private static let concat: OperatorTable.Rule = { lowering, node, inputs in
        let parts = try inputs.all()
        let rank = lowering.shape(parts[0]).count
        guard parts.allSatisfy({ lowering.shape($0).count == rank }) else { throw ImportFault("joins other ranks") }
        let axis = try lowering.axis(node.int("axis", default: 0), rank: rank)
        let lengths = parts.map { lowering.shape($0)[axis] }
        let total = try Checked.product([lengths.reduce(0) { $0 &+ $1 }])
        // A class token before the patches would cut every matrix of the model into a row and the rest.
        let isSliver = (lengths.min() ?? 1) * 64 < total && parts.count <= 3
        guard isSliver, !parts.allSatisfy({ lowering.isConstant($0) }) else {
            return [try lowering.concat(parts, axis: axis)]
        }
        let joined = try lowering.concat(parts, axis: axis)
        lowering.rearrange("parts of lengths \(lengths) are joined in slow memory")
        return [
            try lowering.copied(from: parts.filter { !lowering.isConstant($0) }, shape: lowering.shape(joined))
        ]
    }

    private static let split: OperatorTable.Rule = { lowering, node, inputs in
        let value = try inputs.required(0)
        let shape = lowering.shape(value)
        let axis = try lowering.axis(node.int("axis", default: 0), rank: shape.count)
        let given = try inputs.optional(1).map { value in try lowering.integers(value) }
        var lengths = given ?? node.ints("split") ?? []
        if lengths.isEmpty {
            let count = node.int("num_outputs", default: node.outputs.count)
            guard (1...65536).contains(count) else { throw ImportFault("splits into \(count) parts") }
            let length = (shape[axis] + count - 1) / count
            lengths = (0..<count).map { min(length, shape[axis] - $0 * length) }
        }
        var start = 0
        var parts: [ValueID] = []
        for length in lengths {
            parts.append(try lowering.slice(value, axis: axis, start: start, length: length))
            start += length
        }
        return parts
    }

    private static let slice: OperatorTable.Rule = { lowering, node, inputs in
        var value = try inputs.required(0)
        let shape = lowering.shape(value)
        func list(_ index: Int, _ attribute: String) throws(ImportFault) -> [Int]? {
            guard let input = inputs.optional(index) else { return node.ints(attribute) }
            return try lowering.integers(input)
        }
        guard let starts = try list(1, "starts"), let ends = try list(2, "ends"), starts.count == ends.count else {
            throw ImportFault("has no starts and ends")
        }
        let axes = try list(3, "axes") ?? Array(0..<starts.count)
        let steps = try list(4, "steps") ?? Array(repeating: 1, count: starts.count)
        guard axes.count == starts.count, steps.count == starts.count, axes.count <= shape.count else {
            throw ImportFault("has starts, ends, axes and steps of different lengths")
        }
        for index in axes.indices {
            let axis = try lowering.axis(axes[index], rank: shape.count)
            let (length, step) = (lowering.shape(value)[axis], steps[index])
            guard step != 0 else { throw ImportFault("has a step of 0") }
            func place(_ place: Int, _ low: Int, _ high: Int) -> Int {
                min(max(place < 0 ? place &+ length : place, low), high)
            }
            if step == 1 {
                let start = place(starts[index], 0, length)
                value = try lowering.slice(
                    value, axis: axis, start: start, length: place(ends[index], 0, length) - start)
                continue
            }
            let start = step > 0 ? place(starts[index], 0, length) : place(starts[index], 0, length - 1)
            let isToFront = step < 0 && ends[index] < -length
            let end = step > 0 ? place(ends[index], 0, length) : isToFront ? -1 : place(ends[index], -1, length - 1)
            let count = step > 0 ? (end - start - 1) / step + 1 : (start - end - 1) / (0 &- step) + 1
            guard step > 0 ? end > start : start > end, step.magnitude <= UInt(length) else {
                throw ImportFault("takes no elements")
            }
            value = try lowering.take(
                value, axis: axis, places: (0..<count).map { start + $0 * step }, why: "every \(step)th element")
        }
        return [value]
    }

    private static let resize: OperatorTable.Rule = { lowering, node, inputs in
        let value = try inputs.required(0)
        let shape = lowering.shape(value)
        var result: [Int]?
        if let sizes = inputs.optional(3) {
            result = try lowering.integers(sizes)
        } else if let scales = inputs.optional(2) ?? (node.type == "Upsample" ? inputs.optional(1) : nil),
            let factors = lowering.data(scales)?.reals, factors.count == shape.count
        {
            result = zip(shape, factors).compactMap { Int(exactly: (Double($0) * $1).rounded(.down)) }
        }
        guard let result, result.count == shape.count, result.allSatisfy({ $0 > 0 }) else {
            throw ImportFault("has sizes that only running the model tells")
        }
        lowering.approximate("pixels are repeated or mixed in slow memory")
        return [try lowering.copied(from: [value], shape: result)]
    }
}

extension Lowering {
    /// True for an image whose channels a reshape has split in two dimensions.
    fileprivate func isSplitImage(_ value: ValueID) -> Bool {
        guard case .view(.reshape(let source)) = graph[value].source else { return false }
        let (old, new) = (shape(source), shape(value))
        return old.count == 4 && new.count == 5 && old[0] == new[0] && old[2...] == new[3...]
    }
}
