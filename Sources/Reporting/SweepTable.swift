import Foundation

/// A table of the points of a sweep, for people, and the same as comma-separated values, for spreadsheets.
public struct SweepTable {
    private let rows: [SweepRow]
    private let width: Int?

    /// Creates the table.
    ///
    /// - Parameters:
    ///   - rows: the points.
    ///   - width: characters that a line may have, as far as that is possible; nil for any number.
    public init(_ rows: [SweepRow], width: Int? = nil) {
        self.rows = rows
        self.width = width
    }

    /// The table, one line per point, why points failed, and a line that sums it up; every line ends in a newline.
    ///
    /// Where there is not enough room the status shortens first, then numbers, and at last there are two tables.
    public var text: String {
        let results: [Cell] = [.point, .capacity, .bandwidth, .native, .latency, .bound, .gap, .marks]
        let efforts: [Cell] = [.point, .compute, .moved, .from, .seconds, .status]
        let table = FittedTable(rows, width: width).text(
            [(false, false), (true, false), (true, true)].map { style in
                [{ columns($0, Cell.allCases, isShort: style.0, isCompact: style.1) }]
            }
                + [false, true].map { isCompact in
                    [results, efforts].map { cells in { columns($0, cells, isShort: false, isCompact: isCompact) } }
                })
        let failures = rows.compactMap { row in row.error.map { "point \(row.number): \(row.status): \($0)" } }
        return table + (failures + [summary]).flatMap { TextWidth.wrapped($0, to: width) }.map { $0 + "\n" }.joined()
    }

    private enum Cell: CaseIterable {
        case point, capacity, bandwidth, native, latency, bound, gap, compute, moved, marks, from, seconds, status
    }

    private func columns(_ row: SweepRow, _ cells: [Cell], isShort: Bool, isCompact: Bool) -> [Column] {
        let hasSeveralBandwidths = Set(rows.map(\.bandwidth)).count > 1
        let hasSeveralNatives = Set(rows.map(\.native)).count > 1
        func number(_ value: Double?) -> String { value.map { isCompact ? compact($0) : readable($0) } ?? "-" }
        return cells.compactMap { cell in
            switch cell {
            case .point: Column(title: "point", value: row.number, align: .right)
            case .capacity: Column(title: "capacity", value: readable(row.capacity), align: .right)
            case .bandwidth:
                hasSeveralBandwidths
                    ? Column(title: "bandwidth", value: readable(row.bandwidth), align: .right) : nil
            case .native:
                hasSeveralNatives
                    ? Column(title: "native", value: row.native.map(String.init).joined(separator: "x"), align: .right)
                    : nil
            case .latency: Column(title: "latency", value: number(row.latency), align: .right)
            case .bound: Column(title: "bound", value: number(row.bound), align: .right)
            case .gap: Column(title: "gap", value: row.gap.map { gapText($0) } ?? "-", align: .right)
            case .compute:
                Column(title: "compute", value: row.computeShare.map { percentage($0, of: 1) } ?? "-", align: .right)
            case .moved: Column(title: "moved", value: number(row.movedElements), align: .right)
            case .marks: Column(title: "", value: Self.marks(row))
            case .from: Column(title: "from", value: Self.sources(row))
            case .seconds: Column(title: "seconds", value: String(format: "%.2f", row.seconds), align: .right)
            case .status: Column(title: "status", value: isShort ? shortStatus(row.status) : row.status)
            }
        }
    }

    private static func marks(_ row: SweepRow) -> String {
        [row.isOnFront ? "pareto" : nil, row.isKnee ? "knee" : nil].compactMap(\.self).joined(separator: ", ")
    }

    /// Points that schedule and bound come from, where that is another one.
    private static func sources(_ row: SweepRow) -> String {
        let schedule = row.scheduleFrom.flatMap { $0 == row.number ? nil : "schedule \($0)" }
        let bound = row.boundFrom.flatMap { $0 == row.number ? nil : "bound \($0)" }
        let text = [schedule, bound].compactMap(\.self).joined(separator: ", ")
        return text.isEmpty ? "-" : text
    }

    private var summary: String {
        let optimal = rows.count { $0.status == "optimal" }
        let without = rows.count { $0.latency == nil }
        let seconds = rows.reduce(0) { $0 + $1.seconds }
        return [
            rows.count == 1 ? "1 point" : "\(rows.count) points", "\(optimal) optimal",
            "\(without) without a schedule", String(format: "%.1f s", seconds),
        ].joined(separator: ", ")
    }

    // MARK: Comma-separated values

    private static var columns: [(name: String, value: (SweepRow) -> String)] {
        [
            ("point", { "\($0.number)" }), ("capacity", { "\($0.capacity)" }), ("bandwidth", { "\($0.bandwidth)" }),
            ("native_width", { "\($0.native.first ?? 0)" }), ("native_height", { "\($0.native.last ?? 0)" }),
            ("latency", { number($0.latency) }), ("bound", { number($0.bound) }), ("gap", { number($0.gap) }),
            ("compute", { number($0.compute) }), ("compute_share", { number($0.computeShare) }),
            ("moved_elements", { number($0.movedElements) }), ("pareto", { $0.isOnFront ? "1" : "0" }),
            ("knee", { $0.isKnee ? "1" : "0" }), ("schedule_from", { $0.scheduleFrom.map { "\($0)" } ?? "" }),
            ("bound_from", { $0.boundFrom.map { "\($0)" } ?? "" }), ("seconds", { "\($0.seconds)" }),
            ("status", { quoted($0.status) }), ("scope", { quoted($0.scope ?? "") }),
            ("error", { quoted($0.error ?? "") }),
        ]
    }

    /// A header and a line per point, as RFC 4180 has it but with newlines alone; empty where there is no value.
    public var csv: String {
        let lines = rows.map { row in Self.columns.map { $0.value(row) }.joined(separator: ",") }
        return ([Self.columns.map(\.name).joined(separator: ",")] + lines).joined(separator: "\n") + "\n"
    }

    private static func number(_ value: Double?) -> String { value.map { "\($0)" } ?? "" }

    private static func quoted(_ text: String) -> String {
        text.contains { ",\"\n\r".contains($0) } ? "\"" + text.replacing("\"", with: "\"\"") + "\"" : text
    }
}
