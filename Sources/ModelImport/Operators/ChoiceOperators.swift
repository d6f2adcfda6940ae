/// Operators that choose elements by indices: views or copies where these are known before the model runs.
enum ChoiceOperators {
    static let rules: [String: OperatorTable.Rule] = [
        "Gather": gather, "GatherElements": gatherElements, "GatherND": gatherElements,
    ]

    private static let gather: OperatorTable.Rule = { lowering, node, inputs in
        let (value, indices) = (try inputs.required(0), try inputs.required(1))
        let shape = lowering.shape(value)
        let axis = try lowering.axis(node.int("axis", default: 0), rank: shape.count)
        let result = shape[..<axis] + lowering.shape(indices) + shape[(axis + 1)...]
        guard let places = lowering.data(indices)?.integers else {
            return [try chosen(&lowering, from: value, by: indices, shape: Array(result))]
        }
        var positions: [Int] = []
        for place in places { positions.append(try lowering.axis(place, rank: shape[axis])) }
        let taken = try lowering.take(value, axis: axis, places: positions, why: "elements \(positions.prefix(4))")
        return [try lowering.reshape(taken, Array(result))]
    }

    private static let gatherElements: OperatorTable.Rule = { lowering, node, inputs in
        let (value, indices) = (try inputs.required(0), try inputs.required(1))
        let shapes = OperatorTable.shapes(of: node, [lowering.shape(value), lowering.shape(indices)])
        guard let shape = shapes.first ?? nil else { throw ImportFault("has indices that do not fit its data") }
        return [try chosen(&lowering, from: value, by: indices, shape: shape)]
    }

    /// What a table of indices chooses: a weight, or a copy in slow memory where the table alone is one.
    private static func chosen(
        _ lowering: inout Lowering, from value: ValueID, by indices: ValueID, shape: [Int]
    ) throws(ImportFault) -> ValueID {
        guard lowering.isConstant(indices) else {
            throw ImportFault("chooses rows by data, which only running the model tells")
        }
        _ = try Checked.product(shape)
        if lowering.isConstant(value) {
            return lowering.constant(named: lowering.node.outputs.first ?? lowering.node.name, shape: shape)
        }
        lowering.rearrange("elements that a table chooses are copied in slow memory")
        return try lowering.copied(from: [value], shape: shape)
    }
}

extension Lowering {
    /// These places of a dimension: a view where they are cut anyway, else a product with a unit vector, or a copy.
    mutating func take(
        _ value: ValueID, axis: Int, places: [Int], why: String
    ) throws(ImportFault) -> ValueID {
        let shape = self.shape(value)
        guard let first = places.first else { throw ImportFault("takes no elements") }
        let isRange = places == Array(first..<first + places.count)
        // Every piece becomes a matrix of its own: right for a few heads, not for one row of many.
        let isFew = shape[axis] <= 64
        if isConstant(value) || isFew || (isRange && places.count > 1) {
            return try pick(value, axis: axis, places: places)
        }
        if places.count == 1, shape.count <= 16 {
            let selector = derived(
                "one_hot", of: [], numbers: [Double(first), Double(shape[axis])], shape: [shape[axis]])
            let letters = shape.indices.map { Character(Unicode.Scalar(UInt8(97 + $0))) }
            var rest = letters
            rest.remove(at: axis)
            let before = multiplyAdds
            let row = try product([(selector, [letters[axis]]), (value, letters)], to: rest)
            count(multiplyAdds: before - multiplyAdds)
            var result = shape
            result[axis] = 1
            return try reshape(row, result)
        }
        rearrange("\(why) of a dimension are copied in slow memory")
        var result = shape
        result[axis] = places.count
        return try copied(from: [value], shape: result)
    }
}
