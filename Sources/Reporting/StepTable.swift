/// A table of a schedule's steps that tells where the time goes, for people.
public struct StepTable {
    private let report: ScheduleReport
    private let width: Int?

    /// Creates the table of an evaluated schedule.
    ///
    /// - Parameters:
    ///   - report: what the evaluator says of the schedule.
    ///   - width: characters that a line may have, as far as that is possible; nil for any number.
    public init(_ report: ScheduleReport, width: Int? = nil) {
        self.report = report
        self.width = width
    }

    /// The table, one line per step, and lines with the totals; every line ends in a newline.
    ///
    /// What does not fit into one table is divided among several, of decisions, of costs, and of names where there are
    /// any. Long lists shorten first.
    public var text: String {
        let rows = Array(report.steps.enumerated())
        let rest = totals + timeSplit + physical
        let whole = columns(StepRow.all, listLength: 8)
        if let text = TextTable.text(rows, fitting: width, whole) { return text + rest }
        let decisions = TextTable.text(
            rows, fitting: width, ways: [8, 5, 3, 2, 1].map { columns(StepRow.decisions, listLength: $0) })
        let costs = TextTable.text(
            rows, fitting: width, ways: [false, true].map { columns(StepRow.costs, listLength: 8, isCompact: $0) })
        return decisions + "\n" + costs + (width.map { names(within: $0) } ?? "") + rest
    }

    /// As many names of each step as a line has room for.
    private func names(within width: Int) -> String {
        guard report.steps.contains(where: { $0.opNames != nil }) else { return "" }
        let start = "\(max(0, report.steps.count - 1))".count
        let lines = report.steps.enumerated().map { index, step in
            let number = String(repeating: " ", count: max(0, max(4, start) - "\(index)".count)) + "\(index)"
            return number + " " + Self.names(step.opNames ?? [], within: width - number.count - 1)
        }
        return "\nstep names\n---- -----\n" + lines.map { $0 + "\n" }.joined()
    }

    private static func names(_ names: [String], within room: Int) -> String {
        var text = ""
        for (count, name) in names.enumerated() {
            let more = (count == 0 ? "" : " ") + name
            let rest = count + 1 < names.count ? " (+\(names.count - count - 1))" : ""
            guard count == 0 || text.count + more.count + rest.count <= room else {
                return text + " (+\(names.count - count))"
            }
            text += more
        }
        return text.count > room ? "…" + text.suffix(max(1, room - 1)) : text
    }

    private func columns(
        _ cells: [StepRow.Cell], listLength: Int, isCompact: Bool = false
    ) -> (_ row: (offset: Int, element: StepReport)) -> [Column] {
        let hasNames = report.steps.contains { $0.opNames != nil }
        let cells = cells.filter { $0 != .names || hasNames }
        return { row in
            let row = StepRow(
                index: row.offset, step: row.element, capacity: report.fastMemoryCapacity, listLength: listLength,
                isCompact: isCompact)
            return cells.map(row.column)
        }
    }

    private var totals: String {
        let parts = [
            "latency \(readable(report.totalLatency))",
            counted(report.steps.count, "step"),
            "compute \(readable(sum(\.compute)))",
            "transfer \(readable(sum(\.transfer)))",
            "in \(readable(sum(\.loadedElements)))",
            "out \(readable(sum(\.evictedElements)))",
            "capacity \(readable(report.fastMemoryCapacity))",
            "retained \(report.steps.reduce(0) { $0 + $1.retained.count })",
        ]
        return TextWidth.wrapped(parts.joined(separator: ", "), to: width).joined(separator: "\n") + "\n"
    }

    /// Latency is compute and, where traffic takes longer, the wait for it; the two shares add up.
    private var timeSplit: String {
        guard report.totalLatency > 0 else { return "" }
        let (compute, waiting) = (sum(\.compute), sum(\.waiting))
        let (share, rest) = complementaryPercentages(compute, waiting)
        let text =
            "of the latency, \(readable(compute)) (\(share)) is computing and \(readable(waiting)) (\(rest)) waiting "
            + "for memory"
        return TextWidth.wrapped(text, to: width).joined(separator: "\n") + "\n"
    }

