import CostModel
import TensorGraph

/// What a schedule moves of each tensor and for each op, for tables and for JSON output.
public struct TrafficReport: Encodable, Sendable {
    /// By tensor; those that are never moved are left out.
    public let tensors: [TensorTraffic]
    /// By op.
    public let ops: [OpTraffic]

    /// What is moved of a tensor.
    public struct TensorTraffic: Encodable, Sendable {
        /// The tensor's id.
        public let tensor: Int
        /// Its name; nil if it has none.
        public let name: String?
        /// Its elements.
        public let size: Int
        /// Elements loaded from slow memory.
        public let loadedElements: Double
        /// Elements evicted to slow memory.
        public let evictedElements: Double
        /// Steps that move some of it.
        public let steps: Int
        /// Its part of all that is moved, a fraction.
        public let share: Double
    }

    /// What is moved for an op: what it reads, divided evenly among the ops of the step that read it, and what it
    /// writes.
    public struct OpTraffic: Encodable, Sendable {
        /// The op's id.
        public let op: Int
        /// Its name; nil if it has none.
        public let name: String?
        /// Elements loaded from slow memory.
        public let loadedElements: Double
        /// Elements evicted to slow memory.
        public let evictedElements: Double
        /// Steps in which it moves some.
        public let steps: Int
        /// Its part of all that is moved, a fraction.
        public let share: Double
    }

    /// Describes what a schedule moves.
    public init(_ traffic: ScheduleTraffic, problem: Problem) {
        let all = traffic.tensors.reduce(0) { $0 + $1.movedElements }
        func share(_ amount: ScheduleTraffic.Amount) -> Double { all > 0 ? amount.movedElements / all : 0 }
        tensors = traffic.tensors.enumerated().filter { $0.element.movedElements > 0 }.map { index, amount in
            TensorTraffic(
                tensor: index, name: problem.tensorNames?[index], size: problem[TensorID(index)].size,
                loadedElements: amount.loadedElements, evictedElements: amount.evictedElements, steps: amount.steps,
                share: share(amount))
        }
        ops = traffic.ops.enumerated().map { index, amount in
            OpTraffic(
                op: index, name: problem.name(of: OpID(index)), loadedElements: amount.loadedElements,
                evictedElements: amount.evictedElements, steps: amount.steps, share: share(amount))
        }
    }

    /// Lines of each table: what is moved most comes first, and the rest is one line.
    private static let lines = 8

    /// A line of either table.
    private struct Line {
        var name: String
        var size: String?
        var loaded: Double
        var evicted: Double
        var steps: Int?
        var share: Double
        var percentage = ""
    }

    /// Two tables, of tensors and of ops, those first of which most is moved; every line ends in a newline.
    public var text: String {
        let tensors = self.tensors.sorted { ($0.share, $1.tensor) > ($1.share, $0.tensor) }.map {
            Line(
                name: Self.title($0.tensor, $0.name), size: readable($0.size), loaded: $0.loadedElements,
                evicted: $0.evictedElements, steps: $0.steps, share: $0.share)
        }
        let ops = self.ops.filter { $0.share > 0 }.sorted { ($0.share, $1.op) > ($1.share, $0.op) }.map {
            Line(
                name: Self.title($0.op, $0.name), size: nil, loaded: $0.loadedElements, evicted: $0.evictedElements,
                steps: $0.steps, share: $0.share)
        }
        guard !tensors.isEmpty else { return "" }
        return Self.table("tensor", tensors) + "\n" + Self.table("op", ops)
    }

    private static func title(_ id: Int, _ name: String?) -> String {
        guard let name else { return "\(id)" }
        return "\(id) " + (name.count > 20 ? "…" + name.suffix(19) : name)
    }

    private static func table(_ kind: String, _ lines: [Line]) -> String {
        let rest = lines.dropFirst(Self.lines)
        var shown = Array(lines.prefix(Self.lines))
        // One line more tells as much as a line that sums up one.
        if rest.count == 1 { shown += rest }
        if rest.count > 1 {
            shown.append(
                Line(
                    name: "\(rest.count) others", loaded: rest.reduce(0) { $0 + $1.loaded },
                    evicted: rest.reduce(0) { $0 + $1.evicted }, share: rest.reduce(0) { $0 + $1.share }))
        }
        for (index, text) in percentages(shown.map(\.share)).enumerated() { shown[index].percentage = text }
        let hasSize = lines.contains { $0.size != nil }
        return TextTable.text(shown) { line in
            var columns = [Column(title: kind, value: line.name)]
            if hasSize { columns.append(Column(title: "size", value: line.size ?? "", align: .right)) }
            return columns + [
                Column(title: "in", value: readable(line.loaded), align: .right),
                Column(title: "out", value: readable(line.evicted), align: .right),
                Column(title: "steps", value: line.steps.map(String.init) ?? "", align: .right),
                Column(title: "share", value: line.percentage, align: .right),
            ]
        }
    }
}
