import TensorGraph

/// All points of a sweep, and the order in which they are best solved.
public struct SweepGrid: Sendable {
    /// The points: native tiles outermost, then bandwidths, then capacities, each ascending.
    public let points: [DesignPoint]
    /// Positions in ``points``: of each dimension the last value first, then the first, then what halves the largest
    /// gaps.
    public let order: [Int]

    /// The most points that a sweep has.
    public static let maximumCount = 100_000

    /// Creates the grid of all combinations; nil when there are more than ``maximumCount``.
    ///
    /// - Parameters:
    ///   - capacities: ascending, at least one.
    ///   - bandwidths: likewise.
    ///   - natives: likewise.
    public init?(capacities: [Int], bandwidths: [Double], natives: [(width: Int, height: Int)]) {
        let (rows, overflow) = natives.count.multipliedReportingOverflow(by: bandwidths.count)
        let (count, overflows) = rows.multipliedReportingOverflow(by: capacities.count)
        guard !overflow, !overflows, count <= Self.maximumCount else { return nil }
        points = natives.flatMap { native in
            bandwidths.flatMap { bandwidth in
                capacities.map {
                    DesignPoint(
                        capacityElements: $0, bandwidth: bandwidth, nativeWidth: native.width,
                        nativeHeight: native.height)
                }
            }
        }
        let inner = Self.bisection(capacities.count)
        let middle = Self.bisection(bandwidths.count)
        order = Self.bisection(natives.count).flatMap { native in
            middle.flatMap { bandwidth in
                inner.map { (native * bandwidths.count + bandwidth) * capacities.count + $0 }
            }
        }
    }

    /// The last of `count` positions, the first, then the middle of each gap, breadth first.
    ///
    /// The last capacity has the bound that serves all, and the first the schedule that does. Where both ends of a gap
    /// agree, all between them is known.
    static func bisection(_ count: Int) -> [Int] {
        guard count > 1 else { return Array(0..<count) }
        var order = [count - 1, 0]
        var gaps = [(0, count - 1)]
        while !gaps.isEmpty {
            var halves: [(Int, Int)] = []
            // The upper half first: bounds come from above.
            for (low, high) in gaps where high - low > 1 {
                let middle = (low + high) / 2
                order.append(middle)
                halves += [(middle, high), (low, middle)]
            }
            gaps = halves
        }
        return order
    }
}
