import Foundation
import Scheduling

/// Bounds of a problem and what they prove of a schedule, for tables and for JSON output.
public struct ProofReport: Encodable, Sendable {
    /// `optimal`, `best of candidates`, `feasible (time limit)` …
    public let status: String
    /// The best latency known, in units of time.
    public let incumbent: Double
    /// What found it.
    public let source: String
    /// The best bound for the problem, in units of time; nil without one.
    public let dualBound: Double?
    /// (incumbent - dual bound) / incumbent, a fraction.
    public let gap: Double
    /// What the status and the dual bound are about, in words.
    public let scope: String
    /// Every bound found, in the order in which they were.
    public let bounds: [BoundReport]
    /// Why the candidates are not complete; empty when they are, nil when none were enumerated.
    public let omissions: [String]?
    /// Counts of the enumeration.
    public let candidates: Candidates?
    /// Counts of the integer program.
    public let program: Program?
    /// States that the backward search expanded.
    public let searchStates: Int?
    /// Wall-clock time, in seconds.
    public let seconds: Double

    /// One bound.
    public struct BoundReport: Encodable, Sendable {
        /// compute, traffic, linear, integer or search.
        public let name: String
        /// Units of time.
        public let value: Double
        /// What the bound is about, in words.
        public let scope: String
        /// Whether the scope is the problem rather than some candidates.
        public let isAboutProblem: Bool
        /// Whether exact arithmetic confirmed it; nil where no floating-point solver was involved.
        public let isCertified: Bool?
        /// Wall-clock time that finding it took, in seconds.
        public let seconds: Double
    }

    /// Counts of an enumeration.
    public struct Candidates: Encodable, Sendable {
        /// Connected op sets looked at.
        public let connected: Int
        /// Op sets that could be steps by shape, sinks and memory.
        public let admissible: Int
        /// Steps that fit at some granularity.
        public let feasible: Int
        /// Steps left after dominance.
        public let kept: Int
    }

    /// Counts of an integer program.
    public struct Program: Encodable, Sendable {
        /// Rows before cuts.
        public let rows: Int
        /// Columns.
        public let columns: Int
        /// Objective of the relaxation with supply cuts, in units of time.
        public let linearBound: Double?
        /// Nodes of branch and bound.
        public let nodes: Int
        /// Order cuts.
        public let orderCuts: Int
    }

    /// Describes a result.
    public init(_ result: SchedulingResult) {
        status = result.status.description
        incumbent = result.incumbent.latency
        source = result.incumbent.source.rawValue
        dualBound = result.bestBound?.value
        gap = result.gap
        scope = result.scope.words
        bounds = result.bounds.map {
            BoundReport(
                name: $0.kind.rawValue, value: $0.value, scope: $0.scope.words,
                isAboutProblem: $0.scope.isAboutProblem, isCertified: $0.isCertified, seconds: $0.seconds)
        }
        omissions = result.candidateOmissions?.map(\.words)
        candidates = result.candidates.map {
            Candidates(connected: $0.connected, admissible: $0.admissible, feasible: $0.feasible, kept: $0.kept)
        }
        program = result.program.map {
            Program(
                rows: $0.rows, columns: $0.columns, linearBound: $0.linearBound, nodes: $0.nodes,
                orderCuts: $0.orderCuts)
        }
        searchStates = result.searchStates
        seconds = result.seconds
    }

    /// Status, bound, gap and scope in a few lines, without a newline at the end.
    public var summary: String { summary(width: nil) }

    /// Status, bound, gap and scope in a few lines, without a newline at the end.
    ///
    /// - Parameter width: characters that a line may have; nil for any number.
    public func summary(width: Int?) -> String {
        // What is left out has lines of its own.
        let hasOmissions = omissions?.isEmpty == false
        var lines = [
            "status: \(status); " + (dualBound.map { "bound \(readable($0)), gap \(gapText)" } ?? "no bound"),
            "scope: \(hasOmissions && scope.hasPrefix(ProofScope.candidatesOnly) ? ProofScope.candidatesOnly : scope)",
        ]
        // What is missing from an enumeration is nothing to a proof of another kind.
        for omission in status == "optimal" ? [] : omissions ?? [] { lines.append("left out: \(omission)") }
        return lines.flatMap { TextWidth.wrapped($0, to: width) }.joined(separator: "\n")
    }

    /// The gap in per cent, never rounded to nothing; in words without a bound.
    public var gapText: String { dualBound == nil ? "unknown" : Reporting.gapText(gap) }

    /// A table of the bounds, the best one of those that were found the same way; every line ends in a newline.
    ///
    /// - Parameter width: characters that a line may have; the scope, in words, goes on in further lines.
    public func table(width: Int? = nil) -> String {
        let bounds = bestBounds
        let scopeStart = Self.table(bounds.map { Self.columns($0, scope: "") })
        let room = width.map { max(20, $0 - TextWidth.widest(scopeStart)) }
        return Self.table(
            bounds.flatMap { bound in
                TextWidth.wrapped(bound.scope, to: room, indent: 0).enumerated().map { line, scope in
                    Self.columns(line == 0 ? bound : nil, scope: scope)
                }
            })
    }

    /// A proof that is taken up again finds what it had found before.
    private var bestBounds: [BoundReport] {
        var best: [BoundReport] = []
        for bound in bounds {
            if let index = best.firstIndex(where: { $0.name == bound.name && $0.scope == bound.scope }) {
                if bound.value > best[index].value { best[index] = bound }
            } else {
                best.append(bound)
            }
        }
        return best
    }

    private static func table(_ rows: [[Column]]) -> String {
        TextTable.text(rows) { $0 }
    }

    private static func columns(_ bound: BoundReport?, scope: String) -> [Column] {
        [
            Column(title: "bound", value: bound?.name ?? ""),
            Column(title: "value", value: bound.map { readable($0.value) } ?? "", align: .right),
            Column(title: "certified", value: bound.map { $0.isCertified.map { $0 ? "exactly" : "no" } ?? "-" } ?? ""),
            Column(
                title: "seconds", value: bound.map { String(format: "%.3f", $0.seconds) } ?? "",
                align: .right),
            Column(title: "scope", value: scope),
        ]
    }
}
