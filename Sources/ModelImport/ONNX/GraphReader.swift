/// Lowers the nodes of a model one after the other and keeps account of what becomes of each.
struct GraphReader {
    private(set) var nodes: [ImportedNode] = []
    /// Nodes that are lowered to no op of their own.
    private(set) var viewNodes: Set<Int> = []
    /// What the problem has to write to slow memory.
    private(set) var results: [(name: String, value: ValueID)] = []
    private var lowering: Lowering
    private var values: [String: ValueID] = [:]
    private var declaredShapes: [String: [Int]] = [:]
    /// Tensors of truth values.
    private var truths: Set<String> = []
    private var lists = TensorLists()
    private var inlining: NodeInlining
    private let dimensions: [String: Int]
    private let boundaries: [Int: String]

    var graph: IndexGraph { lowering.graph }

    /// - Parameter boundaries: nodes that are left out, and why.
    init(
        _ model: Mlsys_Onnx_ModelProto, dimensions: [String: Int], boundaries: [Int: String]
    ) throws(ImportFault) {
        self.dimensions = dimensions
        self.boundaries = boundaries
        let opsets = Dictionary(
            model.opsetImport.map { ($0.domain == "ai.onnx" ? "" : $0.domain, Int($0.version)) },
            uniquingKeysWith: { $1 })
        inlining = NodeInlining(model.functions)
        let list = try inlining.inlined(try Self.sorted(model.graph.node), opset: opsets[""] ?? 23)
        guard let first = list.first else { throw ImportFault("has no nodes") }
        lowering = Lowering(first: Node(first, index: 0))
        try readDeclarations(model.graph)
        for node in list { try read(node) }
        for output in model.graph.output {
            guard let value = values[output.name] else { continue }
            if !lowering.isConstant(value) { results.append((output.name, value)) }
        }
        results += lowering.gathers.filter { !lowering.isConstant($0) }.map { (graph[$0].name, $0) }
        guard !results.isEmpty else {
            throw ImportFault("has no output that can be reached without a boundary")
        }
    }

    /// Nodes in an order in which they can run, that of the file where it is one.
    private static func sorted(_ nodes: [Mlsys_Onnx_NodeProto]) throws(ImportFault) -> [Mlsys_Onnx_NodeProto] {
        var producers: [String: Int] = [:]
        for (index, node) in nodes.enumerated() {
            for output in node.output where !output.isEmpty {
                guard producers.updateValue(index, forKey: output) == nil else {
                    throw ImportFault("has two nodes that write tensor \"\(output.prefix(80))\"")
                }
            }
        }
        var waiting = nodes.map { node in Set(node.input.compactMap { producers[$0] }).count }
        var readers: [Int: [Int]] = [:]
        for (index, node) in nodes.enumerated() {
            for producer in Set(node.input.compactMap { producers[$0] }) {
                readers[producer, default: []].append(index)
            }
        }
        var isInOrder = true
        for (index, node) in nodes.enumerated() where node.input.contains(where: { (producers[$0] ?? -1) >= index }) {
            isInOrder = false
        }
        if isInOrder { return nodes }
        var ready = waiting.indices.filter { waiting[$0] == 0 }[...]
        var order: [Int] = []
        while let next = ready.popFirst() {
            order.append(next)
            for reader in readers[next] ?? [] {
                waiting[reader] -= 1
                if waiting[reader] == 0 { ready.append(reader) }
            }
        }
        guard order.count == nodes.count else { throw ImportFault("has nodes that wait for each other in a circle") }
        return order.map { nodes[$0] }
    }

    // MARK: Declarations

    /// BOOL in TensorProto.DataType.
    private static let truthType: Int32 = 9

    private mutating func readDeclarations(_ graph: Mlsys_Onnx_GraphProto) throws(ImportFault) {
        for initializer in graph.initializer {
            try declare(initializer)
        }
        for input in graph.input where values[input.name] == nil {
            guard let shape = try shape(input, required: true) else { continue }
            if input.type.tensorType.elemType == Self.truthType { truths.insert(input.name) }
            values[input.name] = lowering.leaf(.model(input.name), name: input.name, shape: shape)
        }
        for info in graph.valueInfo + graph.output {
            if let shape = try shape(info, required: false) { declaredShapes[info.name] = shape }
        }
    }

