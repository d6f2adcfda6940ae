extension GraphPicture {
    /// Edges that Mermaid draws unless its `maxEdges` is raised.
    public static let mermaidEdgeLimit = 500
    /// Characters that Mermaid reads unless its `maxTextSize` is raised.
    public static let mermaidTextLimit = 50_000
    /// Ops above which Graphviz takes long and its drawing is too large to read.
    public static let dotNodeLimit = 300

    /// Ops drawn, each as often as a step computes it.
    public var opCount: Int { clusters.reduce(nodes.count { $0.kind.isOp }) { $0 + $1.nodes.count } }
    /// Steps drawn.
    public var stepCount: Int { clusters.count }
    /// Edges drawn.
    public var edgeCount: Int { edges.count }

    /// The same schedule with a node for each step in the place of its ops, and one edge for all tensors that go the
    /// same way from one step to another; graph inputs and outputs are counted only.
    ///
    /// - Parameter stepsPerNode: with more than 1, so many steps that follow each other are one node.
    public func summarised(stepsPerNode: Int = 1) -> GraphPicture {
        let runs = stride(from: 0, to: clusters.count, by: max(1, stepsPerNode)).map { start in
            start..<min(clusters.count, start + max(1, stepsPerNode))
        }
        var step: [String: Int] = [:]
        for (number, run) in runs.enumerated() {
            for node in clusters[run].flatMap(\.nodes) { step[node.id] = number }
        }
        struct Way: Hashable {
            let from: Int
            let to: Int
            let route: Route
        }
        var ways: [Way: [String]] = [:]
        var order: [Way] = []
        var inputs = [Int](repeating: 0, count: runs.count)
        var outputs = inputs
        for edge in edges {
            switch (step[edge.from], step[edge.to]) {
            case (let from?, let to?) where from != to:
                let way = Way(from: from, to: to, route: edge.route)
                if ways[way] == nil { order.append(way) }
                ways[way, default: []].append(edge.label)
            case (nil, let to?): inputs[to] += 1
            case (let from?, nil): outputs[from] += 1
            default: break
            }
        }
        let nodes = runs.enumerated().map { number, run in
            var ends: [String] = []
            if inputs[number] > 0 { ends.append("reads \(counted(inputs[number], "graph input"))") }
            if outputs[number] > 0 { ends.append("writes \(counted(outputs[number], "graph output"))") }
            let ops = counted(clusters[run].reduce(0) { $0 + $1.nodes.count }, "op")
            let latency = clusters[run].reduce(0) { $0 + $1.latency }
            let label =
                run.count == 1
                ? clusters[run.lowerBound].label
                : ["steps \(run.lowerBound) to \(run.upperBound - 1)", "latency \(readable(latency))"]
            return Node(
                id: clusters[run.lowerBound].id, kind: .step(number),
                label: label + [([ops] + ends).joined(separator: ", ")])
        }
        let edges = order.map { way in
            let labels = Set(ways[way] ?? []).sorted()
            return Edge(
                from: nodes[way.from].id, to: nodes[way.to].id,
                label: labels.count == 1 ? labels[0] : counted(labels.count, "tensor"), route: way.route)
        }
        return GraphPicture(title: title, nodes: nodes, edges: edges)
    }
}

extension GraphPicture.Node.Kind {
    /// True for an op, false for a tensor or a step.
    var isOp: Bool {
        switch self {
        case .reducing, .map: true
        case .graphInput, .graphOutput, .step: false
        }
    }
}
