import Foundation

/// Computes nodes whose results are known before the model runs: shapes, and what is made of shapes.
enum ConstantFolding {
    /// A result, by value if it is small.
    struct Constant {
        let shape: [Int]
        var data: ConstantData?

        init(_ data: ConstantData) {
            shape = data.shape
            self.data = data
        }

        init(shape: [Int]) { self.shape = shape }
    }

    /// The results of a node; nil when they are not all known.
    ///
    /// - Throws: ``ImportFault`` when the node is at odds with its inputs.
    static func fold(
        _ node: Node, _ shapes: [[Int]?], _ data: [ConstantData?]
    ) throws(ImportFault) -> [Constant]? {
        guard node.domain.isEmpty else { return nil }
        switch node.type {
        case "Constant": return try constant(node).map { [$0] }
        case "Shape":
            guard let shape = shapes.first ?? nil else { return nil }
            let rank = shape.count
            func end(_ value: Int) -> Int { min(max(value < 0 ? value &+ rank : value, 0), rank) }
            let (start, stop) = (end(node.int("start", default: 0)), end(node.int("end", default: rank)))
            let part = start < stop ? Array(shape[start..<stop]) : []
            return [Constant(ConstantData(shape: [part.count], integers: part))]
        case "Size":
            guard let shape = shapes.first ?? nil else { return nil }
            return [Constant(ConstantData(shape: [], integers: [try Checked.product(shape)]))]
        case "ConstantOfShape":
            guard let sides = data.first??.integers else { return nil }
            guard sides.count <= 16 else { throw ImportFault("makes a tensor of \(sides.count) dimensions") }
            let count = try Checked.product(sides)
            guard count <= ConstantData.largestCount else { return [Constant(shape: sides)] }
            let value = try node.tensor("value")?.constant()
            let filled = value ?? ConstantData(shape: [1], reals: [0])
            guard filled.elements.count == 1 else { throw ImportFault("has a value that is not one element") }
            return [Constant(filled.picking(Array(repeating: 0, count: count), shape: sides))]
        default: break
        }
        guard let rule = rules[node.type], !data.isEmpty else { return nil }
        let known = data.compactMap { $0 }
        guard known.count == data.count else { return nil }
        do {
            return try rule(node, known).map { [Constant($0)] }
        } catch {
            throw error as? ImportFault ?? ImportFault("\(error)")
        }
    }

    private static func constant(_ node: Node) throws(ImportFault) -> Constant? {
        if let tensor = node.tensor("value") {
            guard let data = try tensor.constant() else { return Constant(shape: try tensor.shape()) }
            return Constant(data)
        }
        if let value = node.int("value_int") { return Constant(ConstantData(shape: [], integers: [value])) }
        if let value = node.real("value_float") { return Constant(ConstantData(shape: [], reals: [value])) }
        if let list = node.ints("value_ints") { return Constant(ConstantData(shape: [list.count], integers: list)) }
        if let list = node.reals("value_floats") { return Constant(ConstantData(shape: [list.count], reals: list)) }
        return nil
    }

    private typealias Rule = @Sendable (Node, [ConstantData]) throws -> ConstantData?