    private mutating func declare(_ weight: Mlsys_Onnx_TensorProto) throws(ImportFault) {
        if weight.dataType == Self.truthType { truths.insert(weight.name) }
        values[weight.name] = lowering.constant(
            named: weight.name, shape: try weight.shape(), data: try weight.constant())
    }

    /// The declared shape; nil when it has none, or an unknown dimension and is not required.
    private func shape(_ info: Mlsys_Onnx_ValueInfoProto, required: Bool) throws(ImportFault) -> [Int]? {
        guard info.type.hasTensorType, info.type.tensorType.hasShape else { return nil }
        var shape: [Int] = []
        for dimension in info.type.tensorType.shape.dim {
            if dimension.hasDimValue, dimension.dimValue > 0 {
                shape.append(Int(dimension.dimValue))
                continue
            }
            if let known = dimensions[dimension.dimParam] {
                shape.append(known)
                continue
            }
            guard required else { return nil }
            let name = dimension.dimParam
            throw ImportFault(
                name.isEmpty
                    ? "input \"\(info.name.prefix(80))\" has an unknown dimension without a name"
                    : "input \"\(info.name.prefix(80))\" has the symbolic dimension \"\(name.prefix(40))\"; "
                        + "say how long it is, as in --dim \(name.prefix(40))=1")
        }
        guard shape.count <= 16 else {
            throw ImportFault("tensor \"\(info.name.prefix(80))\" has \(shape.count) dimensions")
        }
        _ = try Checked.product(shape)
        return shape
    }

    // MARK: Nodes

    private mutating func read(_ proto: ReadNode) throws(ImportFault) {
        let node = Node(proto, index: nodes.count)
        nodes.append(
            ImportedNode(name: node.name, type: node.type, fate: .exact, multiplyAdds: 0, opCount: 0))
        lowering.begin(node)
        do throws(ImportFault) {
            if OperatorTable.writesTruths(node, node.inputs.map(truths.contains)) {
                truths.formUnion(node.outputs)
            }
            if let reason = boundaries[node.index] { throw ImportFault(reason) }
            if node.type == "If", node.domain.isEmpty {
                try readBranch(of: node)
                return
            }
            try lower(node)
        } catch {
            if node.type != "If" { lowering.abandon() }
            try leaveOut(node, error.description)
        }
        nodes[node.index].multiplyAdds = lowering.multiplyAdds
    }

    /// A condition that is known before the model runs leaves the nodes of one branch.
    private mutating func readBranch(of node: Node) throws(ImportFault) {
        guard let condition = node.inputs.first.flatMap({ values[$0] }).flatMap({ lowering.data($0) })?.integers?.first
        else { throw ImportFault("takes a branch that only running the model tells") }
        guard let graph = node.graph(condition != 0 ? "then_branch" : "else_branch"),
            graph.output.count >= node.outputs.count
        else { throw ImportFault("has no branch to take") }
        let branch = try inlining.branch(graph, of: node)
        guard branch.nodes.count + nodes.count <= NodeInlining.largestCount else {
            throw ImportFault("has branches of more than \(NodeInlining.largestCount) nodes")
        }
        nodes[node.index].fate = .constant
        for weight in branch.weights { try declare(weight) }
        for inner in branch.nodes { try read(inner) }
        for (outer, inner) in zip(node.outputs, branch.outputs) {
            values[outer] = values[inner]
            if truths.contains(inner) { truths.insert(outer) }
        }
    }

