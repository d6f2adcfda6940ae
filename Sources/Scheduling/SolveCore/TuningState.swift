import CostModel

/// What is known of a step's granularities.
struct TuningState: Sendable, Hashable {
    /// The best granularity and tile order found, and their latency.
    var choice: GranularityChoice
    /// No granularity and no named order is faster, in units of time.
    var lowerBound: Double
    /// True when an exhaustive search had to pass granularities over, so that no search will raise the bound.
    var isBeyondSearch = false
}
