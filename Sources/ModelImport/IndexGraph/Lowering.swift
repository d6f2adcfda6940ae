/// Builds an ``IndexGraph`` node by node; operators' rules call it (see ``OperatorTable``).
struct Lowering {
    private(set) var graph = IndexGraph()
    /// What became of the node that is being lowered.
    private(set) var approximations: [String] = []
    /// What the node that is being lowered reads in another order than it is stored in.
    private(set) var rearrangements: [String] = []
    /// Multiply-adds of the node that is being lowered.
    private(set) var multiplyAdds = 0.0
    /// The node that is being lowered.
    private(set) var node: Node
    /// Ops and gathers before it.
    private var start = (ops: 0, gathers: 0)

    init(first node: Node) { self.node = node }

    // MARK: Nodes

    mutating func begin(_ node: Node) {
        self.node = node
        approximations = []
        rearrangements = []
        multiplyAdds = 0
        start = (graph.ops.count, gathers.count)
    }

    /// Takes back what was made of the node until its rule failed.
    mutating func abandon() {
        graph.removeOps(from: start.ops)
        gathers.removeSubrange(start.gathers...)
        begin(node)
    }

    /// Says that the node is not lowered exactly, and why.
    mutating func approximate(_ reason: String) {
        if !approximations.contains(reason) { approximations.append(reason) }
    }

    /// Says that elements are copied to another place in slow memory before the node's ops read them.
    mutating func rearrange(_ reason: String) {
        if !rearrangements.contains(reason) { rearrangements.append(reason) }
    }

    /// Turns the node's results into constants, which are computed before the model runs.
    mutating func makeConstant(_ outputs: [ValueID], opsBefore: Int) -> [ValueID] {
        graph.removeOps(from: opsBefore)
        multiplyAdds = 0
        return outputs.map { output in
            let value = graph[output]
            return constant(named: value.name, shape: value.shape, data: value.data)
        }
    }

    mutating func rename(_ value: ValueID, _ name: String) { graph.rename(value, name) }

    // MARK: Values

    func shape(_ value: ValueID) -> [Int] { graph[value].shape }

    func data(_ value: ValueID) -> ConstantData? { graph[value].data }

    func isConstant(_ value: ValueID) -> Bool { graph[value].isConstant }

    /// A tensor from outside that is not constant.
    mutating func leaf(_ origin: TensorOrigin, name: String, shape: [Int]) -> ValueID {
        graph.add(IndexGraph.Value(name: name, shape: shape, source: .leaf(origin)))
    }

    /// A weight, or what is computed from weights alone.
    mutating func constant(named name: String, shape: [Int], data: ConstantData? = nil) -> ValueID {
        graph.add(
            IndexGraph.Value(name: name, shape: shape, source: .leaf(.model(name)), isConstant: true, data: data))
    }

    /// A weight that is computed beforehand from weights of the model.
    mutating func derived(
        _ function: String, of names: [String], numbers: [Double] = [], shape: [Int]
    ) -> ValueID {
        graph.add(
            IndexGraph.Value(
                name: "\(node.name)/\(function)", shape: shape,
                source: .leaf(.derived(function: function, of: names, numbers: numbers)), isConstant: true))
    }

    mutating func number(_ value: Double) -> ValueID {
        graph.add(
            IndexGraph.Value(
                name: "\(node.name)/\(value)", shape: [], source: .leaf(.number(value)), isConstant: true,
                data: ConstantData(shape: [], reals: [value])))
    }

    /// What the node writes, as a copy in slow memory of elements of these values; no op links the two.
    mutating func copied(from values: [ValueID], shape: [Int]) throws(ImportFault) -> ValueID {
        _ = try Checked.product(shape)
        gathers += values
        let name = node.outputs.first ?? node.name
        return graph.add(
            IndexGraph.Value(name: name, shape: shape, source: .leaf(.boundary(name)), node: node.index))
    }

    /// A tensor that another layout of a value has in slow memory; the two are linked by no op.
    mutating func gathered(from values: [ValueID], name: String, shape: [Int]) throws(ImportFault) -> ValueID {
        _ = try Checked.product(shape)
        gathers += values
        let origin = TensorOrigin.gathered(values.first.map { graph[$0].name } ?? name)
        return graph.add(IndexGraph.Value(name: name, shape: shape, source: .leaf(origin), node: node.index))
    }

    /// True for an input of the model.
    func isInput(_ value: ValueID) -> Bool {
        if case .leaf(.model) = graph[value].source { return true }
        return false
    }

    /// An input of the model laid out by patches: [batch, groups, channels, places in the patch, patches].
    mutating func patches(of value: ValueID, kernel: [Int], shape: [Int]) -> ValueID {
        let origin = TensorOrigin.patches(graph[value].name, kernel: kernel)
        return graph.add(IndexGraph.Value(name: "\(graph[value].name)/patches", shape: shape, source: .leaf(origin)))
    }

