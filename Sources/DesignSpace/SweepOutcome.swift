import Scheduling
import TensorGraph

/// What is known of one point of a sweep, from all findings together.
public struct SweepOutcome: Sendable {
    /// The point.
    public var point: DesignPoint
    /// The best schedule known; nil without one.
    public var schedule: Schedule?
    /// Its latency, in units of time.
    public var latency: Double?
    /// Compute time of all its iterations, in units of time.
    public var compute: Double?
    /// Elements that it moves in either direction.
    public var movedElements: Double?
    /// No schedule in the scope is faster; 0 where nothing is known.
    public var bound = 0.0
    /// What the bound is about; nil where nothing is known.
    public var scope: ProofScope?
    /// The position in the sweep of the point at which the schedule was found; nil without one.
    public var scheduleFrom: Int?
    /// The position in the sweep of the point at which the bound was proven; nil without one.
    public var boundFrom: Int?

    /// A point that nothing is known of.
    public init(point: DesignPoint) { self.point = point }

    /// (latency - bound) / latency, a fraction; 1 without a schedule.
    public var gap: Double {
        guard let latency, latency > 0 else { return latency == nil ? 1 : 0 }
        return max(0, latency - bound) / latency
    }

    /// Compute's share of the latency, a fraction; nil without a schedule.
    public var computeShare: Double? {
        guard let latency, let compute, latency > 0 else { return nil }
        return min(1, compute / latency)
    }
}
