/// A Mermaid flowchart, read by a strict parser of the part of the grammar that the writer uses.
///
/// Mermaid itself is a JavaScript library and not at hand where the tests run. What this parser takes, Mermaid takes:
/// one statement a line, ids of letters, digits and underscores, every label quoted, and in labels only characters
/// that mean nothing, `<br/>` and numbered characters (`#34;`).
public struct MermaidChart {
    /// Why a text is not such a flowchart.
    public struct SyntaxError: Error, CustomStringConvertible {
        /// The line, and what is wrong with it.
        public let description: String
    }

    /// An arrow from one node to another.
    public struct Edge: Hashable {
        /// Id of the node that it starts from.
        public let from: String
        /// Id of the node that it points to.
        public let to: String
        /// `-->`, `==>` or `-.->`.
        public let arrow: String
        /// Its text.
        public let label: String
    }

    /// The title in the front matter.
    public private(set) var title = ""
    /// Labels of the nodes, by id.
    public private(set) var nodes: [String: String] = [:]
    /// Ids of the nodes in each subgraph, by the subgraph's id.
    public private(set) var subgraphs: [String: [String]] = [:]
    /// Labels of the subgraphs, by id.
    public private(set) var subgraphLabels: [String: String] = [:]
    /// The colour of a subgraph or node, by its id.
    public private(set) var fills: [String: String] = [:]
    /// The arrows, in the order of the file.
    public private(set) var edges: [Edge] = []

    /// Parses a flowchart.
    public init(_ text: String) throws {
        let lines = text.split(separator: "\n", omittingEmptySubsequences: false)
        guard lines.count > 5, lines.last == "", lines[0] == "---", lines[2] == "---", lines[3] == "flowchart TB",
            let title = lines[1].wholeMatch(of: /title: "([^"]*)"/)
        else { throw SyntaxError(description: "no front matter, heading or last newline") }
        self.title = try Self.plain(title.1)
        var open: String?
        for line in lines[4...].dropLast() {
            let statement = line.drop { $0 == " " }
            if statement == "end" {
                guard open != nil else { throw SyntaxError(description: "an end without subgraph") }
                open = nil
            } else if let match = statement.wholeMatch(of: /subgraph ([A-Za-z]\w*)\["([^"]*)"\]/) {
                guard open == nil, subgraphs[String(match.1)] == nil else {
                    throw SyntaxError(description: "\(line): nested or repeated")
                }
                subgraphs[String(match.1)] = []
                subgraphLabels[String(match.1)] = try Self.plain(match.2)
                open = String(match.1)
            } else if let match = statement.wholeMatch(
                of: /style ([A-Za-z]\w*) fill:(#[0-9a-f]{6}),stroke:#[0-9a-f]{6},color:#[0-9a-f]{6}/)
            {
                fills[String(match.1)] = String(match.2)
            } else if let match = Self.node(statement) {
                guard nodes[match.id] == nil else { throw SyntaxError(description: "\(line): repeated") }
                nodes[match.id] = try Self.plain(match.label)
                if let open { subgraphs[open]?.append(match.id) }
            } else if let match = statement.wholeMatch(
                of: /([A-Za-z]\w*) (-->|==>|-\.->)\|"([^"]*)"\| ([A-Za-z]\w*)/)
            {
                edges.append(
                    Edge(
                        from: String(match.1), to: String(match.4), arrow: String(match.2),
                        label: try Self.plain(match.3)))
            } else {
                throw SyntaxError(description: "\(line): no statement")
            }
        }
        guard open == nil else { throw SyntaxError(description: "a subgraph without end") }
        for edge in edges where nodes[edge.from] == nil || nodes[edge.to] == nil {
            throw SyntaxError(description: "an arrow from \(edge.from) to \(edge.to), one of which is no node")
        }
    }

    private static func node(_ statement: Substring) -> (id: String, label: Substring)? {
        if let match = statement.wholeMatch(of: /([A-Za-z]\w*)\["([^"]*)"\]/) { return (String(match.1), match.2) }
        if let match = statement.wholeMatch(of: /([A-Za-z]\w*)\("([^"]*)"\)/) { return (String(match.1), match.2) }
        if let match = statement.wholeMatch(of: /([A-Za-z]\w*)\(\["([^"]*)"\]\)/) {
            return (String(match.1), match.2)
        }
        return nil
    }

    /// The text that a label stands for; lines are joined by a newline.
    private static func plain(_ label: Substring) throws -> String {
        var text = ""
        var rest = label
        while let character = rest.first {
            if let match = rest.prefixMatch(of: /#([0-9]+);/) {
                guard let scalar = UInt32(match.1).flatMap({ Unicode.Scalar($0) }) else {
                    throw SyntaxError(description: "\(label): no character")
                }
                text.unicodeScalars.append(scalar)
                rest = rest[match.range.upperBound...]
            } else if let match = rest.prefixMatch(of: /<br\/>/) {
                text += "\n"
                rest = rest[match.range.upperBound...]
            } else {
                guard character.isLetter || character.isNumber || " .,:()/%+-_".contains(character) else {
                    throw SyntaxError(description: "\(label): \(character) may mean something")
                }
                text.append(character)
                rest = rest.dropFirst()
            }
        }
        return text
    }
}
