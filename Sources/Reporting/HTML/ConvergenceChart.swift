/// Incumbent and bound over the time that the solver took.
struct ConvergenceChart {
    let model: ReportModel

    private let frame = ChartFrame(
        name: "convergence", title: "Convergence",
        description: "Latency of the best schedule, falling, and best bound for the problem, rising, over the time "
            + "that the solver took. The tables below have the numbers.")

    /// Nil without a log of incumbents.
    var svg: String? { model.incumbents.isEmpty ? nil : frame.drawn(draw) }

    /// Times below this are drawn there.
    private static let shortestSeconds = 1e-3

    private func draw(_ size: ChartSize, _ svg: inout SVGWriter) -> Double {
        let (top, bottom) = (28.0, 268.0)
        let bounds = rising(model.boundEvents.filter(\.isAboutProblem))
        let seconds = model.incumbents.map(\.seconds) + model.boundEvents.map(\.seconds)
        let last = max(Self.shortestSeconds * 10, seconds.max() ?? 1)
        let first = max(Self.shortestSeconds, seconds.filter { $0 > 0 }.min() ?? 0)
        let isLogarithmic = last / first > 60
        let x = Axis(
            isLogarithmic ? .logarithmic : .linear, from: isLogarithmic ? first : 0, to: last, start: 52,
            end: size.width - 14)
        let values = model.incumbents.map(\.latency) + bounds.map(\.value)
        let (low, high) = (values.min() ?? 0, values.max() ?? 1)
        let pad = max((high - low) * 0.08, high * 0.001)
        let y = Axis(.linear, from: max(0, low - pad), to: high + pad, start: bottom, end: top)
        svg.label("latency, units of time", x: 4, y: 14)
        for tick in y.ticks(5) {
            svg.line("grid", from: (x.start, y.position(tick)), to: (x.end, y.position(tick)))
            svg.label(tickLabel(tick), x: x.start - 7, y: y.position(tick) + 4, style: "tick", anchor: .end)
        }
        x.drawVerticals(size == .wide ? 8 : 4, from: top, to: bottom, &svg)
        svg.label(
            "seconds of solving" + (isLogarithmic ? ", logarithmic" : ""), x: x.end, y: bottom + 33, style: "tick",
            anchor: .end)
        let boundPoints = bounds.map { (x: x.position($0.seconds), y: y.position($0.value)) }
        drawStairs("bound-line", boundPoints, to: x.end, &svg)
        for (bound, point) in zip(bounds, boundPoints) {
            svg.rect(
                "bound-mark", x: point.x - 4, y: point.y - 4, width: 8, height: 8,
                tip: "bound \(readable(bound.value)), \(bound.kind), after \(readableSeconds(bound.seconds))\n"
                    + bound.scope)
        }
        let points = model.incumbents.map { (x: x.position($0.seconds), y: y.position($0.latency)) }
        drawStairs("incumbent-line", points, to: x.end, &svg)
        for (incumbent, point) in zip(model.incumbents, points) {
            svg.circle(
                "incumbent-mark", x: point.x, y: point.y, radius: 4,
                tip: "latency \(readable(incumbent.latency)), \(incumbent.source), "
                    + "after \(readableSeconds(incumbent.seconds))")
        }
        return bottom + 40
    }

    /// The events at which the best bound rises.
    private func rising(_ events: [SolveLog.Bound]) -> [SolveLog.Bound] {
        var best = -Double.infinity
        return events.filter { event in
            guard event.value > best else { return false }
            best = event.value
            return true
        }
    }

    private func drawStairs(_ style: String, _ points: [(x: Double, y: Double)], to end: Double, _ svg: inout SVGWriter)
    {
        guard let first = points.first else { return }
        var data = "M\(coordinate(first.x)) \(coordinate(first.y))"
        for point in points.dropFirst() { data += "H\(coordinate(point.x))V\(coordinate(point.y))" }
        svg.path(style, data + "H\(coordinate(end))")
    }
}

/// A time for people.
func readableSeconds(_ seconds: Double) -> String {
    seconds < 1 ? "\(readable(seconds * 1000)) ms" : "\(readable(seconds)) s"
}