    /// Values that have to be in slow memory because they are gathered from there.
    private(set) var gathers: [ValueID] = []

    // MARK: Ops

    /// An element-by-element op with the broadcasting of ONNX.
    mutating func map(_ function: String, _ inputs: [ValueID], part: String = "") throws(ImportFault) -> ValueID {
        assert(OpFunction.maps[function] != nil, "\(function) is not among the functions of maps")
        if let wanted = OpFunction.maps[function] ?? nil, wanted != inputs.count {
            throw ImportFault("has \(inputs.count) inputs where \(wanted) are known")
        }
        var shape: [Int] = []
        for input in inputs { shape = try Self.broadcast(shape, self.shape(input)) }
        let rank = shape.count
        let operands = inputs.map { input in
            let sides = self.shape(input)
            let shift = rank - sides.count
            let indices = sides.indices.map { sides[$0] == 1 ? nil : Optional($0 + shift) }
            return IndexedOp.Operand(value: owned(input), indices: indices)
        }
        _ = try Checked.product(shape)
        let op = IndexedOp(
            node: node.index, part: part, function: function, inputs: operands, output: ValueID(index: 0),
            outputIndices: shape.indices.map { shape[$0] == 1 ? nil : $0 }, extents: shape, reduced: [],
            isProduct: false)
        return graph.add(op, name: name(part), shape: shape)
    }

    /// A reduction of one dimension, which stays with length one.
    mutating func reduce(
        _ function: String, _ input: ValueID, axis: Int, part: String = ""
    ) throws(ImportFault) -> ValueID {
        let shape = self.shape(input)
        var result = shape
        result[axis] = 1
        let indices = shape.indices.map { shape[$0] == 1 ? nil : Optional($0) }
        let op = IndexedOp(
            node: node.index, part: part, function: function,
            inputs: [IndexedOp.Operand(value: input, indices: indices)], output: ValueID(index: 0),
            outputIndices: shape.indices.map { shape[$0] == 1 || $0 == axis ? nil : $0 }, extents: shape,
            reduced: [axis], isProduct: false)
        return graph.add(op, name: name(part), shape: result)
    }

    /// A sum of products: indices are letters, those that the output lacks are summed.
    ///
    /// - Parameter copies: how often the product is computed with other weights of the same shape, as the taps of a
    ///   convolution are.
    mutating func product(
        _ inputs: [(value: ValueID, letters: [Character])], to output: [Character], function: String? = nil,
        part: String = "", copies: Int = 1
    ) throws(ImportFault) -> ValueID {
        var extents: [Int] = []
        var order: [Character] = []
        for (value, letters) in inputs {
            let shape = self.shape(value)
            guard shape.count == letters.count else { throw ImportFault("has operands of unexpected rank") }
            for (letter, side) in zip(letters, shape) {
                guard let known = order.firstIndex(of: letter) else {
                    order.append(letter)
                    extents.append(side)
                    continue
                }
                guard side == extents[known] || side == 1 || extents[known] == 1 else {
                    throw ImportFault("has operands whose shapes do not agree (\(extents[known]) and \(side))")
                }
                extents[known] = max(extents[known], side)
            }
        }
        guard output.allSatisfy(order.contains) else { throw ImportFault("has an output index that no operand has") }
        func indices(_ letters: [Character], _ shape: [Int]) -> [Int?] {
            zip(letters, shape).map { $1 == 1 ? nil : order.firstIndex(of: $0) }
        }
        let shape = output.map { letter in extents[order.firstIndex(of: letter) ?? 0] }
        _ = try Checked.product(shape)
        let operands = inputs.map {
            IndexedOp.Operand(value: $0.value, indices: indices($0.letters, self.shape($0.value)))
        }
        let op = IndexedOp(
            node: node.index, part: part, function: function, inputs: operands, output: ValueID(index: 0),
            outputIndices: indices(output, shape), extents: extents,
            reduced: order.indices.filter { !output.contains(order[$0]) && extents[$0] > 1 }, isProduct: true)
        multiplyAdds += extents.reduce(Double(copies)) { $0 * Double($1) }
        return graph.add(op, name: name(part), shape: shape)
    }

    /// Counts multiply-adds that are no product, such as those of a depthwise convolution.
    mutating func count(multiplyAdds count: Double) { multiplyAdds += count }

    /// A scalar belongs to the op that reads it, as an immediate does: it must not connect ops that share nothing else.
    private mutating func owned(_ value: ValueID) -> ValueID {
        let known = graph[value]
        guard known.isConstant, known.shape.allSatisfy({ $0 == 1 }), case .leaf = known.source else { return value }
        return graph.add(known)
    }

