/// The operators that are known: adding one is adding an entry.
///
/// A rule makes the values that a node writes, in the order of its outputs; the shapes of what it makes are the shape
/// inference. It throws ``ImportFault`` where the node is at odds with its inputs or is of a kind that is not known;
/// the node then becomes a boundary.
enum OperatorTable {
    /// Lowers a node. `inputs` are those of the node; nil where an optional one is left out.
    typealias Rule = @Sendable (inout Lowering, Node, Inputs) throws -> [ValueID]

    /// All rules by operator, in groups that are one file each.
    static let rules: [String: Rule] = [
        ElementwiseOperators.rules, ProductOperators.rules, ReductionOperators.rules, NormalizationOperators.rules,
        ViewOperators.rules, ChoiceOperators.rules, ConvolutionOperators.rules, PoolingOperators.rules,
        AttentionOperators.rules,
    ].reduce(into: [:]) { all, group in all.merge(group) { first, _ in first } }

    /// Whether a node writes truth values.
    ///
    /// - Parameter truths: whether each input holds such.
    static func writesTruths(_ node: Node, _ truths: [Bool]) -> Bool {
        // 9 is BOOL in TensorProto.DataType.
        switch node.type {
        case "Equal", "Greater", "GreaterOrEqual", "Less", "LessOrEqual", "And", "Or", "Xor", "Not", "IsNaN", "IsInf":
            true
        case "Cast": node.int("to") == 9
        case "Constant", "ConstantOfShape": node.tensor("value")?.dataType == 9
        case "Where": truths.count > 1 && truths[1]
        case "Identity", "Reshape", "Flatten", "Squeeze", "Unsqueeze", "Transpose", "Expand", "Tile", "Concat", "Split",
            "Slice", "Gather", "GatherND", "GatherElements", "ScatterND", "ScatterElements", "Pad", "Trilu":
            truths.first ?? false
        default: false
        }
    }
}

/// The inputs of a node.
struct Inputs {
    let values: [ValueID?]
    /// Whether an input holds truth values, which arithmetic does not take.
    var truths: [Bool] = []

    func isTruth(_ index: Int) -> Bool { truths.indices.contains(index) && truths[index] }

    /// - Throws: ``ImportFault`` when the input is left out.
    func required(_ index: Int) throws(ImportFault) -> ValueID {
        guard let value = optional(index) else { throw ImportFault("lacks input \(index)") }
        return value
    }

    func optional(_ index: Int) -> ValueID? { values.indices.contains(index) ? values[index] : nil }

    /// All that are there.
    func all() throws(ImportFault) -> [ValueID] {
        let all = values.compactMap { $0 }
        guard !all.isEmpty else { throw ImportFault("has no inputs") }
        return all
    }
}

extension Lowering {
    /// A dimension counted from the end when it is negative.
    func axis(_ axis: Int, rank: Int) throws(ImportFault) -> Int {
        let place = axis < 0 ? axis &+ rank : axis
        guard (0..<rank).contains(place) else { throw ImportFault("names dimension \(axis) of \(rank)") }
        return place
    }

    /// Known integers of an input, such as axes.
    func integers(_ value: ValueID) throws(ImportFault) -> [Int] {
        guard let list = data(value)?.integers else {
            throw ImportFault("depends on \"\(graph[value].name.prefix(80))\", which only running the model tells")
        }
        return list
    }

    /// A value of rank `rank` that holds a vector along dimension `axis`.
    mutating func aligned(_ vector: ValueID, axis: Int, rank: Int) throws(ImportFault) -> ValueID {
        var shape = Array(repeating: 1, count: rank)
        shape[axis] = try Checked.product(self.shape(vector))
        return try reshape(vector, shape)
    }
}
