/// A node as the file has it, and the version of ONNX's operator set that it is of.
struct ReadNode {
    var proto: Mlsys_Onnx_NodeProto
    var opset: Int
}

/// Replaces calls of functions that the model itself defines, and branches that are known, by the nodes that they
/// consist of.
struct NodeInlining {
    /// Nodes that a model may have with all functions inlined.
    static let largestCount = 200_000
    /// Functions within functions.
    private static let deepest = 64

    private struct Key: Hashable {
        let domain: String
        let name: String
    }

    private var functions: [Key: Mlsys_Onnx_FunctionProto] = [:]
    private var callCount = 0
    private(set) var nodeCount = 0

    init(_ functions: [Mlsys_Onnx_FunctionProto]) {
        for function in functions {
            self.functions[Key(domain: Self.domain(function.domain), name: function.name)] = function
        }
    }

    private static func domain(_ name: String) -> String { name == "ai.onnx" ? "" : name }

    /// The nodes without calls.
    ///
    /// - Throws: ``ImportFault`` when functions call each other in a circle, or there are too many nodes.
    mutating func inlined(_ nodes: [Mlsys_Onnx_NodeProto], opset: Int) throws(ImportFault) -> [ReadNode] {
        var result: [ReadNode] = []
        for node in nodes { try append(ReadNode(proto: node, opset: opset), to: &result, depth: 0) }
        return result
    }

    private mutating func append(
        _ node: ReadNode, to result: inout [ReadNode], depth: Int
    ) throws(ImportFault) {
        let key = Key(domain: Self.domain(node.proto.domain), name: node.proto.opType)
        guard let function = functions[key], !function.node.isEmpty else {
            nodeCount += 1
            guard nodeCount <= Self.largestCount else { throw ImportFault("has more than \(Self.largestCount) nodes") }
            result.append(node)
            return
        }
        guard depth < Self.deepest else {
            throw ImportFault("has a function \"\(function.name.prefix(80))\" that calls itself, or calls too deep")
        }
        let opset = function.opsetImport.first { Self.domain($0.domain).isEmpty }.map { Int($0.version) } ?? node.opset
        for inner in body(of: function, calledBy: node.proto) {
            try append(ReadNode(proto: inner, opset: opset), to: &result, depth: depth + 1)
        }
    }

    /// The nodes of a function with the names and attributes of a call.
    private mutating func body(
        of function: Mlsys_Onnx_FunctionProto, calledBy call: Mlsys_Onnx_NodeProto
    ) -> [Mlsys_Onnx_NodeProto] {
        callCount += 1
        let label = call.name.isEmpty ? "\(function.name)_\(callCount)" : call.name
        var names: [String: String] = [:]
        for (index, input) in function.input.enumerated() {
            names[input] = index < call.input.count ? call.input[index] : ""
        }
        var copies: [(from: String, to: String)] = []
        for (index, output) in function.output.enumerated() where index < call.output.count {
            let outer = call.output[index]
            guard !outer.isEmpty else { continue }
            // What is an input, or two outputs at once, is passed on.
            if names[output] == nil { names[output] = outer } else { copies.append((output, outer)) }
        }
        var attributes = Dictionary(
            function.attributeProto.map { ($0.name, $0) }, uniquingKeysWith: { $1 })
        for attribute in call.attribute { attributes[attribute.name] = attribute }
        // Names inside are their own, and the call is what tells them from those of other calls.
        let prefix = "\(label)/\(callCount)/"
        var nodes = function.node.map { node in
            Self.renamed(node, names, prefix: prefix, label: label, attributes: attributes)
        }
        nodes += copies.map { copy in
            .with { node in
                node.opType = "Identity"
                node.name = "\(label)/Identity"
                node.input = [names[copy.from] ?? prefix + copy.from]
                node.output = [copy.to]
            }
        }
        return nodes
    }

    private static func renamed(
        _ node: Mlsys_Onnx_NodeProto, _ names: [String: String], prefix: String, label: String,
        attributes: [String: Mlsys_Onnx_AttributeProto]
    ) -> Mlsys_Onnx_NodeProto {
        func outer(_ name: String) -> String { name.isEmpty ? "" : names[name] ?? prefix + name }
        var result = node
        result.name = "\(label)/\(node.name.isEmpty ? node.opType : node.name)"
        result.input = node.input.map(outer)
        result.output = node.output.map(outer)
        result.attribute = node.attribute.compactMap { attribute in
            var bound = attribute
            if !attribute.refAttrName.isEmpty {
                guard let value = attributes[attribute.refAttrName] else { return nil }
                bound = value
                bound.name = attribute.name
            }
            if bound.hasG {
                bound.g.node = bound.g.node.map {
                    renamed($0, names, prefix: prefix, label: label, attributes: attributes)
                }
                for index in bound.g.output.indices { bound.g.output[index].name = outer(bound.g.output[index].name) }
                for index in bound.g.initializer.indices {
                    bound.g.initializer[index].name = outer(bound.g.initializer[index].name)
                }
            }
            return bound
        }
        return result
    }

    // MARK: Branches

    /// The nodes of a branch that is taken, with names of their own, and what it names its outputs.
    mutating func branch(
        _ graph: Mlsys_Onnx_GraphProto, of node: Node
    ) throws(ImportFault) -> (nodes: [ReadNode], weights: [Mlsys_Onnx_TensorProto], outputs: [String]) {
        callCount += 1
        let prefix = "\(node.name)/\(callCount)/"
        // What the branch does not define itself is what surrounds it.
        let inner = Set(graph.node.flatMap(\.output) + graph.initializer.map(\.name))
        let names = Dictionary(
            (graph.node.flatMap(\.input) + graph.output.map(\.name) + graph.node.flatMap { Self.captured(by: $0) })
                .filter { !inner.contains($0) }.map { ($0, $0) },
            uniquingKeysWith: { $1 })
        let renamed = graph.node.map {
            Self.renamed($0, names, prefix: prefix, label: node.name, attributes: [:])
        }
        var weights = graph.initializer
        for index in weights.indices { weights[index].name = prefix + weights[index].name }
        let outputs = graph.output.map { names[$0.name] ?? prefix + $0.name }
        return (try inlined(renamed, opset: node.opset), weights, outputs)
    }

    /// Tensors that the branches or the body of a node read from around it.
    static func captured(by node: Mlsys_Onnx_NodeProto) -> [String] {
        node.attribute.filter(\.hasG).flatMap { attribute in
            let graph = attribute.g
            let inner = Set(
                graph.node.flatMap(\.output) + graph.initializer.map(\.name) + graph.input.map(\.name))
            return (graph.node.flatMap { $0.input + captured(by: $0) } + graph.output.map(\.name))
                .filter { !$0.isEmpty && !inner.contains($0) }
        }
    }
}
