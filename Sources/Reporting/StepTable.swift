import TextTable

/// A table of a schedule's steps that tells where the time goes, for people.
public struct StepTable {
    private let report: ScheduleReport

    /// Creates the table of an evaluated schedule.
    public init(_ report: ScheduleReport) { self.report = report }

    /// The table, one line per step, and lines with the totals; every line ends in a newline.
    public var text: String {
        let rows = report.steps.enumerated().map { StepRow(index: $0, step: $1, capacity: report.fastMemoryCapacity) }
        let table = TextTable<StepRow>(\.columns).string(for: rows) ?? ""
        return withoutTrailingSpaces(table) + totals + timeSplit
    }

    private var totals: String {
        let parts = [
            "latency \(readable(report.totalLatency))",
            report.steps.count == 1 ? "1 step" : "\(report.steps.count) steps",
            "compute \(readable(sum(\.compute)))",
            "transfer \(readable(sum(\.transfer)))",
            "in \(readable(sum(\.loadedElements)))",
            "out \(readable(sum(\.evictedElements)))",
            "capacity \(readable(report.fastMemoryCapacity))",
            "retained \(report.steps.reduce(0) { $0 + $1.retained.count })",
        ]
        return parts.joined(separator: ", ") + "\n"
    }

    /// Latency is compute and, where traffic takes longer, the wait for it.
    private var timeSplit: String {
        guard report.totalLatency > 0 else { return "" }
        let (compute, waiting) = (sum(\.compute), sum(\.waiting))
        func part(_ time: Double) -> String { "\(readable(time)) (\(percentage(time, of: report.totalLatency)))" }
        return "of the latency, \(part(compute)) is computing and \(part(waiting)) waiting for memory\n"
    }

    private func sum(_ field: KeyPath<StepReport, Double>) -> Double {
        report.steps.reduce(0) { $0 + $1[keyPath: field] }
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
        let grid = step.grid.map(String.init).joined(separator: "x")
        let peak = "\(readable(step.peakWorkingSet)) \(percentage(step.peakWorkingSet, of: Double(capacity)))"
        columns = [
            Column(title: "step", value: index, align: .right),
            Column(title: "ops", value: abridged(step.ops)),
            Column(title: "w x h x k", value: step.granularityText),
            Column(title: "order", value: step.order),
            Column(title: "grid", value: grid, align: .right),
            Column(title: "iterations", value: readable(step.iterations), align: .right),
            Column(title: "in", value: readable(step.loadedElements), align: .right),
            Column(title: "out", value: readable(step.evictedElements), align: .right),
            Column(title: "transfer", value: readable(step.transfer), align: .right),
            Column(title: "compute", value: readable(step.compute), align: .right),
            Column(title: "latency", value: readable(step.latency), align: .right),
            Column(title: "share", value: percentage(step.share, of: 1), align: .right),
            Column(title: "bound by", value: step.binding),
            Column(title: "peak of capacity", value: peak, align: .right),
            Column(title: "resident", value: step.resident.isEmpty ? "-" : abridged(step.resident)),
            Column(title: "retained", value: step.retained.isEmpty ? "-" : abridged(step.retained)),
        ]
    }
}

extension StepReport {
    /// Width, height and depth, as tables show them.
    var granularityText: String { granularity.map(String.init).joined(separator: "x") }
}