    /// Operators on known elements. Views (Slice, Gather, Concat ...) fold where they are lowered.
    private static let rules: [String: Rule] = [
        "Add": { _, inputs in try binary(inputs, { $0.addingReportingOverflow($1) }, +) },
        "Sub": { _, inputs in try binary(inputs, { $0.subtractingReportingOverflow($1) }, -) },
        "Mul": { _, inputs in try binary(inputs, { $0.multipliedReportingOverflow(by: $1) }, *) },
        "Div": { _, inputs in try binary(inputs, { $0.dividedReportingOverflow(by: $1) }, /) },
        "Mod": { _, inputs in
            try binary(
                inputs,
                { a, b in
                    let (rest, overflow) = a.remainderReportingOverflow(dividingBy: b)
                    return (rest != 0 && (rest < 0) != (b < 0) ? rest &+ b : rest, overflow)
                }, { $0 - $1 * ($0 / $1).rounded(.down) })
        },
        "Max": { _, inputs in try binary(inputs, { (max($0, $1), false) }, max) },
        "Min": { _, inputs in try binary(inputs, { (min($0, $1), false) }, min) },
        "Pow": { _, inputs in try binary(inputs, { power($0, $1) }, { pow($0, $1) }) },
        "Equal": { _, inputs in try comparison(inputs, ==) },
        "Greater": { _, inputs in try comparison(inputs, >) },
        "GreaterOrEqual": { _, inputs in try comparison(inputs, >=) },
        "Less": { _, inputs in try comparison(inputs, <) },
        "LessOrEqual": { _, inputs in try comparison(inputs, <=) },
        "And": { _, inputs in try comparison(inputs) { $0 != 0 && $1 != 0 } },
        "Or": { _, inputs in try comparison(inputs) { $0 != 0 || $1 != 0 } },
        "Not": { _, inputs in
            inputs[0].integers.map { ConstantData(shape: inputs[0].shape, integers: $0.map { $0 == 0 ? 1 : 0 }) }
        },
        "Neg": { _, inputs in unary(inputs[0], { 0 &- $0 }, { -$0 }) },
        "Abs": { _, inputs in unary(inputs[0], { Int(clamping: $0.magnitude) }, abs) },
        "Sqrt": { _, inputs in ConstantData(shape: inputs[0].shape, reals: inputs[0].reals.map { $0.squareRoot() }) },
        "Log": { _, inputs in ConstantData(shape: inputs[0].shape, reals: inputs[0].reals.map { log($0) }) },
        "Exp": { _, inputs in ConstantData(shape: inputs[0].shape, reals: inputs[0].reals.map { exp($0) }) },
        "Reciprocal": { _, inputs in ConstantData(shape: inputs[0].shape, reals: inputs[0].reals.map { 1 / $0 }) },
        "Floor": { _, inputs in unary(inputs[0], { $0 }, { $0.rounded(.down) }) },
        "Ceil": { _, inputs in unary(inputs[0], { $0 }, { $0.rounded(.up) }) },
        "Cast": { node, inputs in
            // Types by number as in TensorProto.DataType: floating-point ones are 1, 10, 11 and 16.
            let isReal = [1, 10, 11, 16].contains(node.int("to", default: 1))
            if isReal { return ConstantData(shape: inputs[0].shape, reals: inputs[0].reals) }
            let whole = inputs[0].reals.compactMap { Int(exactly: $0.rounded(.towardZero)) }
            if case .integers = inputs[0].elements { return inputs[0] }
            return whole.count == inputs[0].elements.count
                ? ConstantData(shape: inputs[0].shape, integers: whole) : nil
        },
        "Range": { _, inputs in
            guard inputs.count == 3, let start = inputs[0].integers?.first, let end = inputs[1].integers?.first,
                let step = inputs[2].integers?.first, step != 0
            else { return nil }
            let list = Array(stride(from: start, to: end, by: step).prefix(ConstantData.largestCount + 1))
            return list.count <= ConstantData.largestCount
                ? ConstantData(shape: [list.count], integers: list) : nil
        },
        "Concat": { node, inputs in
            // Of vectors only: shapes are.
            guard inputs.allSatisfy({ $0.shape.count == 1 }) else { return nil }
            let integers = inputs.compactMap(\.integers)
            let count = inputs.reduce(0) { $0 + $1.elements.count }
            guard count <= ConstantData.largestCount else { return nil }
            return integers.count == inputs.count
                ? ConstantData(shape: [count], integers: integers.flatMap { $0 })
                : ConstantData(shape: [count], reals: inputs.flatMap(\.reals))
        },
        "NonZero": { _, inputs in
            // Older exporters write arange in this way.
            let (shape, elements) = (inputs[0].shape, inputs[0].reals)
            let places = elements.indices.filter { elements[$0] != 0 }
            guard !shape.isEmpty, !places.isEmpty, places.count * shape.count <= ConstantData.largestCount else {
                return nil
            }
            var rows: [[Int]] = []
            var inner = 1
            for side in shape.reversed() {
                rows.insert(places.map { $0 / inner % side }, at: 0)
                inner *= side
            }
            return ConstantData(shape: [shape.count, places.count], integers: rows.flatMap { $0 })
        },
        "ReduceProd": { _, inputs in
            guard inputs.count == 1, let list = inputs[0].integers, inputs[0].shape.count <= 1 else { return nil }
            var product = 1
            for factor in list { product = product.multipliedReportingOverflow(by: factor).partialValue }
            return ConstantData(shape: [], integers: [product])
        },
        "Expand": { _, inputs in
            guard inputs.count == 2, let sides = inputs[1].integers, inputs[0].elements.count == 1, sides.count <= 16
            else { return nil }
            let shape = try Lowering.broadcast(inputs[0].shape, sides)
            let count = try Checked.product(shape)
            return count <= ConstantData.largestCount
                ? inputs[0].picking(Array(repeating: 0, count: count), shape: shape) : nil
        },
        "Where": { _, inputs in
            guard inputs.count == 3, let condition = inputs[0].integers else { return nil }
            let shape = try Lowering.broadcast(
                try Lowering.broadcast(inputs[0].shape, inputs[1].shape), inputs[2].shape)
            guard try Checked.product(shape) <= ConstantData.largestCount else { return nil }
            let chosen = places(inputs[0].shape, in: shape)
            let (first, second) = (places(inputs[1].shape, in: shape), places(inputs[2].shape, in: shape))
            let isFirst = chosen.map { condition[$0] != 0 }
            if let yes = inputs[1].integers, let no = inputs[2].integers {
                return ConstantData(
                    shape: shape, integers: isFirst.indices.map { isFirst[$0] ? yes[first[$0]] : no[second[$0]] })
            }
            let (yes, no) = (inputs[1].reals, inputs[2].reals)
            return ConstantData(
                shape: shape, reals: isFirst.indices.map { isFirst[$0] ? yes[first[$0]] : no[second[$0]] })
        },
    ]

