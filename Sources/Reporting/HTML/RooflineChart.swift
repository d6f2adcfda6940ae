import Foundation

/// Each step by its compute per element moved and by how much of its time it computes, below the limits of the chip.
///
/// Compute is measured in time (RULES 1, `base_costs`), so the ceiling is 1: one unit of compute per unit of time. With
/// *i* units of compute per element, bandwidth *b* allows *i b*. A step lies below the roof when some of its iterations
/// wait for memory and others do not.
struct RooflineChart {
    let model: ReportModel

    private let frame = ChartFrame(
        name: "roofline", title: "Roofline of the steps",
        description: "Each step by its compute per element moved, and its compute per unit of time; limits are the "
            + "bandwidth, a slope, and the compute ceiling at 1. Squares wait for memory in most of their iterations, "
            + "circles do not. The table of steps has the numbers.")

    var svg: String { frame.drawn(draw) }

    private func rate(_ step: StepFigures) -> Double { step.computeShare }

    private func draw(_ size: ChartSize, _ svg: inout SVGWriter) -> Double {
        let (top, bottom) = (28.0, size == .wide ? 368.0 : 278.0)
        let knee = 1 / model.facts.slowMemoryBandwidth
        let intensities = model.steps.map(\.intensity).filter { $0.isFinite && $0 > 0 }
        let least = max(knee * 1e-6, min(knee / 2, (intensities.min() ?? knee) / 1.4))
        let most = min(knee * 1e6, max(knee * 2.5, (intensities.max() ?? knee) * 1.4))
        let lowest = max(1e-6, min(0.5, (model.steps.map(rate).min() ?? 1) / 1.4))
        let x = Axis(.logarithmic, from: least, to: most, start: 52, end: size.width - 14)
        let y = Axis(.logarithmic, from: lowest, to: 1.35, start: bottom, end: top)
        svg.label("compute per unit of time", x: 4, y: 14)
        for tick in y.ticks(5) {
            svg.line("grid", from: (x.start, y.position(tick)), to: (x.end, y.position(tick)))
            svg.label(tickLabel(tick), x: x.start - 7, y: y.position(tick) + 4, style: "tick", anchor: .end)
        }
        x.drawVerticals(size == .wide ? 8 : 4, from: top, to: bottom, &svg)
        svg.label(
            "compute per element moved, units of time", x: x.end, y: bottom + 33, style: "tick", anchor: .end)
        let marks = marks(x, y, largest: size == .wide ? 13 : 9)
        drawRoof(x, y, knee: knee, marks, &svg)
        draw(marks, &svg)
        let title = (text: "compute ceiling 1", x: x.end - 4, y: y.position(1) - 5)
        let titleWidth = Double(title.text.count) * 7.5
        let lines = [
            ClusterLayout.Box(x: title.x - titleWidth, y: title.y - 11, width: titleWidth, height: 14),
            // The ceiling itself, so that no name is struck through.
            ClusterLayout.Box(x: x.position(knee), y: y.position(1) - 1, width: x.end - x.position(knee), height: 2),
        ]
        svg.label(title.text, x: title.x, y: title.y, style: "label strong", anchor: .end)
        name(marks, beside: lines, within: x, above: y, &svg)
        return bottom + 40
    }

    private func drawRoof(_ x: Axis, _ y: Axis, knee: Double, _ marks: [Mark], _ svg: inout SVGWriter) {
        // The slope meets the frame on its left side or at its bottom.
        let first = max(x.low, y.low * knee)
        let start = (x: x.position(first), y: y.position(first / knee))
        let corner = (x: x.position(knee), y: y.position(1))
        svg.path(
            "roof",
            "M\(coordinate(start.x)) \(coordinate(start.y))L\(coordinate(corner.x)) \(coordinate(corner.y))"
                + "L\(coordinate(x.end)) \(coordinate(corner.y))")
        nameRoof(from: start, to: corner, marks.map(\.box), &svg)
    }

