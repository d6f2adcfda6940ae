import Foundation

/// Maps values to a stretch of a drawing.
struct Axis {
    enum Kind { case linear, logarithmic }

    let kind: Kind
    let low: Double
    let high: Double
    /// Where `low` and `high` are drawn.
    let start: Double
    let end: Double

    /// The range is widened where it is empty; a logarithmic one has to be above 0.
    init(_ kind: Kind, from low: Double, to high: Double, start: Double, end: Double) {
        self.kind = kind
        let low = low.isFinite ? low : 0
        let high = high.isFinite ? high : 1
        switch kind {
        case .linear:
            self.low = low
            self.high = high > low ? high : low + max(1, abs(low))
        case .logarithmic:
            self.low = max(low, 1e-300)
            self.high = high > self.low ? high : self.low * 10
        }
        self.start = start
        self.end = end
    }

    /// Where a value is drawn; those outside the range at its ends.
    func position(_ value: Double) -> Double {
        guard value > low else { return start }
        guard value < high else { return end }
        let fraction =
            kind == .linear ? (value - low) / (high - low) : log(value / low) / log(high / low)
        return start + fraction * (end - start)
    }

    /// Round values within the range, `count` at most, give or take.
    func ticks(_ count: Int) -> [Double] {
        kind == .linear ? linearTicks(count) : logarithmicTicks(count)
    }

    private func linearTicks(_ count: Int) -> [Double] {
        let rough = (high - low) / Double(max(1, count))
        guard rough > 0, rough.isFinite else { return [low] }
        let power = pow(10, floor(log10(rough)))
        let step = ([1, 2, 2.5, 5].first { $0 * power >= rough } ?? 10) * power
        guard step > 0, step.isFinite else { return [low] }
        let first = (low / step).rounded(.up)
        return (0...max(1, count + 1)).map { (first + Double($0)) * step }.filter { $0 <= high + step * 1e-9 }
    }

    private func logarithmicTicks(_ count: Int) -> [Double] {
        let (first, last) = (Int(ceil(log10(low) - 1e-9)), Int(floor(log10(high) + 1e-9)))
        guard last - first < 2 else {
            let stride = max(1, (last - first + max(1, count)) / max(1, count))
            return Swift.stride(from: first, through: last, by: stride).map { pow(10, Double($0)) }
        }
        // Within few powers of ten there is room for more, and need.
        for digits in [[1, 2, 5], [1, 1.5, 2, 3, 4, 5, 6, 8]] as [[Double]] {
            var ticks: [Double] = []
            for power in (min(first, last) - 1)...max(first, last) {
                ticks += digits.map { $0 * pow(10, Double(power)) }
            }
            ticks = ticks.filter { $0 >= low * (1 - 1e-9) && $0 <= high * (1 + 1e-9) }
            if ticks.count > 2 { return ticks }
        }
        return [low, high]
    }
}

extension Axis {
    /// Draws a line across the plot at each tick of a horizontal axis, and its number where there is room.
    func drawVerticals(_ count: Int, from top: Double, to bottom: Double, _ svg: inout SVGWriter) {
        var taken = -Double.infinity
        for tick in ticks(count) {
            let (x, text) = (position(tick), tickLabel(tick))
            svg.line("grid", from: (x, top), to: (x, bottom))
            let half = Double(text.count) * 3.8 + 3
            guard x - half > taken else { continue }
            taken = x + half
            svg.label(text, x: x, y: bottom + 17, style: "tick", anchor: .middle)
        }
    }
}

/// A number for an axis: three digits at most, with k, M, G or T.
func tickLabel(_ value: Double) -> String {
    guard value != 0, value.isFinite else { return "0" }
    let magnitude = abs(value)
    if magnitude >= 1e15 || magnitude < 1e-4 { return String(format: "%.0e", value) }
    let units: [(Double, String)] = [(1e12, "T"), (1e9, "G"), (1e6, "M"), (1e3, "k")]
    guard let (size, unit) = units.first(where: { magnitude >= $0.0 * 0.9995 }) else {
        return String(format: "%.3g", value)
    }
    return String(format: "%.3g", value / size) + unit
}
