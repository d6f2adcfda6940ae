/// Two schedules side by side, step by step, for people.
public struct ComparisonTable {
    private let comparison: ScheduleComparison
    private let width: Int?

    /// Creates the table of a comparison.
    ///
    /// - Parameters:
    ///   - comparison: the two schedules.
    ///   - width: characters that a line may have, as far as that is possible; nil for any number.
    public init(_ comparison: ScheduleComparison, width: Int? = nil) {
        self.comparison = comparison
        self.width = width
    }

    /// Both schedules, the steps that differ in a table, what is the same, and what each decision costs; every line
    /// ends in a newline.
    ///
    /// Where there is no room for two schedules side by side, the steps of B stand below those of A, and what each
    /// block costs in a table of its own.
    public var text: String {
        let head = [
            heading("A", comparison.a), heading("B", comparison.b),
            "B - A: \(difference(comparison.difference))"
                + (comparison.hasSameSequence ? "" : "; B runs its steps in another sequence"),
        ]
        return lines(head) + table + lines(sameLines + costLines)
    }

    private func lines(_ lines: [String]) -> String {
        lines.flatMap { TextWidth.wrapped($0, to: width) }.map { $0 + "\n" }.joined()
    }

    private var table: String {
        let blocks = comparison.blocks.enumerated().filter { !$0.element.costs.isEmpty }
            .map { (number: $0.offset, block: $0.element) }
        guard !blocks.isEmpty else { return "" }
        let wide = text(blocks.flatMap { rows($0.number, $0.block) })
        guard let width, TextWidth.widest(wide) > width else { return wide }
        let stacked = StackedComparison(comparison, width: width)
        return stacked.steps(blocks) + "\n" + stacked.costs(blocks)
    }

    private func text(_ rows: [ComparisonRow]) -> String {
        TextTable.text(rows, \.columns)
    }

    private func heading(_ name: String, _ side: ScheduleComparison.Side) -> String {
        "\(name) \(side.path): latency \(readable(side.totalLatency)), \(counted(side.steps.count, "step"))"
    }

    /// A difference in units of time and as a part of A's latency.
    private func difference(_ value: Double) -> String {
        guard comparison.a.totalLatency > 0 else { return signed(value) }
        return "\(signed(value)) (\(signed(100 * value / comparison.a.totalLatency))%)"
    }

    private func rows(_ number: Int, _ block: ScheduleComparison.Block) -> [ComparisonRow] {
        (0..<max(block.stepsA.count, block.stepsB.count)).map { line in
            ComparisonRow(
                block: line == 0 ? (number, block) : nil,
                a: side(line, block.stepsA, comparison.a), b: side(line, block.stepsB, comparison.b))
        }
    }

    private func side(
        _ line: Int, _ steps: [Int], _ side: ScheduleComparison.Side
    ) -> (index: Int, step: StepReport)? {
        guard steps.indices.contains(line), side.steps.indices.contains(steps[line]) else { return nil }
        return (steps[line], side.steps[steps[line]])
    }

    private var sameLines: [String] {
        let same = comparison.blocks.filter(\.costs.isEmpty)
        guard !same.isEmpty else { return ["no step is the same in both"] }
        let steps = same.reduce(0) { $0 + $1.stepsA.count }
        let latency = same.reduce(0) { $0 + $1.latencyA }
        return ["the same in both: \(counted(steps, "step")), latency \(readable(latency))"]
    }

    private var costLines: [String] {
        comparison.costs.map {
            "\($0.name) differs in \(counted($0.blocks, "block")): \(difference($0.difference))"
        }
    }
}

extension ScheduleComparison.Block {
    /// Which decisions differ, and what each costs where there are several.
    var differences: String {
        costs.map { costs.count == 1 ? $0.name : "\($0.name) \(signed($0.difference))" }.joined(separator: ", ")
    }
}

/// A number with its noun in the right form.
package func counted(_ count: Int, _ noun: String) -> String { "\(readable(count)) \(noun)\(count == 1 ? "" : "s")" }

/// The cells of one line: a step of A, a step of B, or both.
private struct ComparisonRow {
    let columns: [Column]

    init(
        block: (number: Int, block: ScheduleComparison.Block)?, a: (index: Int, step: StepReport)?,
        b: (index: Int, step: StepReport)?
    ) {
        columns =
            [Column(title: "block", value: block.map { String($0.number) } ?? "", align: .right)]
            + Self.columns("A", a) + Self.columns("B", b)
            + [
                Column(title: "B - A", value: block.map { signed($0.block.difference) } ?? "", align: .right),
                Column(title: "differs", value: block?.block.differences ?? ""),
            ]
    }

    private static func columns(_ name: String, _ side: (index: Int, step: StepReport)?) -> [Column] {
        func list(_ ids: [Int]?) -> String { ids.map { $0.isEmpty ? "-" : abridged($0, limit: 6) } ?? "" }
        return [
            Column(title: name, value: side.map { String($0.index) } ?? "", align: .right),
            Column(title: "ops", value: list(side?.step.ops)),
            Column(title: "w x h x k", value: side?.step.granularityText ?? ""),
            Column(title: "order", value: side?.step.order ?? ""),
            Column(title: "resident", value: list(side?.step.resident)),
            Column(title: "retained", value: list(side?.step.retained)),
            Column(title: "latency", value: side.map { readable($0.step.latency) } ?? "", align: .right),
        ]
    }
}