    private func name(_ part: String) -> String { part.isEmpty ? node.name : "\(node.name)/\(part)" }

    static func broadcast(_ left: [Int], _ right: [Int]) throws(ImportFault) -> [Int] {
        let rank = max(left.count, right.count)
        var result: [Int] = []
        for axis in 0..<rank {
            let a = axis < rank - left.count ? 1 : left[axis - (rank - left.count)]
            let b = axis < rank - right.count ? 1 : right[axis - (rank - right.count)]
            guard a == b || a == 1 || b == 1 else {
                throw ImportFault("has operands of shapes \(left) and \(right), which do not broadcast")
            }
            result.append(a == 1 ? b : a)
        }
        return result
    }
}

// MARK: Views

extension Lowering {
    private mutating func view(_ view: View, of source: ValueID, shape: [Int], places: [Int]?) -> ValueID {
        var value = IndexGraph.Value(name: graph[source].name, shape: shape, source: .view(view), node: node.index)
        value.isConstant = view.values.allSatisfy { graph[$0].isConstant }
        if let places, let data = graph[source].data { value.data = data.picking(places, shape: shape) }
        return graph.add(value)
    }

    mutating func transpose(_ value: ValueID, _ order: [Int]) throws(ImportFault) -> ValueID {
        let shape = self.shape(value)
        guard order.sorted() == Array(shape.indices) else {
            throw ImportFault("has a permutation \(order) that is none")
        }
        if order == Array(shape.indices) { return value }
        return view(
            .transpose(value, order: order), of: value, shape: order.map { shape[$0] },
            places: data(value).map { _ in Strided(shape).transposed(order).places })
    }

    mutating func reshape(_ value: ValueID, _ shape: [Int]) throws(ImportFault) -> ValueID {
        let old = self.shape(value)
        if old == shape { return value }
        guard try Checked.product(shape) == Checked.product(old) else {
            throw ImportFault("reshapes \(old) to \(shape), which has another number of elements")
        }
        return view(.reshape(value), of: value, shape: shape, places: data(value).map { Array(0..<$0.elements.count) })
    }

    mutating func slice(_ value: ValueID, axis: Int, start: Int, length: Int) throws(ImportFault) -> ValueID {
        var shape = self.shape(value)
        guard shape.indices.contains(axis), start >= 0, length > 0, start <= shape[axis] - length else {
            throw ImportFault("takes elements \(start) to \(start &+ length) of a dimension that lacks them")
        }
        if length == shape[axis] { return value }
        let places = data(value).map { _ in Strided(shape).picking(axis, Array(start..<start + length)).places }
        shape[axis] = length
        return view(.slice(value, axis: axis, start: start), of: value, shape: shape, places: places)
    }

    mutating func pick(_ value: ValueID, axis: Int, places: [Int]) throws(ImportFault) -> ValueID {
        guard let first = places.first else { throw ImportFault("takes no elements") }
        let shape = self.shape(value)
        guard places.allSatisfy({ (0..<shape[axis]).contains($0) }) else {
            throw ImportFault("takes elements of a dimension that lacks them")
        }
        if places == Array(first..<first + places.count) {
            return try slice(value, axis: axis, start: first, length: places.count)
        }
        var picked = shape
        picked[axis] = places.count
        return view(
            .pick(value, axis: axis, places: places), of: value, shape: picked,
            places: data(value).map { _ in Strided(shape).picking(axis, places).places })
    }

    mutating func concat(_ values: [ValueID], axis: Int) throws(ImportFault) -> ValueID {
        let parts = values.filter { !self.shape($0).contains(0) }
        guard let first = parts.first else { throw ImportFault("joins nothing") }
        if parts.count == 1 { return first }
        var shape = self.shape(first)
        for part in parts.dropFirst() {
            let other = self.shape(part)
            guard other.count == shape.count,
                other.indices.allSatisfy({ $0 == axis || other[$0] == shape[$0] })
            else { throw ImportFault("joins tensors whose shapes do not agree") }
            shape[axis] += other[axis]
        }
        _ = try Checked.product(shape)
        return view(.concat(parts, axis: axis), of: first, shape: shape, places: nil)
    }

    mutating func expand(_ value: ValueID, _ shape: [Int]) throws(ImportFault) -> ValueID {
        let target = try Self.broadcast(self.shape(value), shape)
        _ = try Checked.product(target)
        let padded = Array(repeating: 1, count: target.count - self.shape(value).count) + self.shape(value)
        let source = try reshape(value, padded)
        return padded == target ? source : view(.expand(source), of: source, shape: target, places: nil)
    }

    /// The value with this dimension of length one left out.
    mutating func squeeze(_ value: ValueID, axis: Int) throws(ImportFault) -> ValueID {
        var shape = self.shape(value)
        shape.remove(at: axis)
        return try reshape(value, shape)
    }
}
