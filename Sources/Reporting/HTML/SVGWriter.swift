import Foundation

/// Text for HTML and SVG, as content or between quotes: markup characters escaped, and characters that XML forbids
/// replaced.
func escapedMarkup(_ text: String) -> String {
    var escaped = ""
    for scalar in text.unicodeScalars {
        switch scalar {
        case "&": escaped += "&amp;"
        case "<": escaped += "&lt;"
        case ">": escaped += "&gt;"
        case "\"": escaped += "&quot;"
        case "'": escaped += "&#39;"
        case "\n", "\t": escaped.unicodeScalars.append(scalar)
        case _ where scalar.value < 32 || (127..<160).contains(scalar.value) || scalar.value & 0xFFFE == 0xFFFE:
            escaped += "\u{FFFD}"
        default: escaped.unicodeScalars.append(scalar)
        }
    }
    return escaped
}

/// A coordinate with at most two decimals, and 0 for what no drawing can show.
func coordinate(_ value: Double) -> String {
    guard value.isFinite, abs(value) < 1e9 else { return "0" }
    let hundredths = Int((value * 100).rounded())
    let (whole, rest) = hundredths.magnitude.quotientAndRemainder(dividingBy: 100)
    let sign = hundredths < 0 ? "-" : ""
    if rest == 0 { return "\(sign)\(whole)" }
    let decimals = rest.isMultiple(of: 10) ? "\(rest / 10)" : (rest < 10 ? "0\(rest)" : "\(rest)")
    return "\(sign)\(whole).\(decimals)"
}

/// A length whose rounded start and rounded end are those of the two coordinates.
private func length(from start: Double, _ length: Double) -> String {
    coordinate(max(0, ((start + length) * 100).rounded() / 100 - (start * 100).rounded() / 100))
}

/// Writes SVG, every attribute and text escaped.
struct SVGWriter {
    private(set) var text = ""

    /// Where a text stands from its point.
    enum Anchor: String { case start, middle, end }

    mutating func open(_ name: String, _ attributes: KeyValuePairs<String, String> = [:]) {
        tag(name, attributes)
        text += ">"
    }

    mutating func write(_ content: String) { text += escapedMarkup(content) }

    mutating func append(_ other: SVGWriter) { text += other.text }

    mutating func close(_ name: String) { text += "</\(name)>" }

    mutating func element(_ name: String, _ attributes: KeyValuePairs<String, String>) {
        tag(name, attributes)
        text += "/>"
    }

    /// - Parameters:
    ///   - style: class names.
    ///   - step: the step that the rectangle is about.
    mutating func rect(
        _ style: String, x: Double, y: Double, width: Double, height: Double, radius: Double = 0, step: Int? = nil,
        tip: String? = nil
    ) {
        text += "<rect class=\"\(escapedMarkup(style))\" x=\"\(coordinate(x))\" y=\"\(coordinate(y))\" "
        // Sides are rounded where they end, so that neighbours meet.
        text += "width=\"\(length(from: x, width))\" height=\"\(length(from: y, height))\""
        if radius > 0 { text += " rx=\"\(coordinate(radius))\"" }
        mark(step, tip)
        text += "/>"
    }

    mutating func circle(
        _ style: String, x: Double, y: Double, radius: Double, step: Int? = nil, tip: String? = nil
    ) {
        text += "<circle class=\"\(escapedMarkup(style))\" cx=\"\(coordinate(x))\" cy=\"\(coordinate(y))\" "
        text += "r=\"\(coordinate(radius))\""
        mark(step, tip)
        text += "/>"
    }

    mutating func line(_ style: String, from: (x: Double, y: Double), to: (x: Double, y: Double)) {
        text += "<line class=\"\(escapedMarkup(style))\" x1=\"\(coordinate(from.x))\" y1=\"\(coordinate(from.y))\" "
        text += "x2=\"\(coordinate(to.x))\" y2=\"\(coordinate(to.y))\"/>"
    }

    mutating func path(_ style: String, _ data: String) {
        text += "<path class=\"\(escapedMarkup(style))\" d=\"\(escapedMarkup(data))\"/>"
    }

    mutating func label(
        _ content: String, x: Double, y: Double, style: String = "label", anchor: Anchor = .start
    ) {
        text += "<text class=\"\(escapedMarkup(style))\" x=\"\(coordinate(x))\" y=\"\(coordinate(y))\""
        if anchor != .start { text += " text-anchor=\"\(anchor.rawValue)\"" }
        text += ">\(escapedMarkup(content))</text>"
    }

    private mutating func mark(_ step: Int?, _ tip: String?) {
        if let step { text += " data-step=\"\(step)\"" }
        if let tip { text += " data-tip=\"\(escapedMarkup(tip))\"" }
    }

    private mutating func tag(_ name: String, _ attributes: KeyValuePairs<String, String>) {
        text += "<\(name)"
        for (key, value) in attributes { text += " \(key)=\"\(escapedMarkup(value))\"" }
    }
}
