import DesignSpace
import Foundation

/// Latency and bound of the points of a sweep, and the share of compute, over what the sweep changes.
struct SweepChart {
    let rows: [SweepRow]
    /// Positions in ``rows``.
    let curves: [SweepCurve]
    let dimension: SweepCurve.Dimension

    /// What the horizontal axis shows, with its unit.
    static func name(_ dimension: SweepCurve.Dimension) -> String {
        switch dimension {
        case .capacity: "fast memory, elements"
        case .bandwidth: "bandwidth, elements per unit of time"
        case .native: "native tile, elements"
        }
    }

    // MARK: Latency and bound

    /// The chart of latencies and bounds; nil without a schedule.
    var latencies: String? {
        guard rows.contains(where: { $0.latency != nil }) else { return nil }
        return ChartFrame(
            name: "latency", title: "Latency and bound",
            description:
                "Latency of the best schedule known and the bound below it, over \(Self.name(dimension)); both "
                + "axes are logarithmic. The table has the numbers."
        ).drawn(drawLatencies)
    }

    private func drawLatencies(_ size: ChartSize, _ svg: inout SVGWriter) -> Double {
        let (top, bottom) = (28.0, size.width < 600 ? 300.0 : 400)
        let x = horizontal(size)
        let values = rows.compactMap(\.latency) + rows.compactMap(\.bound)
        let positive = values.filter { $0 > 0 }
        let y = Axis(
            .logarithmic, from: (positive.min() ?? 1) / 1.08, to: (positive.max() ?? 1) * 1.08, start: bottom, end: top)
        svg.label("latency, units of time", x: 4, y: 14)
        drawGrid(x, y, size, from: top, to: bottom, label: tickLabel, &svg)
        for (number, curve) in curves.enumerated() {
            let bounds = points(of: curve, x, y, \.bound)
            let latencies = points(of: curve, x, y, \.latency)
            // A schedule stays valid with more of anything; a bound holds with less.
            drawStairs("curve-bound \(stepColour(number))", bounds, isFlatFirst: false, &svg)
            drawStairs("curve \(stepColour(number))", latencies, isFlatFirst: true, &svg)
            for point in bounds {
                svg.rect(
                    "bound-point \(stepColour(number))", x: point.x - 3.5, y: point.y - 3.5, width: 7, height: 7,
                    tip: tip(rows[point.position]))
            }
            for point in latencies { mark(point, number, &svg) }
        }
        return bottom + 40
    }

    private func mark(_ point: Point, _ curve: Int, _ svg: inout SVGWriter) {
        let row = rows[point.position]
        if row.isKnee {
            svg.circle("knee", x: point.x, y: point.y, radius: 9)
            svg.label("knee", x: point.x + 11, y: point.y - 9, style: "label strong")
        }
        svg.circle(
            "sweep-point \(row.isOnFront ? "front " : "")\(stepColour(curve))", x: point.x, y: point.y, radius: 4.5,
            tip: tip(row))
    }

    // MARK: Compute

    /// The chart of compute's share; nil without a schedule.
    var shares: String? {
        guard rows.contains(where: { $0.computeShare != nil }) else { return nil }
        return ChartFrame(
            name: "share", title: "Share of compute",
            description: "Compute time over latency of each schedule, over \(Self.name(dimension)), whose axis is "
                + "logarithmic. The table has the numbers."
        ).drawn(drawShares)
    }

    private func drawShares(_ size: ChartSize, _ svg: inout SVGWriter) -> Double {
        let (top, bottom) = (28.0, 228.0)
        let x = horizontal(size)
        let y = Axis(.linear, from: 0, to: 1, start: bottom, end: top)
        svg.label("compute / latency", x: 4, y: 14)
        drawGrid(x, y, size, from: top, to: bottom, label: { "\(Int(($0 * 100).rounded()))%" }, &svg)
        for (number, curve) in curves.enumerated() {
            let shares = points(of: curve, x, y, \.computeShare)
            drawStairs("curve \(stepColour(number))", shares, isFlatFirst: true, &svg)
            for point in shares {
                svg.circle(
                    "sweep-point front \(stepColour(number))", x: point.x, y: point.y, radius: 4,
                    tip: tip(rows[point.position]))
            }
        }
        return bottom + 40
    }

    // MARK: Both

    private typealias Point = (position: Int, x: Double, y: Double)

    private func horizontal(_ size: ChartSize) -> Axis {
        // Where nothing fits there is nothing to show.
        let values = rows.filter { $0.latency != nil }.compactMap(\.point).map(dimension.value)
        return Axis(
            .logarithmic, from: (values.min() ?? 1) / 1.04, to: (values.max() ?? 1) * 1.04, start: 58,
            end: size.width - 18)
    }

    private func drawGrid(
        _ x: Axis, _ y: Axis, _ size: ChartSize, from top: Double, to bottom: Double, label: (Double) -> String,
        _ svg: inout SVGWriter
    ) {
        for tick in y.ticks(5) {
            svg.line("grid", from: (x.start, y.position(tick)), to: (x.end, y.position(tick)))
            svg.label(label(tick), x: x.start - 7, y: y.position(tick) + 4, style: "tick", anchor: .end)
        }
        x.drawVerticals(size == .wide ? 8 : 4, from: top, to: bottom, &svg)
        svg.label("\(Self.name(dimension)), logarithmic", x: x.end, y: bottom + 33, style: "tick", anchor: .end)
    }

    private func points(of curve: SweepCurve, _ x: Axis, _ y: Axis, _ field: KeyPath<SweepRow, Double?>) -> [Point] {
        curve.positions.compactMap { position in
            guard rows[position].latency != nil, let value = rows[position][keyPath: field],
                let point = rows[position].point
            else { return nil }
            return (position, x.position(dimension.value(point)), y.position(value))
        }
    }

    private func drawStairs(_ style: String, _ points: [Point], isFlatFirst: Bool, _ svg: inout SVGWriter) {
        guard let first = points.first, points.count > 1 else { return }
        var data = "M\(coordinate(first.x)) \(coordinate(first.y))"
        for point in points.dropFirst() {
            let (across, along) = ("H\(coordinate(point.x))", "V\(coordinate(point.y))")
            data += isFlatFirst ? across + along : along + across
        }
        svg.path(style, data)
    }

    private func tip(_ row: SweepRow) -> String {
        let native = row.native.map(String.init).joined(separator: " x ")
        return [
            "point \(row.number): capacity \(readable(row.capacity)), bandwidth \(readable(row.bandwidth)), native \(native)",
            "latency \(row.latency.map { readable($0) } ?? "-"), bound \(row.bound.map { readable($0) } ?? "-"), "
                + "gap \(row.gap.map { gapText($0) } ?? "-")",
            "moved \(row.movedElements.map { readable($0) } ?? "-") elements, compute "
                + (row.computeShare.map { percentage($0, of: 1) } ?? "-"),
            row.status,
        ].joined(separator: "\n")
    }
}
