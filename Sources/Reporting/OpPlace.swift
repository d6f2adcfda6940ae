/// Where in a model an op belongs, by its name.
///
/// Names of a model are paths, such as `/model/layers.0/attn/MatMul` or `layer.0.attention.query`: the first number, or
/// the first part such as `block3`, ends the name of a layer.
enum OpPlace {
    /// `model/layers.0`; nil for an op of no layer.
    static func layer(of name: String) -> String? {
        let (text, parts) = path(name)
        // The last part is the op itself, whatever number it has.
        guard let last = parts.dropLast().first(where: { isNumbered(text[$0]) }) else { return nil }
        return String(text[..<last.upperBound])
    }

    /// What an op of no layer is a part of, where others have layers: `lm_head`; nil if nothing.
    static func module(of name: String) -> String? {
        let (text, parts) = path(name)
        guard let last = parts.dropLast().last else { return nil }
        return String(text[..<last.upperBound])
    }

    /// The model's node that each op is a piece or a part of: `/Softmax_3` for `/Softmax_3/exp[0, :]` where another op
    /// is called `/Softmax_3`.
    static func nodes(of names: [String]) -> [String] {
        let nodes = names.map(node)
        let known = Set(nodes)
        return nodes.map { node in
            var whole = node[...]
            while let slash = whole.lastIndex(of: "/"), slash > whole.startIndex,
                known.contains(String(whole[..<slash]))
            {
                whole = whole[..<slash]
            }
            return String(whole)
        }
    }

    /// What stands before the piece.
    static func node(of name: String) -> String {
        var node = String(name.prefix { $0 != "[" })
        // A reduction in parts.
        if let part = node.wholeMatch(of: #/(.+)/part [0-9]+/#) { node = String(part.output.1) }
        guard let stored = node.range(of: " (stored)", options: .backwards) else { return node }
        return String(node[..<stored.lowerBound])
    }

    /// A name without its piece and the slash at its start, and the parts between slashes and dots.
    private static func path(_ name: String) -> (text: Substring, parts: [Range<Substring.Index>]) {
        let text = name.prefix { $0 != "[" }.drop { $0 == "/" }
        return (text, text.split { $0 == "/" || $0 == "." }.map { $0.startIndex..<$0.endIndex })
    }

    private static func isNumbered(_ part: Substring) -> Bool {
        let digits = part.reversed().prefix { $0.isASCII && $0.isNumber }.count
        guard digits > 0 else { return false }
        let word = part.dropLast(digits).lowercased().filter(\.isLetter)
        return word.isEmpty ? digits == part.count : words.contains(word)
    }

    /// What exporters call layers; a number behind any other word may count operators of one kind.
    private static let words: Set<String> = [
        "layer", "layers", "block", "blocks", "stage", "stages", "h", "transformer", "encoder", "decoder", "group",
        "cell", "unit", "expert", "experts",
    ]
}
