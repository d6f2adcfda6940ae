/// Cuts the dimensions of all values so that every piece of every value is one whole matrix.
///
/// A problem's ops read whole tensors of two dimensions. Here every dimension of a value becomes *batch* (cut between
/// all elements, so that it counts matrices), or stays *live*, in as many pieces as views and ops ask for. At most two
/// groups of live dimensions are left in a value: the rows and the columns of its matrices. Adjacent dimensions form
/// one group when no value separates them.
///
/// Cuts are demanded by views (a slice ends where its piece ends) and spread to all dimensions that carry the same
/// index, so that a product that is only read in column blocks is computed in blocks, from blocks of its weights.
struct Partition {
    let graph: IndexGraph
    /// The values that the results depend on, by ``ValueID/index``.
    let isNeeded: [Bool]
    private(set) var classes: DimensionClasses
    /// The id of each value's first dimension.
    private let offsets: [Int]
    /// Whether a dimension has elements of its own: a repeated one has not.
    private var isStored: [Bool]
    private var relations: [(relation: DimensionRelation, node: Int?)] = []
    private var sides: SideGroups

    /// - Throws: ``PartitionFault`` that names the node at which no partition is left.
    init(_ graph: IndexGraph, results: [ValueID]) throws(PartitionFault) {
        self.graph = graph
        isNeeded = Self.needed(graph, results)
        var offsets: [Int] = []
        var extents: [Int] = []
        for value in graph.values {
            offsets.append(extents.count)
            extents += value.shape
        }
        self.offsets = offsets
        classes = DimensionClasses(extents: extents)
        isStored = Array(repeating: true, count: extents.count)
        sides = SideGroups(count: extents.count)
        for op in graph.ops where isNeeded[op.output.index] { uniteIndices(of: op) }
        for index in graph.values.indices where isNeeded[index] { relate(ValueID(index: index)) }
        classes.compress()
        collectOccurrences()
        try settle()
    }

    private static func needed(_ graph: IndexGraph, _ results: [ValueID]) -> [Bool] {
        var isNeeded = Array(repeating: false, count: graph.values.count)
        for result in results { isNeeded[result.index] = true }
        // Whatever a value is made of has a smaller id.
        for index in graph.values.indices.reversed() where isNeeded[index] {
            switch graph.values[index].source {
            case .leaf: break
            case .op(let op): for input in graph.ops[op].inputs { isNeeded[input.value.index] = true }
            case .view(let view): for value in view.values { isNeeded[value.index] = true }
            }
        }
        return isNeeded
    }

    // MARK: Dimensions

    /// The id of a dimension.
    func dimension(_ value: ValueID, _ axis: Int) -> Int { offsets[value.index] + axis }

    /// The lengths of a dimension's pieces are between these places.
    func boundaries(_ value: ValueID, _ axis: Int) -> [Int] {
        let dimension = dimension(value, axis)
        return [0] + classes.cuts(dimension) + [classes.extent(dimension)]
    }

    /// True when the dimension takes part in the shape of the value's matrices.
    func isLive(_ value: ValueID, _ axis: Int) -> Bool {
        let dimension = dimension(value, axis)
        return classes.extent(dimension) > 1 && isStored[dimension] && !classes.isBatch(dimension)
    }

    /// The live dimensions of a value, by the side of its matrices that they make.
    func sides(of value: ValueID) -> [[Int]] {
        groups(liveDimensions(value)).map { group in group.map { $0 - offsets[value.index] } }
    }

    private func liveDimensions(_ value: ValueID) -> [Int] {
        graph[value].shape.indices.filter { isLive(value, $0) }.map { dimension(value, $0) }
    }

    /// One dimension for each index of an op, nil where its length is one.
    private func representatives(_ op: IndexedOp) -> [Int?] {
        var result: [Int?] = Array(repeating: nil, count: op.extents.count)
        for operand in op.inputs {
            for (axis, index) in operand.indices.enumerated() {
                if let index { result[index] = dimension(operand.value, axis) }
            }
        }
        for (axis, index) in op.outputIndices.enumerated() {
            if let index { result[index] = dimension(op.output, axis) }
        }
        return result
    }