    private mutating func lower(_ node: Node) throws(ImportFault) {
        if node.domain.isEmpty, let outputs = try lists.lower(node, values, &lowering) {
            viewNodes.insert(node.index)
            for (name, value) in zip(node.outputs, outputs) { values[name] = value }
            return
        }
        var inputs: [ValueID?] = []
        for name in node.inputs {
            if name.isEmpty {
                inputs.append(nil)
            } else if let value = values[name] {
                inputs.append(value)
            } else {
                throw ImportFault("reads \"\(name.prefix(80))\", whose shape is not known")
            }
        }
        let shapes = inputs.map { $0.map { lowering.shape($0) } }
        let data = inputs.map { $0.flatMap { lowering.data($0) } }
        if let constants = try ConstantFolding.fold(node, shapes, data) {
            for (name, constant) in zip(node.outputs, constants) where !name.isEmpty {
                values[name] = lowering.constant(named: name, shape: constant.shape, data: constant.data)
            }
            nodes[node.index].fate = .constant
            return
        }
        guard let rule = OperatorTable.rules[node.type], node.domain.isEmpty || node.domain == "com.microsoft" else {
            throw ImportFault(OperatorTable.absence(of: node.type))
        }
        let opCount = graph.ops.count
        var outputs = try apply(rule, to: node, inputs)
        for output in outputs where lowering.shape(output).contains(0) {
            throw ImportFault("writes a tensor without elements")
        }
        let isConstant = inputs.allSatisfy { $0.map { lowering.isConstant($0) } ?? true } && !inputs.isEmpty
        if isConstant {
            outputs = lowering.makeConstant(outputs, opsBefore: opCount)
            nodes[node.index].fate = .constant
        } else if graph.ops.count == opCount {
            viewNodes.insert(node.index)
        }
        for (name, value) in zip(node.outputs, outputs) where !name.isEmpty {
            if isConstant {
                values[name] = lowering.constant(
                    named: name, shape: lowering.shape(value), data: lowering.data(value))
                continue
            }
            if graph[value].node == node.index { lowering.rename(value, name) }
            values[name] = value
        }
        if !isConstant, !lowering.approximations.isEmpty {
            nodes[node.index].fate = .approximated(lowering.approximations.joined(separator: "; "))
        } else if !isConstant, !lowering.rearrangements.isEmpty {
            nodes[node.index].fate = .rearranged(lowering.rearrangements.joined(separator: "; "))
        }
    }

    private mutating func apply(
        _ rule: OperatorTable.Rule, to node: Node, _ inputs: [ValueID?]
    ) throws(ImportFault) -> [ValueID] {
        do {
            return try rule(&lowering, node, Inputs(values: inputs, truths: node.inputs.map(truths.contains)))
        } catch {
            throw error as? ImportFault ?? ImportFault("\(error)")
        }
    }

    /// What the node reads has to be in slow memory, and what it writes comes from there.
    private mutating func leaveOut(_ node: Node, _ reason: String) throws(ImportFault) {
        nodes[node.index].fate = .boundary(reason)
        let inputs = node.inputs.map { values[$0] }
        var shapes = OperatorTable.shapes(
            of: node, inputs.map { $0.map { lowering.shape($0) } },
            data: inputs.map { $0.flatMap { lowering.data($0) } })
        if let rule = OperatorTable.rules[node.type], boundaries[node.index] != nil {
            // A node that could be lowered, but not beside the others: its rule knows its shapes and its work.
            var trial = lowering
            if let outputs = try? rule(&trial, node, Inputs(values: inputs, truths: node.inputs.map(truths.contains))) {
                shapes = outputs.map { trial.shape($0) }
                // One that computes nothing is a copy in slow memory, in another order.
                if trial.graph.ops.count == graph.ops.count { nodes[node.index].fate = .rearranged(reason) }
            }
            lowering.count(multiplyAdds: trial.multiplyAdds)
        }
        if lowering.multiplyAdds == 0 {
            let written = node.outputs.enumerated().map { index, name in
                declaredShapes[name] ?? (index < shapes.count ? shapes[index] : nil)
            }
            lowering.count(
                multiplyAdds: WorkEstimate.multiplyAdds(
                    of: node, inputs: inputs.map { $0.map { lowering.shape($0) } }, outputs: written))
        }
        nodes[node.index].isWorkUnknown = lowering.multiplyAdds == 0 && WorkEstimate.isUnknown(node)
        for name in node.inputs + node.captured {
            if let value = values[name], !lowering.isConstant(value) { results.append((name, value)) }
        }
        for (index, name) in node.outputs.enumerated() where !name.isEmpty {
            let inferred = index < shapes.count ? shapes[index] : nil
            // Attributes may claim any size.
            if let shape = declaredShapes[name] ?? inferred, let size = try? Checked.product(shape), size > 0 {
                values[name] = lowering.leaf(.boundary(name), name: name, shape: shape)
            }
        }
    }
}
