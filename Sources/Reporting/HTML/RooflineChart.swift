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
        for tick in x.ticks(size == .wide ? 8 : 4) {
            svg.line("grid", from: (x.position(tick), top), to: (x.position(tick), bottom))
            svg.label(tickLabel(tick), x: x.position(tick), y: bottom + 17, style: "tick", anchor: .middle)
        }
        svg.label(
            "compute per element moved, units of time", x: x.end, y: bottom + 33, style: "tick", anchor: .end)
        drawRoof(x, y, knee: knee, &svg)
        drawSteps(x, y, size, &svg)
        return bottom + 40
    }

    private func drawRoof(_ x: Axis, _ y: Axis, knee: Double, _ svg: inout SVGWriter) {
        // The slope meets the frame on its left side or at its bottom.
        let first = max(x.low, y.low * knee)
        let start = (x: x.position(first), y: y.position(first / knee))
        let corner = (x: x.position(knee), y: y.position(1))
        svg.path(
            "roof",
            "M\(coordinate(start.x)) \(coordinate(start.y))L\(coordinate(corner.x)) \(coordinate(corner.y))"
                + "L\(coordinate(x.end)) \(coordinate(corner.y))")
        svg.label("compute ceiling 1", x: x.end - 4, y: corner.y - 5, style: "label strong", anchor: .end)
        let angle = atan2(corner.y - start.y, corner.x - start.x) * 180 / .pi
        // Near the foot, above the line: the marks are on it or below, most of them further up.
        let middle = (x: start.x + 0.25 * (corner.x - start.x), y: start.y + 0.25 * (corner.y - start.y))
        svg.open(
            "text",
            [
                "class": "label strong", "text-anchor": "middle",
                "transform": "translate(\(coordinate(middle.x)) \(coordinate(middle.y))) "
                    + "rotate(\(coordinate(angle))) translate(0 -14)",
            ])
        svg.write("bandwidth \(tickLabel(model.facts.slowMemoryBandwidth))")
        svg.close("text")
    }

    private func drawSteps(_ x: Axis, _ y: Axis, _ size: ChartSize, _ svg: inout SVGWriter) {
        let longest = model.steps.map(\.latency).max() ?? 1
        let largest = size == .wide ? 13.0 : 9.0
        // Large ones first, so that small ones stay visible.
        let order = model.steps.indices.sorted {
            model.steps[$0].latency == model.steps[$1].latency
                ? $0 < $1 : model.steps[$0].latency > model.steps[$1].latency
        }
        var marks: [ClusterLayout.Box] = []
        for index in order {
            let step = model.steps[index]
            let radius = max(3.5, largest * (step.latency / longest).squareRoot())
            let centre = (x: x.position(step.intensity), y: y.position(rate(step)))
            let style = "point \(stepColour(index))"
            if step.computeBoundIterations * 2 >= step.iterations {
                svg.circle(style, x: centre.x, y: centre.y, radius: radius, step: index)
            } else {
                let half = radius * 0.88
                svg.rect(
                    style, x: centre.x - half, y: centre.y - half, width: 2 * half, height: 2 * half, step: index)
            }
            marks.append(
                ClusterLayout.Box(x: centre.x - radius, y: centre.y - radius, width: 2 * radius, height: 2 * radius))
        }
        name(order, marks, within: x, &svg)
    }

    /// Writes the number of each step beside its mark, where there is room for it.
    private func name(_ steps: [Int], _ marks: [ClusterLayout.Box], within x: Axis, _ svg: inout SVGWriter) {
        var taken = marks
        // Each look for room passes all marks; among so many, no name is found anyway.
        for (step, mark) in zip(steps, marks).prefix(200) {
            let width = Double("\(step)".count) * 7 + 4
            let middle = (x: mark.x + mark.width / 2, y: mark.y + mark.height / 2)
            let places = [
                (mark.x + mark.width + 2, middle.y - 7), (middle.x - width / 2, mark.y + mark.height + 2),
                (mark.x - width - 2, middle.y - 7), (middle.x - width / 2, mark.y - 16),
            ].map { ClusterLayout.Box(x: $0.0, y: $0.1, width: width, height: 14) }
            let place = places.first { place in
                place.x > x.start && place.x + width < x.end && !taken.contains(where: place.overlaps)
            }
            guard let place else { continue }
            taken.append(place)
            svg.label("\(step)", x: place.x + width / 2, y: place.y + 11, style: "name", anchor: .middle)
        }
    }
}
