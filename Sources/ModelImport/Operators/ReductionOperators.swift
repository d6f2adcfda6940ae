/// Operators that reduce dimensions, and those that consist of a reduction and maps.
enum ReductionOperators {
    /// How an operator reduces one dimension, those after it, and what comes last.
    private struct Stages {
        let first: String
        let rest: String
        var finish: String?
        /// The name of the reduction with its finish, when there is one dimension.
        var whole: String?
    }

    private static let stages: [String: Stages] = [
        "ReduceSum": Stages(first: "sum", rest: "sum"), "ReduceMean": Stages(first: "mean", rest: "mean"),
        "ReduceMax": Stages(first: "max", rest: "max"), "ReduceMin": Stages(first: "min", rest: "min"),
        "ReduceProd": Stages(first: "product", rest: "product"), "ReduceL1": Stages(first: "norm1", rest: "sum"),
        "ReduceSumSquare": Stages(first: "sum_square", rest: "sum"),
        "ReduceL2": Stages(first: "sum_square", rest: "sum", finish: "sqrt", whole: "norm2"),
        "ReduceLogSum": Stages(first: "sum", rest: "sum", finish: "log", whole: "log_sum"),
        "ReduceLogSumExp": Stages(first: "sum_exp", rest: "sum", finish: "log", whole: "log_sum_exp"),
    ]

    static let rules: [String: OperatorTable.Rule] = {
        var rules: [String: OperatorTable.Rule] = [
            "Softmax": { lowering, node, inputs in
                [try softmax(&lowering, node, try inputs.required(0), isLogarithm: false)]
            },
            "LogSoftmax": { lowering, node, inputs in
                [try softmax(&lowering, node, try inputs.required(0), isLogarithm: true)]
            },
        ]
        for (type, stages) in stages { rules[type] = rule(stages) }
        return rules
    }()

    private static func rule(_ stages: Stages) -> OperatorTable.Rule {
        { lowering, node, inputs in
            let value = try inputs.required(0)
            let shape = lowering.shape(value)
            var axes = node.ints("axes") ?? []
            if let other = inputs.optional(1) { axes = try lowering.integers(other) }
            if axes.isEmpty {
                if node.int("noop_with_empty_axes", default: 0) != 0 { return [value] }
                axes = Array(shape.indices)
            }
            var places: Set<Int> = []
            for axis in axes { places.insert(try lowering.axis(axis, rank: shape.count)) }
            let keepsDimensions = node.int("keepdims", default: 1) != 0
            let result = shape.indices.filter { keepsDimensions || !places.contains($0) }
                .map { places.contains($0) ? 1 : shape[$0] }
            return [try lowering.reduce(value, places, stages.first, stages.rest, stages.finish, stages.whole, result)]
        }
    }

    /// Before opset 13 a softmax saw its input as a matrix, with all dimensions from `axis` on as columns.
    private static func softmax(
        _ lowering: inout Lowering, _ node: Node, _ value: ValueID, isLogarithm: Bool
    ) throws(ImportFault) -> ValueID {
        func body(
            _ lowering: inout Lowering, _ value: ValueID, _ axis: Int
        ) throws(ImportFault) -> ValueID {
            isLogarithm ? try lowering.logSoftmax(value, axis: axis) : try lowering.softmax(value, axis: axis)
        }
        let shape = lowering.shape(value)
        if node.opset >= 13 {
            return try body(&lowering, value, try lowering.axis(node.int("axis", default: -1), rank: shape.count))
        }
        let axis = try lowering.axis(node.int("axis", default: 1), rank: shape.count)
        if axis == shape.count - 1 { return try body(&lowering, value, axis) }
        let matrix = [try Checked.product(shape[..<axis]), try Checked.product(shape[axis...])]
        return try lowering.reshape(try body(&lowering, try lowering.reshape(value, matrix), 1), shape)
    }
}

extension Lowering {
    /// Reduces dimensions one after the other, the pixels of an image at once.
    fileprivate mutating func reduce(
        _ value: ValueID, _ axes: Set<Int>, _ first: String, _ rest: String, _ finish: String?, _ whole: String?,
        _ result: [Int]
    ) throws(ImportFault) -> ValueID {
        let shape = self.shape(value)
        // The pixels of an image are one dimension wherever they can be.
        let isImage = shape.count >= 4 && axes == Set(2..<shape.count)
        var sides: [(length: Int, isReduced: Bool)] = []
        for (axis, length) in shape.enumerated() where length > 1 {
            if isImage, axes.contains(axis), let last = sides.last, last.isReduced {
                sides[sides.count - 1].length *= length
            } else {
                sides.append((length, axes.contains(axis)))
            }
        }
        // Reducing one element is what is left where all dimensions to reduce have length one.
        if !sides.contains(where: \.isReduced) { sides.append((1, true)) }
        var current = try reshape(value, sides.map(\.length))
        let places = sides.indices.filter { sides[$0].isReduced }
        if places.count == 1, let whole {
            return try reshape(try reduce(whole, current, axis: places[0]), result)
        }
        for (number, axis) in places.enumerated() {
            let isLast = number == places.count - 1 && finish == nil
            current = try reduce(
                number == 0 ? first : rest, current, axis: axis, part: isLast ? "" : "part \(number)")
        }
        if let finish { current = try map(finish, [current]) }
        return try reshape(current, result)
    }

    /// exp(x - max) / sum of exp(x - max).
    mutating func softmax(_ value: ValueID, axis: Int) throws(ImportFault) -> ValueID {
        let maximum = try reduce("max", value, axis: axis, part: "max")
        let exponentials = try map("exp_sub", [value, maximum], part: "exp")
        let sum = try reduce("sum", exponentials, axis: axis, part: "sum")
        return try map("div", [exponentials, sum])
    }

    /// x - max - log(sum of exp(x - max)).
    mutating func logSoftmax(_ value: ValueID, axis: Int) throws(ImportFault) -> ValueID {
        let maximum = try reduce("max", value, axis: axis, part: "max")
        let shifted = try map("sub", [value, maximum], part: "sub")
        let sum = try reduce("sum_exp", shifted, axis: axis, part: "sum")
        return try map("sub_log", [shifted, sum])
    }
}
