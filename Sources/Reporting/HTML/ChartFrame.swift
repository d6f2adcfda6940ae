/// A chart is drawn for wide windows and for narrow ones; the page shows the one that fits, its text in full size.
enum ChartSize: String, CaseIterable {
    case wide, narrow

    /// Width of the drawing.
    var width: Double { self == .wide ? 1160 : 360 }
}

/// A chart with what people who do not see it are told.
struct ChartFrame {
    let name: String
    let title: String
    let description: String

    /// The chart in both sizes.
    func drawn(_ body: (ChartSize, inout SVGWriter) -> Double) -> String {
        ChartSize.allCases.map { size in
            var content = SVGWriter()
            let height = body(size, &content)
            let id = "\(name)-\(size.rawValue)"
            var svg = SVGWriter()
            svg.open(
                "svg",
                [
                    "xmlns": "http://www.w3.org/2000/svg", "class": "chart \(size.rawValue)", "role": "img",
                    "viewBox": "0 0 \(coordinate(size.width)) \(coordinate(height))",
                    "aria-labelledby": "\(id)-title \(id)-desc",
                ])
            return svg.text + "<title id=\"\(id)-title\">\(escapedMarkup(title))</title>"
                + "<desc id=\"\(id)-desc\">\(escapedMarkup(description))</desc>" + content.text + "</svg>"
        }.joined(separator: "\n")
    }
}

/// The class names of a step's colour.
func stepColour(_ step: Int) -> String { "c\(step % StepPalette.hues.count)" }
