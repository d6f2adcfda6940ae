import DesignSpace
import Scheduling
import TensorGraph
import TextTable

/// What changes are worth, for tables and for JSON output (`models/schema/sensitivity.schema.json`).
public struct SensitivityReport: Encodable, Sendable {
    /// The schedule's latency without a change, in units of time.
    public let latency: Double
    /// A schedule as fast as this exists without a change.
    public let bestAtMost: Double
    /// No schedule is faster than this without a change.
    public let bestAtLeast: Double
    /// The changes, those first that make the best schedule known the fastest.
    public let changes: [Change]

    /// One change.
    public struct Change: Encodable, Sendable {
        /// bandwidth, capacity, native_width, native_height or cost.
        public let kind: String
        /// How much is added, or the factor.
        public let amount: Double
        /// The op whose cost changes; nil for hardware.
        public let op: Int?
        /// In words.
        public let name: String
        /// The latency of the very same schedule, in units of time.
        public let latency: Double
        /// By how much that is less.
        public let worth: Double
        /// A schedule as fast as this exists.
        public let bestAtMost: Double
        /// No schedule is faster than this.
        public let bestAtLeast: Double
        /// The best schedule gains at least so much.
        public let bestWorthAtLeast: Double
        /// The best schedule gains at most so much.
        public let bestWorthAtMost: Double
        /// Whether the best latency with the change is proven.
        public let isProven: Bool
    }

    /// Describes a study of a problem.
    public init(_ study: SensitivityStudy, problem: Problem) {
        latency = study.base.latency
        bestAtMost = study.base.bestAtMost
        bestAtLeast = study.base.bestAtLeast
        let base = study.base
        changes = study.effects.map { effect in
            let (kind, amount, op, name) = Self.description(effect.change, problem)
            // More hardware or less cost never makes the best schedule slower: see BoundTransfer.
            return Change(
                kind: kind, amount: amount, op: op?.index, name: name, latency: effect.latency,
                worth: base.latency - effect.latency, bestAtMost: effect.bestAtMost, bestAtLeast: effect.bestAtLeast,
                bestWorthAtLeast: max(0, base.bestAtLeast - effect.bestAtMost),
                bestWorthAtMost: max(0, base.bestAtMost - effect.bestAtLeast), isProven: effect.isProven)
        }
    }

    private static func description(
        _ change: HardwareChange, _ problem: Problem
    ) -> (kind: String, amount: Double, op: OpID?, name: String) {
        switch change {
        case .bandwidth(let more): ("bandwidth", more, nil, "bandwidth +\(readable(more))")
        case .capacity(let more): ("capacity", Double(more), nil, "capacity +\(readable(more))")
        case .nativeWidth(let factor): ("native_width", Double(factor), nil, "native width x\(factor)")
        case .nativeHeight(let factor): ("native_height", Double(factor), nil, "native height x\(factor)")
        case .cost(let op, let factor):
            ("cost", factor, op, "\(problem.describe(op)) at \(percentage(factor, of: 1)) of its cost")
        }
    }

    /// The table, one line per change; every line ends in a newline.
    public var table: String {
        let table = TextTable<Change> { change in
            [
                Column(title: "change", value: change.name),
                Column(title: "latency", value: readable(change.latency), align: .right),
                Column(title: "worth", value: signed(change.worth), align: .right),
                Column(title: "best at least", value: readable(change.bestAtLeast), align: .right),
                Column(title: "best at most", value: readable(change.bestAtMost), align: .right),
                Column(title: "best's worth", value: Self.range(change), align: .right),
                Column(title: "status", value: change.isProven ? "proven" : "-"),
            ]
        }
        return withoutTrailingSpaces(table.string(for: changes) ?? "")
            + "without a change: latency \(readable(latency)), best at least \(readable(bestAtLeast)), at most "
            + "\(readable(bestAtMost))\n"
    }

    private static func range(_ change: Change) -> String {
        let (low, high) = (readable(change.bestWorthAtLeast), readable(change.bestWorthAtMost))
        return low == high ? low : "\(low) to \(high)"
    }
}
