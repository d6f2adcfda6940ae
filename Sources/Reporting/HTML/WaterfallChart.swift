/// The latency, divided by what it is for.
struct WaterfallChart {
    let model: ReportModel

    private let frame = ChartFrame(
        name: "waterfall", title: "From the compute bound to the latency",
        description: "A bar for each reason, beginning where the one before it ends. The table below has the numbers.")

    var svg: String { frame.drawn(draw) }

    private func draw(_ size: ChartSize, _ svg: inout SVGWriter) -> Double {
        let isWide = size == .wide
        let rowHeight = isWide ? 30.0 : 46.0
        let barHeight = 20.0
        let room = Double(readable(model.totalLatency).count + 7) * 7.8 + 16
        let time = Axis(
            .linear, from: 0, to: model.totalLatency, start: isWide ? 260 : 8, end: size.width - (isWide ? room : 14))
        let rows =
            model.waterfall.parts.map {
                (name: $0.reason.rawValue, start: $0.start, end: $0.end, kind: kind($0.reason))
            }
            + [(name: "latency", start: 0, end: model.totalLatency, kind: "total")]
        let bottom = 8 + Double(rows.count) * rowHeight
        for tick in time.ticks(isWide ? 7 : 4) {
            svg.line("grid", from: (time.position(tick), 4), to: (time.position(tick), bottom))
        }
        let shares = percentages(model.waterfall.parts.map(\.value), decimals: 1) + ["100%"]
        for (index, row) in rows.enumerated() {
            let top = 8 + Double(index) * rowHeight
            let barTop = isWide ? top + 4 : top + 18
            let (start, end) = (time.position(min(row.start, row.end)), time.position(max(row.start, row.end)))
            let amount = readable(row.end - row.start) + " (\(shares[index]))"
            let style = row.kind == "total" || row.kind == "bound" ? "label strong" : "label"
            if isWide {
                svg.label(row.name, x: time.start - 12, y: barTop + 14.5, style: style, anchor: .end)
                svg.label(amount, x: size.width - 4, y: barTop + 14.5, style: style, anchor: .end)
            } else {
                svg.label(row.name, x: 8, y: top + 13, style: style)
                drawNarrow(amount, start, end, time, labelY: top + 13, barY: barTop + 14.5, style, &svg)
            }
            svg.rect(
                "bar \(row.kind)", x: start, y: barTop, width: max(row.end == row.start ? 0 : 1.5, end - start),
                height: barHeight, tip: "\(row.name): \(amount)")
            // Where the next bar begins.
            if isWide, index + 1 < rows.count {
                let x = time.position(row.end)
                svg.line("link", from: (x, barTop), to: (x, barTop + rowHeight))
            }
        }
        return drawTimeAxis(time, at: bottom + 2, count: isWide ? 7 : 4, &svg)
    }

    /// The amount beside the bar, or above a bar that leaves no room.
    private func drawNarrow(
        _ amount: String, _ start: Double, _ end: Double, _ time: Axis, labelY: Double, barY: Double, _ style: String,
        _ svg: inout SVGWriter
    ) {
        let room = Double(amount.count) * 7.6 + 8
        if start - time.start > room {
            svg.label(amount, x: start - 6, y: barY, style: style, anchor: .end)
        } else if time.end - end > room {
            svg.label(amount, x: end + 6, y: barY, style: style)
        } else {
            svg.label(amount, x: time.end, y: labelY, style: style, anchor: .end)
        }
    }

    private func kind(_ reason: Waterfall.Reason) -> String {
        reason == .bound ? "bound" : reason.isWait ? "wait" : "more"
    }
}
