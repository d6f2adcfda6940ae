/// Text in the width of a terminal.
public enum TextWidth {
    /// The longest line, in characters.
    static func widest(_ text: String) -> Int {
        text.split(separator: "\n").reduce(0) { max($0, $1.count) }
    }

    /// The first text that fits, else the last.
    ///
    /// - Parameter width: characters; nil for no limit.
    static func first(of texts: [() -> String], fitting width: Int?) -> String {
        var last = ""
        for text in texts {
            last = text()
            guard let width, widest(last) > width else { return last }
        }
        return last
    }

    /// Lines broken at spaces, those that continue another indented; a word that is too long stays whole.
    public static func wrapped(_ line: String, to width: Int?, indent: Int = 2) -> [String] {
        guard let width, line.count > width else { return [line] }
        var lines: [String] = []
        var current = ""
        for word in line.split(separator: " ", omittingEmptySubsequences: false) {
            if !current.isEmpty, current.count + 1 + word.count > width {
                lines.append(current)
                current = String(repeating: " ", count: indent) + word
            } else {
                current += (current.isEmpty ? "" : " ") + word
            }
        }
        return lines + [current]
    }
}

/// A number for narrow tables: whole, and from a million on with four digits and k, M, G or T.
func compact(_ value: Double) -> String {
    let magnitude = abs(value)
    guard magnitude >= 999_999.5, magnitude < 1e15 else {
        return readable(magnitude < 1000 ? value : value.rounded())
    }
    let units: [(size: Double, letter: String)] = [(1e12, "T"), (1e9, "G"), (1e6, "M")]
    guard let unit = units.first(where: { magnitude >= $0.size * 0.999_95 }) else { return readable(value) }
    let (scaled, digits) = (value / unit.size, magnitude / unit.size >= 99.995 ? 10.0 : 100)
    return "\((scaled * digits).rounded() / digits)\(unit.letter)"
}
