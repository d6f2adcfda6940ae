import TensorGraph

/// What a bound or a claim of optimality is about.
public enum ProofScope: Sendable, Hashable, CustomStringConvertible {
    /// Every schedule of the problem, in any tile order.
    case problem
    /// Every schedule of the problem in which tiles are visited in one of the named orders.
    case namedOrders
    /// Schedules made of the candidates at hand, and why these are not all.
    case candidates([Omission])

    /// The scope in words.
    public var description: String {
        switch self {
        case .problem: "all schedules"
        case .namedOrders:
            "all schedules with tile orders raster, row snake, column-major or column snake; every granularity"
        case .candidates(let omissions):
            "schedules of the candidates only: " + omissions.map(\.description).joined(separator: "; ")
        }
    }

    /// True when no schedule of the problem, in the named orders, is left out.
    public var isAboutProblem: Bool {
        if case .candidates = self { false } else { true }
    }
}

/// A number that no latency in the scope falls below.
public struct LowerBound: Sendable, Hashable {
    /// Where a bound comes from.
    public enum Kind: String, Sendable, Hashable, CaseIterable {
        /// Every op computes each native tile of its output at least once.
        case compute
        /// Every graph input is loaded and every graph output evicted, some more than once.
        case traffic
        /// Dual prices by which no step of the problem is worth more than it costs.
        case pricing
        /// The linear relaxation over the candidates.
        case linear
        /// Branch and bound over the candidates.
        case integer
        /// Best-first search over the candidates.
        case search
        /// Proven for other hardware, and carried over.
        case carried
    }

    /// Where the bound comes from.
    public var kind: Kind
    /// Units of time.
    public var value: Double
    /// What the bound is about.
    public var scope: ProofScope
    /// Wall-clock time that finding it took, in seconds.
    public var seconds: Double
    /// Whether exact arithmetic confirmed it; nil where no floating-point solver was involved.
    public var isCertified: Bool?

    /// Creates a bound.
    public init(_ kind: Kind, _ value: Double, scope: ProofScope, seconds: Double = 0, isCertified: Bool? = nil) {
        self.kind = kind
        self.value = value
        self.scope = scope
        self.seconds = seconds
        self.isCertified = isCertified
    }
}
