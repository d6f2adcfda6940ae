/// The steps over time, and which part of each step's time is spent computing and moving elements.
struct TimelineChart {
    let model: ReportModel

    private let frame = ChartFrame(
        name: "timeline", title: "Timeline of the steps",
        description: "Steps from left to right, as wide as their latency; below, the part of each step's time in which "
            + "it computes and in which it moves elements. The table of steps has the numbers.")

    var svg: String { frame.drawn(draw) }

    private func draw(_ size: ChartSize, _ svg: inout SVGWriter) -> Double {
        let axis = Axis(.linear, from: 0, to: model.totalLatency, start: 8, end: size.width - 14)
        var top = 6.0
        label("steps", top, &svg)
        drawSteps(axis, top: top + 20, height: 34, &svg)
        top += 72
        for (name, style, share) in [
            ("computes, part of the step's time", "share compute", \StepFigures.computeShare),
            ("moves elements, part of the step's time", "share memory", \StepFigures.transferShare),
        ] {
            label(name, top, &svg)
            drawShares(axis, share, style, top: top + 20, height: 46, &svg)
            top += 84
        }
        return drawTimeAxis(axis, at: top - 14, count: size == .wide ? 10 : 4, &svg)
    }

    private func label(_ text: String, _ top: Double, _ svg: inout SVGWriter) {
        svg.label(text, x: 8, y: top + 12)
    }

    private func drawSteps(_ axis: Axis, top: Double, height: Double, _ svg: inout SVGWriter) {
        for (index, step) in model.steps.enumerated() {
            let (start, end) = (axis.position(step.start), axis.position(step.start + step.latency))
            svg.rect(
                "block \(stepColour(index))", x: start, y: top, width: end - start, height: height, step: index)
            let name = "\(index)"
            if end - start > Double(name.count) * 7.5 + 5 {
                svg.label(name, x: (start + end) / 2, y: top + height / 2 + 4.5, style: "name", anchor: .middle)
            }
        }
    }

    private func drawShares(
        _ axis: Axis, _ share: KeyPath<StepFigures, Double>, _ style: String, top: Double, height: Double,
        _ svg: inout SVGWriter
    ) {
        svg.rect("plot", x: axis.start, y: top, width: axis.end - axis.start, height: height)
        for (index, step) in model.steps.enumerated() {
            let (start, end) = (axis.position(step.start), axis.position(step.start + step.latency))
            let part = height * step[keyPath: share]
            svg.rect(style, x: start, y: top + height - part, width: end - start, height: part, step: index)
            let text = percentage(step[keyPath: share], of: 1)
            guard end - start > Double(text.count) * 8 + 6 else { continue }
            let isInside = part > 18
            svg.label(
                text, x: (start + end) / 2, y: isInside ? top + height - part + 13 : top + height - part - 4,
                style: isInside ? "name on-\(style.split(separator: " ").last ?? "")" : "name", anchor: .middle)
        }
    }
}

/// Draws a time axis and returns where the drawing ends.
func drawTimeAxis(_ axis: Axis, at y: Double, count: Int, _ svg: inout SVGWriter) -> Double {
    svg.line("axis", from: (axis.start, y), to: (axis.end, y))
    for tick in axis.ticks(count) {
        let x = axis.position(tick)
        svg.line("axis", from: (x, y), to: (x, y + 4))
        svg.label(
            tickLabel(tick), x: x, y: y + 17, style: "tick",
            anchor: tick == axis.low ? .start : x > axis.end - 16 ? .end : .middle)
    }
    svg.label("units of time", x: axis.end, y: y + 33, style: "tick", anchor: .end)
    return y + 40
}