    private static func unary(
        _ input: ConstantData, _ integers: (Int) -> Int, _ reals: (Double) -> Double
    ) -> ConstantData {
        switch input.elements {
        case .integers(let list): ConstantData(shape: input.shape, integers: list.map(integers))
        case .reals(let list): ConstantData(shape: input.shape, reals: list.map(reals))
        }
    }

    /// Of equal shapes, or with one element on one side: shapes need no more.
    private static func binary(
        _ inputs: [ConstantData], _ integers: (Int, Int) -> (Int, Bool), _ reals: (Double, Double) -> Double
    ) throws(ImportFault) -> ConstantData? {
        guard inputs.count == 2, let (shape, places) = try pairs(inputs) else { return nil }
        if case .integers(let left) = inputs[0].elements, case .integers(let right) = inputs[1].elements {
            var result: [Int] = []
            for (a, b) in places {
                let (value, overflow) = integers(left[a], right[b])
                if overflow { return nil }
                result.append(value)
            }
            return ConstantData(shape: shape, integers: result)
        }
        let (left, right) = (inputs[0].reals, inputs[1].reals)
        return ConstantData(shape: shape, reals: places.map { reals(left[$0.0], right[$0.1]) })
    }

    private static func comparison(
        _ inputs: [ConstantData], _ compare: (Double, Double) -> Bool
    ) throws(ImportFault) -> ConstantData? {
        guard inputs.count == 2, let (shape, places) = try pairs(inputs) else { return nil }
        let (left, right) = (inputs[0].reals, inputs[1].reals)
        return ConstantData(shape: shape, integers: places.map { compare(left[$0.0], right[$0.1]) ? 1 : 0 })
    }

    /// The elements that meet under broadcasting, by their places; nil for too many.
    private static func pairs(_ inputs: [ConstantData]) throws(ImportFault) -> ([Int], [(Int, Int)])? {
        let shape = try Lowering.broadcast(inputs[0].shape, inputs[1].shape)
        guard try Checked.product(shape) <= ConstantData.largestCount else { return nil }
        return (shape, Array(zip(places(inputs[0].shape, in: shape), places(inputs[1].shape, in: shape))))
    }

    /// For each element of a shape, row by row, its place in an operand that is broadcast to it.
    private static func places(_ operand: [Int], in shape: [Int]) -> [Int] {
        let padded = Array(repeating: 1, count: shape.count - operand.count) + operand
        var result = [0]
        for axis in shape.indices {
            result = result.flatMap { base in
                (0..<shape[axis]).map { base * padded[axis] + (padded[axis] == 1 ? 0 : $0) }
            }
        }
        return result
    }

    private static func power(_ base: Int, _ exponent: Int) -> (Int, Bool) {
        guard exponent >= 0 else { return (0, true) }
        var result = 1
        for _ in 0..<min(exponent, 64) {
            let (next, overflow) = result.multipliedReportingOverflow(by: base)
            if overflow { return (0, true) }
            result = next
        }
        return (result, exponent > 64 && abs(base) > 1)
    }
}
