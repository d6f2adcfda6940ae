/// Writes a picture as a Mermaid flowchart, which Markdown renderers show in a block of the language `mermaid`.
///
/// Reducing ops, such as MatMul, are boxes, maps rounded, tensors from and to the outside stadiums. Edges through slow
/// memory are plain, retained tensors thick, those inside a step dotted; steps have the colours of the report page.
/// Mermaid draws ``GraphPicture/mermaidEdgeLimit`` edges unless its `maxEdges` is raised: larger ones are summarised,
/// or there is ``DOTWriter``.
public struct MermaidWriter {
    private let picture: GraphPicture

    /// Creates a writer.
    public init(_ picture: GraphPicture) { self.picture = picture }

    /// The file.
    public func text() -> String {
        // The front matter is YAML, where JSON's strings are strings; what is escaped in labels is escaped here too.
        var lines = ["---", "title: \(quoted([picture.title]))", "---", "flowchart TB"]
        for cluster in picture.clusters {
            lines.append("  subgraph \(cluster.id)[\(quoted(cluster.label))]")
            lines += cluster.nodes.map { "    " + node($0) }
            lines.append("  end")
        }
        lines += picture.nodes.map { "  " + node($0) }
        lines += picture.edges.map { "  \($0.from) \(arrow($0.route))|\(quoted([$0.label]))| \($0.to)" }
        lines += picture.clusters.enumerated().map { style($1.id, step: $0) }
        for node in picture.nodes {
            if case .step(let index) = node.kind { lines.append(style(node.id, step: index)) }
        }
        return lines.joined(separator: "\n") + "\n"
    }

    private func style(_ id: String, step: Int) -> String {
        "  style \(id) fill:\(StepPalette.fill(step)),stroke:\(StepPalette.stroke(step)),color:#1b1f24"
    }

    private func node(_ node: GraphPicture.Node) -> String {
        switch node.kind {
        case .reducing: "\(node.id)[\(quoted(node.label))]"
        case .map: "\(node.id)(\(quoted(node.label)))"
        case .step: "\(node.id)(\(quoted(node.label)))"
        case .graphInput, .graphOutput: "\(node.id)([\(quoted(node.label))])"
        }
    }

    private func arrow(_ route: GraphPicture.Route) -> String {
        switch route {
        case .unscheduled, .slowMemory: "-->"
        case .retained: "==>"
        case .internalToStep: "-.->"
        }
    }

    /// A quoted string of several lines. Mermaid reads `#` and a number as a character; so goes all that could mean
    /// something to it or to HTML, Markdown or YAML.
    private func quoted(_ lines: [String]) -> String {
        let escaped = lines.map { line in
            line.unicodeScalars.map { scalar in
                if scalar.properties.generalCategory == .control { return " " }
                return Self.isPlain(scalar) ? String(scalar) : "#\(scalar.value);"
            }.joined()
        }
        return "\"" + escaped.joined(separator: "<br/>") + "\""
    }

    private static func isPlain(_ scalar: Unicode.Scalar) -> Bool {
        scalar.properties.isAlphabetic || scalar.properties.numericType != nil
            || " .,:()/%+-_".unicodeScalars.contains(scalar)
    }
}
