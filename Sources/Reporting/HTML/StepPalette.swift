import Foundation

/// The colours of steps, the same on the page and in Graphviz: twelve hues that follow each other far apart.
enum StepPalette {
    /// In degrees; step *n* has number *n* modulo 12.
    static let hues = [211, 28, 145, 338, 265, 52, 187, 4, 88, 300, 235, 165]

    /// Tensors that stay in fast memory, as `#rrggbb`.
    static let retained = "#0b62c4"

    /// What the page's light style gives its strokes, in per cent.
    private static let (saturation, lightness) = (62.0, 45.0)
    /// How much of the stroke's colour fills a cluster, on white.
    private static let fillOpacity = 0.2

    /// Class names with their hue, for a style sheet.
    static var css: String {
        hues.enumerated().map { ".c\($0) { --h: \($1); }" }.joined(separator: "\n")
    }

    /// The outline of a step, as `#rrggbb`.
    static func stroke(_ step: Int) -> String { hex(opacity: 1, step) }

    /// The area of a step, as `#rrggbb`.
    static func fill(_ step: Int) -> String { hex(opacity: fillOpacity, step) }

    private static func hex(opacity: Double, _ step: Int) -> String {
        let hue = Double(hues[step % hues.count])
        let (s, l) = (saturation / 100, lightness / 100)
        // CSS Color Module Level 4, "HSL to RGB".
        let channels = [0.0, 8, 4].map { n in
            let k = (n + hue / 30).truncatingRemainder(dividingBy: 12)
            return l - s * min(l, 1 - l) * max(-1, min(k - 3, 9 - k, 1))
        }
        return "#"
            + channels.map { channel in
                String(format: "%02x", Int((255 * (1 - opacity + opacity * channel)).rounded()))
            }.joined()
    }
}