    private mutating func uniteIndices(of op: IndexedOp) {
        let representatives = representatives(op)
        for operand in op.inputs + [IndexedOp.Operand(value: op.output, indices: op.outputIndices)] {
            for (axis, index) in operand.indices.enumerated() {
                if let index, let other = representatives[index] {
                    classes.unite(dimension(operand.value, axis), other)
                }
            }
        }
    }

    /// Relates the dimensions of a view to those of what it looks at.
    private mutating func relate(_ value: ValueID) {
        guard case .view(let view) = graph[value].source else { return }
        let node = graph[value].node
        func same(_ source: ValueID, _ axis: Int, _ viewAxis: Int) {
            let (from, to) = (dimension(source, axis), dimension(value, viewAxis))
            if graph[source].shape[axis] > 1 { classes.unite(from, to) }
            isStored[to] = isStored[from]
        }
        func part(_ part: Int, of whole: Int, start: Int) {
            relations.append(
                (.part(part, of: whole, start: start, length: classes.extent(part)), node))
            sides.alias(part, whole)
        }
        switch view {
        case .transpose(let source, let order):
            for (viewAxis, axis) in order.enumerated() { same(source, axis, viewAxis) }
        case .slice(let source, let axis, let start):
            for other in graph[value].shape.indices where other != axis { same(source, other, other) }
            part(dimension(value, axis), of: dimension(source, axis), start: start)
            isStored[dimension(value, axis)] = isStored[dimension(source, axis)]
        case .concat(let sources, let axis):
            var start = 0
            for source in sources {
                for other in graph[value].shape.indices where other != axis { same(source, other, other) }
                part(dimension(source, axis), of: dimension(value, axis), start: start)
                start += graph[source].shape[axis]
            }
            for source in sources {
                for other in graph[value].shape.indices where !isStored[dimension(source, other)] {
                    // Parts may differ in what they repeat; as batch they need not agree.
                    if graph[value].shape[other] > 1 {
                        relations.append((.batch(dimension(value, other)), node))
                    }
                }
            }
        case .expand(let source):
            for axis in graph[value].shape.indices {
                if graph[source].shape[axis] == graph[value].shape[axis] {
                    same(source, axis, axis)
                } else {
                    isStored[dimension(value, axis)] = false
                }
            }
        case .pick(let source, let axis, _):
            for other in graph[value].shape.indices where other != axis { same(source, other, other) }
            for dimension in [dimension(source, axis), dimension(value, axis)] where classes.extent(dimension) > 1 {
                relations.append((.batch(dimension), node))
            }
        case .reshape(let source):
            for (left, right) in Self.regroups(graph[source].shape, graph[value].shape) {
                if left.count == 1, right.count == 1 {
                    same(source, left[0], right[0])
                    continue
                }
                let (from, to) = (left.map { dimension(source, $0) }, right.map { dimension(value, $0) })
                relations.append((.regroup(from, to), node))
                if let last = from.lastIndex(where: { !isStored[$0] }) {
                    for dimension in from[...last] { relations.append((.batch(dimension), node)) }
                    // What follows is cut as the relation says; the first of the other side is repeated at least.
                    for dimension in to.dropLast(from.count - 1 - last == 0 ? 0 : 1) {
                        relations.append((.batch(dimension), node))
                    }
                }
            }
        }
    }

    /// The smallest groups of dimensions with the same number of elements, without dimensions of length one.
    static func regroups(_ old: [Int], _ new: [Int]) -> [([Int], [Int])] {
        var result: [([Int], [Int])] = []
        var (left, right): ([Int], [Int]) = ([], [])
        var (leftProduct, rightProduct) = (1, 1)
        var rest = new.indices.filter { new[$0] > 1 }[...]
        for axis in old.indices where old[axis] > 1 {
            left.append(axis)
            leftProduct *= old[axis]
            while rightProduct < leftProduct, let next = rest.popFirst() {
                right.append(next)
                rightProduct *= new[next]
            }
            if leftProduct == rightProduct {
                result.append((left, right))
                (left, right) = ([], [])
                (leftProduct, rightProduct) = (1, 1)
            }
        }
        return result
    }