    /// Writes the bandwidth along the slope, where no mark is in the way if there is such a place.
    private func nameRoof(
        from start: (x: Double, y: Double), to end: (x: Double, y: Double), _ marks: [ClusterLayout.Box],
        _ svg: inout SVGWriter
    ) {
        let name = "bandwidth \(tickLabel(model.facts.slowMemoryBandwidth))"
        let angle = atan2(end.y - start.y, end.x - start.x)
        let length = Double(name.count) * 7.5
        func boxes(_ fraction: Double, _ distance: Double) -> [ClusterLayout.Box] {
            let middle = (x: start.x + fraction * (end.x - start.x), y: start.y + fraction * (end.y - start.y))
            return stride(from: -length / 2, through: length / 2, by: 8).map { along in
                ClusterLayout.Box(
                    x: middle.x + along * cos(angle) + distance * sin(angle) - 7,
                    y: middle.y + along * sin(angle) - distance * cos(angle) - 7, width: 14, height: 14)
            }
        }
        var places: [(fraction: Double, distance: Double)] = []
        for distance in [14.0, 28] {
            for fraction in [0.25, 0.35, 0.45, 0.55, 0.65, 0.75] { places.append((fraction, distance)) }
        }
        let free = places.first { place in
            boxes(place.fraction, place.distance).allSatisfy { box in
                box.x > start.x - 4 && !marks.contains(where: box.overlaps)
            }
        }
        let (fraction, distance) = free ?? (0.25, 14)
        svg.open(
            "text",
            [
                "class": "label strong", "text-anchor": "middle",
                "transform": "translate(\(coordinate(start.x + fraction * (end.x - start.x))) "
                    + "\(coordinate(start.y + fraction * (end.y - start.y)))) "
                    + "rotate(\(coordinate(angle * 180 / .pi))) translate(0 \(coordinate(5 - distance)))",
            ])
        svg.write(name)
        svg.close("text")
    }

    /// Steps that are drawn at one place.
    private struct Mark {
        var steps: [Int]
        let x: Double
        let y: Double
        let radius: Double
        let isCircle: Bool

        var box: ClusterLayout.Box {
            ClusterLayout.Box(x: x - radius, y: y - radius, width: 2 * radius, height: 2 * radius)
        }

        var name: String {
            let first = steps.first.map(String.init) ?? ""
            return steps.count > 1 ? "\(first) +\(steps.count - 1)" : first
        }
    }

    /// Large ones first, so that small ones stay visible.
    private func marks(_ x: Axis, _ y: Axis, largest: Double) -> [Mark] {
        struct Place: Hashable {
            let x: Int
            let y: Int
            let radius: Int
            let isCircle: Bool
        }
        let longest = model.steps.map(\.latency).max() ?? 1
        var marks: [Place: Mark] = [:]
        for (index, step) in model.steps.enumerated() {
            let radius = max(3.5, largest * (step.latency / longest).squareRoot())
            let (left, top) = (x.position(step.intensity), y.position(rate(step)))
            let isCircle = step.computeBoundIterations * 2 >= step.iterations
            let place = Place(
                x: Int(left.rounded()), y: Int(top.rounded()), radius: Int(radius.rounded()), isCircle: isCircle)
            let new = Mark(steps: [], x: left, y: top, radius: radius, isCircle: isCircle)
            marks[place, default: new].steps.append(index)
        }
        return marks.values.sorted {
            $0.radius == $1.radius ? $0.steps.lexicographicallyPrecedes($1.steps) : $0.radius > $1.radius
        }
    }

    private func draw(_ marks: [Mark], _ svg: inout SVGWriter) {
        for mark in marks {
            let style = "point \(stepColour(mark.steps.first ?? 0))"
            let tip = mark.steps.count > 1 ? "Steps at this place: \(abridged(mark.steps, limit: 24))" : nil
            if mark.isCircle {
                svg.circle(style, x: mark.x, y: mark.y, radius: mark.radius, step: mark.steps.first, tip: tip)
            } else {
                let half = mark.radius * 0.88
                svg.rect(
                    style, x: mark.x - half, y: mark.y - half, width: 2 * half, height: 2 * half,
                    step: mark.steps.first, tip: tip)
            }
        }
    }

    /// Writes the number of each step beside its mark, where there is room for it.
    private func name(
        _ marks: [Mark], beside lines: [ClusterLayout.Box], within x: Axis, above y: Axis, _ svg: inout SVGWriter
    ) {
        var taken = marks.map(\.box) + lines
        // Each look for room passes all marks; among so many, no name is found anyway.
        for mark in marks.prefix(200) {
            let width = Double(mark.name.count) * 7 + 4
            // To the right and below: above the slope is the place of its own name.
            let places = [
                (mark.x + mark.radius + 2, mark.y - 7), (mark.x - width / 2, mark.y + mark.radius + 2),
                (mark.x + mark.radius + 2, mark.y + 4),
            ].map { ClusterLayout.Box(x: $0.0, y: $0.1, width: width, height: 14) }
            let place = places.first { place in
                place.x > x.start && place.x + width < x.end && place.y + 14 < y.start
                    && !taken.contains(where: place.overlaps)
            }
            guard let place else { continue }
            taken.append(place)
            svg.label(mark.name, x: place.x + width / 2, y: place.y + 11, style: "name", anchor: .middle)
        }
    }
}
