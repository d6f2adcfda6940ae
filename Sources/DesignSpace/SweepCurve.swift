import Foundation

/// One curve of a sweep: the points that share everything but what stands on the horizontal axis.
public struct SweepCurve: Sendable {
    /// What the horizontal axis shows.
    public enum Dimension: String, Sendable, CaseIterable {
        /// Elements of fast memory.
        case capacity
        /// Elements per unit of time.
        case bandwidth
        /// Elements of the native tile.
        case native

        /// The value of a point.
        public func value(_ point: DesignPoint) -> Double {
            switch self {
            case .capacity: Double(point.capacityElements)
            case .bandwidth: point.bandwidth
            case .native: Double(point.nativeWidth) * Double(point.nativeHeight)
            }
        }
    }

    /// Positions of its points in the sweep, ascending along the axis.
    public let positions: [Int]
    /// Those of them that no other point of the curve with as little or less beats or equals.
    public let front: [Int]
    /// The point from which more buys less; nil where the curve has no such point.
    public let knee: Int?

    /// What the curves of a sweep are drawn over: the first dimension with several values, capacity before bandwidth.
    public static func dimension(of outcomes: [SweepOutcome]) -> Dimension {
        Dimension.allCases.first { dimension in
            Set(outcomes.map { dimension.value($0.point) }).count > 1
        } ?? .capacity
    }

    /// All curves, in the order of the sweep.
    public static func all(_ outcomes: [SweepOutcome]) -> [SweepCurve] {
        let dimension = dimension(of: outcomes)
        var curves: [[Double]: [Int]] = [:]
        var order: [[Double]] = []
        for (position, outcome) in outcomes.enumerated() {
            let point = outcome.point
            var key = [
                Double(point.capacityElements), point.bandwidth, Double(point.nativeWidth), Double(point.nativeHeight),
            ]
            switch dimension {
            case .capacity: key[0] = 0
            case .bandwidth: key[1] = 0
            case .native: (key[2], key[3]) = (0, 0)
            }
            if curves[key] == nil { order.append(key) }
            curves[key, default: []].append(position)
        }
        return order.compactMap { curves[$0] }.map { SweepCurve($0, outcomes, dimension) }
    }

    private init(_ positions: [Int], _ outcomes: [SweepOutcome], _ dimension: Dimension) {
        self.positions = positions.sorted {
            (dimension.value(outcomes[$0].point), $0) < (dimension.value(outcomes[$1].point), $1)
        }
        let known = self.positions.compactMap { position in
            outcomes[position].latency.map {
                (position: position, x: dimension.value(outcomes[position].point), y: $0)
            }
        }
        front = Self.front(known)
        knee = Self.knee(known)
    }

    private typealias Known = (position: Int, x: Double, y: Double)

    /// Pareto front: less on the axis, or less latency. Of equal latencies the one with the least on the axis.
    private static func front(_ known: [Known]) -> [Int] {
        var best = Double.infinity
        return known.filter { point in
            guard point.y < best * (1 - 1e-9) else { return false }
            best = point.y
            return true
        }.map(\.position)
    }

    /// The knee of a falling curve: on logarithmic axes, the point that lies farthest below the line from its first to
    /// its last one (Satopaa, Albrecht, Irwin, Raghavan: Finding a "Kneedle" in a Haystack, 2011).
    private static func knee(_ known: [Known]) -> Int? {
        guard let first = known.first, let last = known.last, last.x > first.x, last.y > 0, first.y > last.y else {
            return nil
        }
        let (width, height) = (log(last.x / first.x), log(first.y / last.y))
        var best: (position: Int, distance: Double)?
        for point in known {
            let distance = log(first.y / point.y) / height - log(point.x / first.x) / width
            if distance > (best?.distance ?? 1e-9) { best = (point.position, distance) }
        }
        return best?.position
    }
}
