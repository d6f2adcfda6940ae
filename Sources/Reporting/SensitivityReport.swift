import DesignSpace
import Scheduling
import TensorGraph

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
    ///
    /// Where there is not enough room names shorten first, then numbers, and at last there are two tables.
    ///
    /// - Parameter width: characters that a line may have, as far as that is possible; nil for any number.
    public func table(width: Int? = nil) -> String {
        let effects: [Cell] = [.change, .latency, .worth]
        let bests: [Cell] = [.change, .atLeast, .atMost, .range, .status]
        let styles = [
            Style(nameLength: 100), Style(nameLength: 40), Style(nameLength: 40, isShort: true),
            Style(nameLength: 28, isShort: true), Style(nameLength: 28, isShort: true, isCompact: true),
        ]
        let table = FittedTable(changes, width: width).text(
            styles.map { style in [{ Self.columns($0, Cell.allCases, style) }] }
                + [Style(nameLength: 40), Style(nameLength: 24, isShort: true, isCompact: true)].map { style in
                    [effects, bests].map { cells in { Self.columns($0, cells, style) } }
                })
        let base =
            "without a change: latency \(readable(latency)), best at least \(readable(bestAtLeast)), at most "
            + "\(readable(bestAtMost))"
        return table + TextWidth.wrapped(base, to: width).map { $0 + "\n" }.joined()
    }

    private enum Cell: CaseIterable {
        case change, latency, worth, atLeast, atMost, range, status
    }

    /// How much room cells take.
    private struct Style {
        let nameLength: Int
        /// Short titles.
        var isShort = false
        /// Rounded numbers.
        var isCompact = false
    }

    private static func columns(_ change: Change, _ cells: [Cell], _ style: Style) -> [Column] {
        func number(_ value: Double) -> String { style.isCompact ? compact(value) : readable(value) }
        return cells.map { cell in
            switch cell {
            case .change: Column(title: "change", value: shortenedName(change.name, to: style.nameLength))
            case .latency: Column(title: "latency", value: number(change.latency), align: .right)
            case .worth:
                Column(
                    title: "worth",
                    value: style.isCompact
                        ? (change.worth > 0 ? "+" : "") + number(change.worth) : signed(change.worth),
                    align: .right)
            case .atLeast:
                Column(
                    title: style.isShort ? "at least" : "best at least", value: number(change.bestAtLeast),
                    align: .right)
            case .atMost:
                Column(
                    title: style.isShort ? "at most" : "best at most", value: number(change.bestAtMost), align: .right)
            case .range: Column(title: "best's worth", value: range(change, number), align: .right)
            case .status: Column(title: "status", value: change.isProven ? "proven" : "-")
            }
        }
    }

    /// The middle of a long name is left out: the op's number and the change stand at its ends.
    private static func shortenedName(_ name: String, to length: Int) -> String {
        guard name.count > length else { return name }
        let end = (length - 1) * 3 / 4
        return name.prefix(length - 1 - end) + "…" + name.suffix(end)
    }

    private static func range(_ change: Change, _ number: (Double) -> String) -> String {
        let (low, high) = (number(change.bestWorthAtLeast), number(change.bestWorthAtMost))
        return low == high ? low : "\(low) to \(high)"
    }
}