    // MARK: Size

    /// How many ops on matrices this gives, about: what joins parts of a reduction is left out.
    var opCount: Double {
        graph.ops.reduce(0) { count, op in
            guard isNeeded[op.output.index] else { return count }
            let representatives = representatives(op)
            let indices = op.outputIndices.compactMap { $0 } + op.reduced
            return count
                + indices.reduce(1) { $0 * Double(representatives[$1].map { classes.cuts($0).count + 1 } ?? 1) }
        }
    }

    /// Nodes whose views are read in pieces, and in how many: reshapes, and choices of single elements.
    var viewPieces: [(node: Int, pieces: Int)] {
        relations.compactMap { relation, node in
            guard let node else { return nil }
            switch relation {
            case .regroup(let side, _): return (node, side.reduce(1) { $0 * (classes.cuts($1).count + 1) })
            case .batch(let dimension): return (node, classes.cuts(dimension).count + 1)
            case .part: return nil
            }
        }
    }

    // MARK: Settling

    private mutating func collectOccurrences() {
        for index in graph.values.indices where isNeeded[index] {
            let value = ValueID(index: index)
            let dimensions = graph[value].shape.indices.map { dimension(value, $0) }
                .filter { classes.extent($0) > 1 && isStored[$0] }
            sides.occur(dimensions, classes)
        }
    }

    private mutating func propagate() throws(PartitionFault) {
        var isChanging = true
        while isChanging {
            isChanging = false
            for (relation, node) in relations {
                do throws(ImportFault) {
                    if try relation.propagate(&classes) { isChanging = true }
                } catch {
                    throw PartitionFault(node: node, reason: error.description)
                }
            }
        }
    }

    private mutating func settle() throws(PartitionFault) {
        try propagate()
        var isChanging = true
        while isChanging {
            isChanging = false
            // Products first: what they batch is batch for everything around them.
            for isProduct in [true, false] {
                for op in graph.ops where op.isProduct == isProduct && isNeeded[op.output.index] {
                    while try settle(op) { isChanging = true }
                }
            }
            // What fails here fails alike in every layer: all are told at once.
            var failures: [PartitionFault] = []
            for (relation, node) in relations {
                guard case .regroup(let left, let right) = relation else { continue }
                do throws(PartitionFault) {
                    for side in [left, right] {
                        while try settle(regrouped: side, node) { isChanging = true }
                    }
                } catch {
                    guard node != nil else { throw error }
                    failures.append(error)
                }
            }
            if var first = failures.first {
                first.others = failures.dropFirst().compactMap { fault in fault.node.map { ($0, fault.reason) } }
                throw first
            }
            for index in graph.values.indices where isNeeded[index] {
                let value = ValueID(index: index)
                while try reduceGroups(liveDimensions(value), to: 2, node: graph[value].node) { isChanging = true }
            }
        }
    }

    /// One decision for an op that is not yet one of matrices; false if it is.
    private mutating func settle(_ op: IndexedOp) throws(PartitionFault) -> Bool {
        let representatives = representatives(op)
        func live(_ indices: [Int?]) -> [Int] {
            indices.compactMap { $0.flatMap { representatives[$0] } }.filter { !classes.isBatch($0) }
        }
        let output = live(op.outputIndices)
        let reduced = live(op.reduced)
        if groups(output).count <= 2, groups(reduced).count <= 1,
            op.inputs.allSatisfy({ groups(liveDimensions($0.value)).count <= 2 })
        {
            return try settleReduction(op, reduced, representatives)
        }
        if op.isProduct, let batch = batchIndex(op, representatives) {
            try makeBatch(batch, op.node)
            return true
        }
        if try reduceGroups(reduced, to: 1, node: op.node) { return true }
        for operand in op.inputs {
            if try reduceGroups(liveDimensions(operand.value), to: 2, node: op.node) { return true }
        }
        return try reduceGroups(output, to: 2, node: op.node)
    }

