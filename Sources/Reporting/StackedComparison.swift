/// The blocks in which two schedules differ, for a terminal that has no room for both side by side: the steps of each
/// block one below the other, then what the blocks cost.
struct StackedComparison {
    private let comparison: ScheduleComparison
    private let width: Int

    /// - Parameters:
    ///   - comparison: the two schedules.
    ///   - width: characters that a line may have, as far as that is possible.
    init(_ comparison: ScheduleComparison, width: Int) {
        self.comparison = comparison
        self.width = width
    }

    typealias NumberedBlock = (number: Int, block: ScheduleComparison.Block)

    /// The steps of A and then those of B, block by block; long lists shorten first, then numbers.
    func steps(_ blocks: [NumberedBlock]) -> String {
        let attempts = [6, 4, 3, 2, 1].map { ($0, false) } + [(1, true)]
        return TextWidth.first(
            of: attempts.map { length, isCompact in { text(blocks.flatMap { rows($0, length, isCompact) }) } },
            fitting: width)
    }

    /// What each block costs, and the decisions that make the difference, which go on in further lines.
    func costs(_ blocks: [NumberedBlock]) -> String {
        func row(_ item: NumberedBlock?, _ differs: String) -> [Column] {
            func number(_ value: Double?) -> String { value.map { readable($0) } ?? "" }
            return [
                Column(title: "block", value: item.map { "\($0.number)" } ?? "", align: .right),
                Column(title: "A", value: number(item?.block.latencyA), align: .right),
                Column(title: "B", value: number(item?.block.latencyB), align: .right),
                Column(title: "B - A", value: item.map { signed($0.block.difference) } ?? "", align: .right),
                Column(title: "differs", value: differs),
            ]
        }
        let narrow = TextWidth.widest(text(blocks.map { row($0, "") }))
        let room = max(20, width - narrow)
        return text(
            blocks.flatMap { item in
                TextWidth.wrapped(item.block.differences, to: room, indent: 0).enumerated()
                    .map { row($0.offset == 0 ? item : nil, $0.element) }
            })
    }

    private func rows(_ item: NumberedBlock, _ length: Int, _ isCompact: Bool) -> [[Column]] {
        let sides = [("A", item.block.stepsA, comparison.a.steps), ("B", item.block.stepsB, comparison.b.steps)]
        let lines = sides.flatMap { name, indices, steps in
            indices.filter(steps.indices.contains).map { (name: name, index: $0, step: steps[$0]) }
        }
        func list(_ ids: [Int]) -> String { ids.isEmpty ? "-" : abridged(ids, limit: length) }
        return lines.enumerated().map { position, line in
            [
                Column(title: "block", value: position == 0 ? "\(item.number)" : "", align: .right),
                Column(title: "of", value: line.name),
                Column(title: "step", value: line.index, align: .right),
                Column(title: "ops", value: list(line.step.ops)),
                Column(title: "w x h x k", value: line.step.granularityText),
                Column(title: "order", value: line.step.order),
                Column(title: "resident", value: list(line.step.resident)),
                Column(title: "retained", value: list(line.step.retained)),
                Column(
                    title: "latency", value: isCompact ? compact(line.step.latency) : readable(line.step.latency),
                    align: .right),
            ]
        }
    }

    private func text(_ rows: [[Column]]) -> String {
        TextTable.text(rows) { $0 }
    }
}