    private var physical: String {
        guard let physical = report.physical else { return "" }
        return TextWidth.wrapped(physical.text, to: width).joined(separator: "\n") + "\n"
    }

    private func sum(_ field: KeyPath<StepReport, Double>) -> Double {
        report.steps.reduce(0) { $0 + $1[keyPath: field] }
    }
}

/// Two shares of a whole in per cent that add up to 100 %, neither of them 100 % while the other is not nothing.
func complementaryPercentages(_ part: Double, _ rest: Double) -> (part: String, rest: String) {
    let whole = part + rest
    guard whole > 0, whole.isFinite else { return ("-", "-") }
    var share = Int((100 * part / whole).rounded())
    if rest > 0 { share = min(share, 99) }
    if part > 0 { share = max(share, 1) }
    return ("\(share)%", "\(100 - share)%")
}

/// The cells of one line.
private struct StepRow {
    /// What a column tells.
    enum Cell {
        case step, ops, names, granularity, order, grid, iterations, resident, retained
        case loaded, evicted, transfer, compute, latency, share, binding, peak
    }

    static let decisions: [Cell] = [.step, .ops, .granularity, .order, .grid, .iterations, .resident, .retained]
    static let costs: [Cell] = [.step, .loaded, .evicted, .transfer, .compute, .latency, .share, .binding, .peak]
    /// In one table, what a step costs stands before what it keeps.
    static let all = Array(
        [.step, .ops, .names] + decisions.dropFirst(2).dropLast(2) + costs.dropFirst() + decisions.suffix(2))

    let index: Int
    let step: StepReport
    let capacity: Int
    let listLength: Int
    let isCompact: Bool

    func column(_ cell: Cell) -> Column {
        switch cell {
        case .step: Column(title: "step", value: index, align: .right)
        case .ops: Column(title: "ops", value: abridged(step.ops, limit: listLength))
        case .names: Column(title: "names", value: names)
        case .granularity: Column(title: "w x h x k", value: step.granularityText)
        case .order: Column(title: "order", value: step.order)
        case .grid: Column(title: "grid", value: step.grid.map(String.init).joined(separator: "x"), align: .right)
        case .iterations: Column(title: "iterations", value: readable(step.iterations), align: .right)
        case .resident: Column(title: "resident", value: list(step.resident))
        case .retained: Column(title: "retained", value: list(step.retained))
        case .loaded: Column(title: "in", value: number(step.loadedElements), align: .right)
        case .evicted: Column(title: "out", value: number(step.evictedElements), align: .right)
        case .transfer: Column(title: "transfer", value: number(step.transfer), align: .right)
        case .compute: Column(title: "compute", value: number(step.compute), align: .right)
        case .latency: Column(title: "latency", value: number(step.latency), align: .right)
        case .share: Column(title: "share", value: percentage(step.share, of: 1), align: .right)
        case .binding: Column(title: "bound by", value: step.binding)
        case .peak:
            Column(
                title: isCompact ? "peak" : "peak of capacity",
                value: "\(number(step.peakWorkingSet)) \(percentage(step.peakWorkingSet, of: Double(capacity)))",
                align: .right)
        }
    }

    private func number(_ value: Double) -> String { isCompact ? compact(value) : readable(value) }

    /// The first names, as many as make one line with the other columns; of a long name the end tells more.
    private var names: String {
        let names = step.opNames ?? []
        let (count, length) = (max(1, listLength / 3), listLength > 3 ? 32 : 18)
        let shown = names.prefix(count).map { $0.count > length ? "…" + $0.suffix(length - 1) : $0 }
        return shown.joined(separator: " ") + (names.count > count ? " (+\(names.count - count))" : "")
    }

    private func list(_ ids: [Int]) -> String { ids.isEmpty ? "-" : abridged(ids, limit: listLength) }
}

extension StepReport {
    /// Width, height and depth, as tables show them.
    var granularityText: String { granularity.map(String.init).joined(separator: "x") }
}
