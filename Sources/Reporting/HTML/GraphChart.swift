/// The graph: a box per step with its ops, and the ways of the data between them.
struct GraphChart {
    let model: ReportModel
    let graph: ClusterGraph
    let layout: ClusterLayout

    private static let margin = 12.0

    init(_ model: ReportModel) {
        self.model = model
        graph = ClusterGraph(steps: model.flow.members, edges: model.flow.edges)
        layout = ClusterLayout.best(graph)
    }

    var description: String {
        let repeated = model.steps.reduce(0) { $0 + $1.ops.count } - model.facts.opCount
        return "\(counted(model.facts.opCount, "op")) in \(counted(model.steps.count, "step")), a box each; data flows "
            + (layout.direction == .down ? "downwards" : "from left to right") + "."
            + (layout.rows > 1
                ? " An edge that leaves a \(layout.direction == .down ? "column at its foot" : "row at its end") goes on "
                    + "at the same place of the next one." : "")
            + (repeated > 0 ? " Ops that several steps compute are drawn in each." : "")
            + (graph.isAbridged ? " Ops are not drawn one by one." : "")
    }

    /// The drawing.
    var svg: String {
        var svg = SVGWriter()
        let margin = Self.margin
        svg.open(
            "svg",
            [
                "xmlns": "http://www.w3.org/2000/svg", "id": "graph", "role": "img", "tabindex": "0",
                "class": graph.isAbridged ? "graph abridged" : "graph",
                "viewBox": "\(coordinate(-margin)) \(coordinate(-margin)) "
                    + "\(coordinate(layout.width + 2 * margin)) \(coordinate(layout.height + 2 * margin))",
                "aria-labelledby": "graph-title graph-desc",
                // Small graphs are not blown up.
                "style": "max-width: \(coordinate((layout.width + 2 * margin) * 1.4))px",
            ])
        let head =
            "<title id=\"graph-title\">The graph and its steps</title><desc id=\"graph-desc\">"
            + "\(escapedMarkup(description)) The table of steps lists the same.</desc>"
        var body = SVGWriter()
        for (cluster, box) in layout.clusters.enumerated() {
            body.rect(
                "cluster \(stepColour(cluster))", x: box.x, y: box.y, width: box.width, height: box.height, radius: 6,
                step: cluster)
        }
        for (edge, route) in zip(graph.edges, layout.routes) {
            body.path("edge \(edge.way.rawValue)", path(route))
        }
        for (node, box) in layout.nodes.enumerated() {
            guard let op = graph.opOfNode[node] else { continue }
            draw(op, step: graph.clusterOfNode[node], box, &body)
        }
        for (cluster, box) in layout.clusters.enumerated() { drawTitle(cluster, box, &body) }
        return svg.text + head + body.text + "</svg>"
    }

    private func path(_ route: [ClusterLayout.Stretch]) -> String {
        var data = ""
        var last = ClusterLayout.Point(x: 0, y: 0)
        for stretch in route {
            switch stretch {
            case .move(let point):
                data += "M\(coordinate(point.x)) \(coordinate(point.y))"
                last = point
            case .line(let point):
                if point != last { data += "L\(coordinate(point.x)) \(coordinate(point.y))" }
                last = point
            case .curve(let point):
                if layout.direction == .down {
                    let middle = coordinate((last.y + point.y) / 2)
                    data += "C\(coordinate(last.x)) \(middle) \(coordinate(point.x)) \(middle) "
                } else {
                    let middle = coordinate((last.x + point.x) / 2)
                    data += "C\(middle) \(coordinate(last.y)) \(middle) \(coordinate(point.y)) "
                }
                data += "\(coordinate(point.x)) \(coordinate(point.y))"
                last = point
            }
        }
        return data
    }

    private func draw(_ op: Int, step: Int, _ box: ClusterLayout.Box, _ body: inout SVGWriter) {
        let isReducing = model.ops.indices.contains(op) && model.ops[op].isReducing
        body.open("g", ["class": "node \(stepColour(step))", "data-step": "\(step)", "data-op": "\(op)"])
        body.rect(
            isReducing ? "reducing" : "map", x: box.x, y: box.y, width: box.width, height: box.height,
            radius: isReducing ? 2 : box.height / 2)
        let name = model.ops.indices.contains(op) ? model.ops[op].name : nil
        let (x, y) = (box.x + box.width / 2, box.y + box.height / 2)
        body.label("\(op)", x: x, y: y + (name == nil ? 4 : 2.4), style: "op", anchor: .middle)
        if let name {
            // Shown where it can be read; the end of a long name tells more than its start. A map's ends are round.
            let length = isReducing ? 15 : 12
            let tail = name.count > length ? "…" + name.suffix(length - 1) : name
            body.label(tail, x: x, y: y + 7.6, style: "op-name", anchor: .middle)
        }
        drawPorts(op, box, &body)
        body.close("g")
    }

    /// Short arrows for tensors that come from outside the graph, such as weights, and for those that leave it.
    private func drawPorts(_ op: Int, _ box: ClusterLayout.Box, _ body: inout SVGWriter) {
        guard model.ops.indices.contains(op) else { return }
        let isDown = layout.direction == .down
        func port(_ place: Double, from start: Double, to end: Double) {
            let (a, b) =
                isDown
                ? ((box.x + place * box.width, start), (box.x + place * box.width, end))
                : ((start, box.y + place * box.height), (end, box.y + place * box.height))
            body.path("port", "M\(coordinate(a.0)) \(coordinate(a.1))L\(coordinate(b.0)) \(coordinate(b.1))")
        }
        let (low, high) = isDown ? (box.y, box.y + box.height) : (box.x, box.x + box.width)
        if model.ops[op].inputs.contains(where: { model.tensors[$0].isInput }) { port(0.2, from: low - 8, to: low) }
        if model.ops[op].outputs.contains(where: { model.tensors[$0].isOutput }) { port(0.8, from: high, to: high + 8) }
    }

    /// The step's number: small above its ops, and large across the box for a view from far away.
    private func drawTitle(_ cluster: Int, _ box: ClusterLayout.Box, _ body: inout SVGWriter) {
        if graph.isAbridged {
            body.label(
                "\(cluster)", x: box.x + box.width / 2, y: box.y + box.height / 2 + 4, style: "title", anchor: .middle)
            return
        }
        body.label("\(cluster)", x: box.x + 7, y: box.y + 11.5, style: "title")
        let size = min(46, box.height * 0.9)
        body.open(
            "text",
            [
                "class": "far-title", "x": coordinate(box.x + box.width / 2),
                "y": coordinate(box.y + box.height / 2 + size * 0.36), "text-anchor": "middle",
                "font-size": coordinate(size),
            ])
        body.write("\(cluster)")
        body.close("text")
    }
}
