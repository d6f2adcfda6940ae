/// What fast memory holds over time, against its capacity.
struct MemoryChart {
    let model: ReportModel

    private let frame = ChartFrame(
        name: "memory", title: "Fast memory over time",
        description: "For each step the elements that its fullest iteration holds: tensors retained by the step "
            + "before, tensors that it retains, and slices and tiles; a line marks the capacity. "
            + "The table of steps has the numbers.")

    var svg: String { frame.drawn(draw) }

    private func draw(_ size: ChartSize, _ svg: inout SVGWriter) -> Double {
        let capacity = Double(model.facts.fastMemoryCapacity)
        let (top, bottom) = (26.0, 226.0)
        let time = Axis(.linear, from: 0, to: model.totalLatency, start: 52, end: size.width - 14)
        let elements = Axis(.linear, from: 0, to: capacity * 1.06, start: bottom, end: top)
        svg.label("elements", x: 4, y: 14)
        for tick in elements.ticks(5) {
            let y = elements.position(tick)
            svg.line("grid", from: (time.start, y), to: (time.end, y))
            svg.label(tickLabel(tick), x: time.start - 7, y: y + 4, style: "tick", anchor: .end)
        }
        for (index, step) in model.steps.enumerated() {
            let (start, end) = (time.position(step.start), time.position(step.start + step.latency))
            var level = 0.0
            for (style, amount) in [
                ("resident", step.residentElements), ("retained", step.retainedElements),
                ("slices", step.peakWorkingSet - step.residentElements - step.retainedElements),
            ] where amount > 0 {
                let (low, high) = (elements.position(level), elements.position(level + amount))
                svg.rect("held \(style)", x: start, y: high, width: end - start, height: low - high, step: index)
                level += amount
            }
        }
        let y = elements.position(capacity)
        svg.line("capacity", from: (time.start, y), to: (time.end, y))
        svg.label(
            "capacity \(readable(model.facts.fastMemoryCapacity))", x: time.end, y: top - 9, style: "label strong",
            anchor: .end)
        return drawTimeAxis(time, at: bottom, count: size == .wide ? 10 : 4, &svg)
    }
}
