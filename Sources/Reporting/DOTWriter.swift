/// Writes a picture in the language of Graphviz: `dot -Tsvg`.
///
/// Reducing ops, such as MatMul, are boxes, maps ellipses, tensors from and to the outside plain text. Edges through
/// slow memory are solid, retained tensors bold, those inside a step dashed; steps have the colours of the report page.
/// Where more than a hundred ops are drawn in steps, edges tell their tensor in a tooltip: Graphviz finds no place
/// for so many labels and writes them over each other.
public struct DOTWriter {
    /// Ops in steps up to which edges are labelled.
    private static let labelledOps = 100

    private let picture: GraphPicture

    /// Creates a writer.
    public init(_ picture: GraphPicture) { self.picture = picture }

    /// The file.
    public func text() -> String {
        // Clusters that feed each other both ways, as steps do that run in turns, need ranks that ignore clusters: dot
        // ends with "trouble in init_rank" without.
        var lines = [
            "digraph mlsys {",
            "  newrank=true;",
            "  label=\(quoted(picture.title)); labelloc=t; fontname=\"sans-serif\"; fontsize=12;",
            "  node [fontname=\"sans-serif\", fontsize=11]; edge [fontname=\"sans-serif\", fontsize=9];",
        ]
        for (index, cluster) in picture.clusters.enumerated() {
            lines.append("  subgraph cluster_\(cluster.id) {")
            lines.append("    label=\(quoted(cluster.label)); style=\"rounded,filled\"; graph [\(colours(of: index))];")
            lines += cluster.nodes.map { "    " + node($0) }
            lines.append("  }")
        }
        lines += picture.nodes.map { "  " + node($0) }
        let isCrowded = !picture.clusters.isEmpty && picture.opCount > Self.labelledOps
        lines += picture.edges.map { edge in
            let label = "\(isCrowded ? "edgetooltip" : "label")=\(quoted(edge.label))"
            return "  \(edge.from) -> \(edge.to) [\(label)\(style(edge.route))];"
        }
        return lines.joined(separator: "\n") + "\n}\n"
    }

    private func node(_ node: GraphPicture.Node) -> String {
        let shape =
            switch node.kind {
            case .reducing: "shape=box, style=filled, fillcolor=\"#ffffff\""
            case .map: "shape=ellipse, style=filled, fillcolor=\"#ffffff\""
            case .graphInput, .graphOutput: "shape=plaintext"
            case .step(let index): "shape=box, style=\"rounded,filled\", \(colours(of: index))"
            }
        return "\(node.id) [label=\(quoted(node.label)), \(shape)];"
    }

    private func colours(of step: Int) -> String {
        "fillcolor=\"\(StepPalette.fill(step))\" color=\"\(StepPalette.stroke(step))\""
    }

    private func style(_ route: GraphPicture.Route) -> String {
        switch route {
        case .unscheduled, .slowMemory: ""
        case .retained: ", style=bold, color=\"\(StepPalette.retained)\""
        case .internalToStep: ", style=dashed"
        }
    }

    private func quoted(_ text: String) -> String { quoted([text]) }

    /// A quoted string of several lines. A backslash starts an escape in Graphviz, and a quote ends the string.
    private func quoted(_ lines: [String]) -> String {
        let escaped = lines.map { line in
            line.replacing("\\", with: "\\\\").replacing("\"", with: "\\\"")
                .map { $0.isNewline || $0 == "\0" ? " " : String($0) }.joined()
        }
        return "\"" + escaped.joined(separator: "\\n") + "\""
    }
}
