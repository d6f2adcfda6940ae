import TextTable

/// A table of a schedule's steps, for people.
public struct StepTable {
    private let report: ScheduleReport

    /// Creates the table of an evaluated schedule.
    public init(_ report: ScheduleReport) { self.report = report }

    /// The table, one line per step, and a line with the total; every line ends in a newline.
    public var text: String {
        let rows = report.steps.enumerated().map { StepRow(index: $0, step: $1, capacity: report.fastMemoryCapacity) }
        let table = TextTable<StepRow>(\.columns).string(for: rows) ?? ""
        let retained = report.steps.reduce(0) { $0 + $1.retained.count }
        let totals = [
            "latency \(readable(report.totalLatency))",
            report.steps.count == 1 ? "1 step" : "\(report.steps.count) steps",
            "compute \(readable(report.steps.reduce(0) { $0 + $1.compute }))",
            "in \(readable(report.steps.reduce(0) { $0 + $1.loadedElements }))",
            "out \(readable(report.steps.reduce(0) { $0 + $1.evictedElements }))",
            "capacity \(readable(report.fastMemoryCapacity))",
            "retained \(retained)",
        ]
        return withoutTrailingSpaces(table) + totals.joined(separator: ", ") + "\n"
    }
}

/// The table pads its last column too, which only makes lines wrap in a narrow window.
func withoutTrailingSpaces(_ text: String) -> String {
    text.split(separator: "\n", omittingEmptySubsequences: false)
        .map { $0.reversed().drop { $0 == " " }.reversed() }
        .map { String($0) }.joined(separator: "\n")
}

/// The cells of one line, made once: the table asks for them several times.
private struct StepRow {
    let columns: [Column]

    init(index: Int, step: StepReport, capacity: Int) {
        let granularity = step.granularity.map(String.init).joined(separator: "x")
        let grid = step.grid.map(String.init).joined(separator: "x")
        let peak = "\(readable(step.peakWorkingSet)) \(percentage(step.peakWorkingSet, of: Double(capacity)))"
        columns = [
            Column(title: "step", value: index, align: .right),
            Column(title: "ops", value: abridged(step.ops)),
            Column(title: "w x h x k", value: granularity),
            Column(title: "order", value: step.order),
            Column(title: "rows x cols", value: grid, align: .right),
            Column(title: "iterations", value: readable(step.iterations), align: .right),
            Column(title: "compute", value: readable(step.compute), align: .right),
            Column(title: "in", value: readable(step.loadedElements), align: .right),
            Column(title: "out", value: readable(step.evictedElements), align: .right),
            Column(title: "latency", value: readable(step.latency), align: .right),
            Column(title: "bound by", value: step.binding),
            Column(title: "peak of capacity", value: peak, align: .right),
            Column(title: "retained", value: step.retained.isEmpty ? "-" : abridged(step.retained)),
        ]
    }
}
