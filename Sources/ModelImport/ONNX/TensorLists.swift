/// Lists of tensors, which some exporters write where they split and join: who takes one is a view of its tensors.
struct TensorLists {
    /// Tensors that a list may have.
    private static let longest = 4096

    private var lists: [String: [ValueID]] = [:]

    /// The tensors that a node on lists writes, none where it writes a list; nil for any other node.
    mutating func lower(
        _ node: Node, _ values: [String: ValueID], _ lowering: inout Lowering
    ) throws(ImportFault) -> [ValueID]? {
        switch node.type {
        case "SequenceConstruct":
            var list: [ValueID] = []
            for name in node.inputs { list.append(try Self.tensor(name, values)) }
            write(list, node)
            return []
        case "SplitToSequence":
            write(try Self.split(node, values, &lowering), node)
            return []
        case "SequenceAt":
            let list = try read(node)
            guard node.inputs.count > 1 else { throw ImportFault("lacks input 1") }
            let given = try lowering.integers(try Self.tensor(node.inputs[1], values))
            guard let first = given.first else { throw ImportFault("takes no element") }
            return [list[try lowering.axis(first, rank: list.count)]]
        case "SequenceLength":
            let count = ConstantData(shape: [], integers: [try read(node).count])
            return [lowering.constant(named: node.outputs.first ?? node.name, shape: [], data: count)]
        case "ConcatFromSequence":
            return [try Self.join(try read(node), node, &lowering)]
        default: return nil
        }
    }

    private mutating func write(_ list: [ValueID], _ node: Node) {
        if let name = node.outputs.first { lists[name] = list }
    }

    private func read(_ node: Node) throws(ImportFault) -> [ValueID] {
        guard let list = node.inputs.first.flatMap({ lists[$0] }) else {
            throw ImportFault("reads a list whose tensors are not known")
        }
        return list
    }

    private static func tensor(_ name: String, _ values: [String: ValueID]) throws(ImportFault) -> ValueID {
        guard let value = values[name] else {
            throw ImportFault("reads \"\(name.prefix(80))\", whose shape is not known")
        }
        return value
    }

    /// Pieces of one length, of the lengths given, or of one element, then without that dimension unless it is kept.
    private static func split(
        _ node: Node, _ values: [String: ValueID], _ lowering: inout Lowering
    ) throws(ImportFault) -> [ValueID] {
        let value = try tensor(node.inputs.first ?? "", values)
        let shape = lowering.shape(value)
        let axis = try lowering.axis(node.int("axis", default: 0), rank: shape.count)
        var lengths: [Int]
        var isSqueezed = false
        if node.inputs.count > 1, !node.inputs[1].isEmpty {
            let given = try tensor(node.inputs[1], values)
            lengths = try lowering.integers(given)
            if lowering.shape(given).isEmpty, let length = lengths.first {
                guard length > 0, shape[axis] / length < longest else {
                    throw ImportFault("splits into pieces of \(length)")
                }
                lengths = stride(from: 0, to: shape[axis], by: length).map { min(length, shape[axis] - $0) }
            }
        } else {
            guard shape[axis] <= longest else { throw ImportFault("splits into \(shape[axis]) parts") }
            lengths = Array(repeating: 1, count: shape[axis])
            isSqueezed = node.int("keepdims", default: 1) == 0
        }
        guard lengths.count <= longest else { throw ImportFault("splits into \(lengths.count) parts") }
        var start = 0
        var list: [ValueID] = []
        for length in lengths {
            let part = try lowering.slice(value, axis: axis, start: start, length: length)
            list.append(isSqueezed ? try lowering.squeeze(part, axis: axis) : part)
            start += length
        }
        return list
    }

    private static func join(
        _ list: [ValueID], _ node: Node, _ lowering: inout Lowering
    ) throws(ImportFault) -> ValueID {
        guard let first = list.first else { throw ImportFault("joins nothing") }
        let rank = lowering.shape(first).count
        let given = node.int("axis", default: 0)
        guard node.int("new_axis", default: 0) != 0 else {
            guard list.allSatisfy({ lowering.shape($0).count == rank }) else { throw ImportFault("joins other ranks") }
            return try lowering.concat(list, axis: try lowering.axis(given, rank: rank))
        }
        let axis = try lowering.axis(given, rank: rank + 1)
        var stacked: [ValueID] = []
        for value in list {
            var shape = lowering.shape(value)
            guard shape.count == rank else { throw ImportFault("joins other ranks") }
            shape.insert(1, at: axis)
            stacked.append(try lowering.reshape(value, shape))
        }
        return try lowering.concat(stacked, axis: axis)
    }
}