    /// Every input of a reducing op runs along the reduction with dimensions of its own.
    private mutating func settleReduction(
        _ op: IndexedOp, _ reduced: [Int], _ representatives: [Int?]
    ) throws(PartitionFault) -> Bool {
        guard let first = reduced.first else { return false }
        let wanted = Set(reduced.map { classes.root($0) })
        for operand in op.inputs where !wanted.isSubset(of: liveDimensions(operand.value).map { classes.root($0) }) {
            try makeBatch(first, op.node)
            return true
        }
        return false
    }

    /// A live index that all inputs and the output of a product have.
    private func batchIndex(_ op: IndexedOp, _ representatives: [Int?]) -> Int? {
        for index in op.outputIndices.compactMap({ $0 }) {
            guard let dimension = representatives[index], !classes.isBatch(dimension) else { continue }
            if op.inputs.allSatisfy({ $0.indices.contains(index) }) { return dimension }
        }
        return nil
    }

    /// Pieces that a reshape may cut a dimension into that no op needs in pieces.
    private static let largestReshapeCut = 16

    private mutating func settle(regrouped side: [Int], _ node: Int?) throws(PartitionFault) -> Bool {
        let live = side.filter { !classes.isBatch($0) && classes.extent($0) > 1 }
        let groups = groups(live)
        guard groups.count > 1, let last = groups[0].last else { return false }
        if glue(last, groups[1][0]) { return true }
        guard classes.extent(live[0]) <= Self.largestReshapeCut else {
            throw PartitionFault(
                node: node, reason: "another order of elements would take \(classes.extent(live[0])) matrices")
        }
        try makeBatch(live[0], node)
        return true
    }

    /// Makes one side of two dimensions, unless a value or a reshape separates them.
    private mutating func glue(_ left: Int, _ right: Int) -> Bool {
        isWholeSide(left, right) && sides.glue(left, right, classes)
    }

    /// Glues or cuts until there are no more groups than that, one decision a call; false if there are none to make.
    private mutating func reduceGroups(_ live: [Int], to count: Int, node: Int?) throws(PartitionFault) -> Bool {
        let groups = groups(live)
        guard groups.count > count else { return false }
        for (left, right) in zip(groups, groups.dropFirst()) {
            guard let last = left.last, let first = right.first else { continue }
            if glue(last, first) { return true }
        }
        func size(_ group: [Int]) -> Int { group.reduce(1) { $0 * classes.extent($1) } }
        guard let smallest = groups.min(by: { size($0) < size($1) })?.first else { return false }
        try makeBatch(smallest, node)
        return true
    }

    /// True when wherever a reshape joins or splits one of the two, it takes both, one after the other.
    private func isWholeSide(_ left: Int, _ right: Int) -> Bool {
        let pair = [classes.root(left), classes.root(right)]
        for (relation, _) in relations {
            guard case .regroup(let from, let to) = relation else { continue }
            for side in [from, to] {
                let live = side.filter { !classes.isBatch($0) && classes.extent($0) > 1 }.map { classes.root($0) }
                guard live.contains(where: pair.contains) else { continue }
                guard let place = live.firstIndex(of: pair[0]), Array(live[place...].prefix(2)) == pair else {
                    return false
                }
            }
        }
        return true
    }

    /// Live dimensions by the side that they make, in order.
    private func groups(_ live: [Int]) -> [[Int]] {
        var result: [[Int]] = []
        for dimension in live {
            if let last = result.last?.last, sides.isGlued(last, dimension, classes) {
                result[result.count - 1].append(dimension)
            } else {
                result.append([dimension])
            }
        }
        return result
    }

    private mutating func makeBatch(_ dimension: Int, _ node: Int?) throws(PartitionFault) {
        do throws(ImportFault) {
            _ = try classes.makeBatch(dimension)
        } catch {
            throw PartitionFault(node: node, reason: error.description)
        }
        try propagate()
    }
}

/// No partition is left at a node: it has to become a boundary.
struct PartitionFault: Error {
    let node: Int?
    let reason: String
    /// Other nodes at which it is the same.
    var others: [(node: Int, reason: String)] = []

    init(node: Int?, reason: String) {
        self.node = node
        self.reason = reason
    }
}
