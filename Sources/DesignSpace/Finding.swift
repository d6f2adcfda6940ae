import Scheduling
import TensorGraph

/// What solving a problem at one point came to: facts that serve other points too.
public struct Finding: Sendable {
    /// The point.
    public var point: DesignPoint
    /// The best schedule found there; nil without one.
    public var schedule: Schedule?
    /// Its latency there, in units of time.
    public var latency: Double?
    /// Elements that its fullest iteration holds.
    public var peakWorkingSet: Double?
    /// No schedule in the scope is faster there; 0 where nothing is known.
    public var bound = 0.0
    /// What the bound is about; nil where nothing is known.
    public var scope: ProofScope?
    /// How the run there ended, in words.
    public var status: String
    /// Why there is no schedule; nil where there is one.
    public var failure: String?
    /// Wall-clock time, in seconds.
    public var seconds = 0.0

    /// Creates a finding that knows nothing yet.
    public init(point: DesignPoint, status: String) {
        self.point = point
        self.status = status
    }
}
