import Foundation

/// A table of what came of each problem, for people.
public struct BenchTable {
    private let rows: [BenchRow]
    private let width: Int?

    /// Creates the table.
    ///
    /// - Parameters:
    ///   - rows: what came of each problem.
    ///   - width: characters that a line may have, as far as that is possible; nil for any number.
    public init(_ rows: [BenchRow], width: Int? = nil) {
        self.rows = rows
        self.width = width
    }

    /// The table, one line per problem, why problems failed, and a line that sums it up; every line ends in a newline.
    ///
    /// Where there is not enough room status and names shorten first, then numbers, and at last there are two tables.
    public var text: String {
        let table = FittedTable(rows, width: width).text(
            [(200, false, false), (200, true, false), (20, true, false), (20, true, true), (12, true, true)].map {
                style in
                [{ columns($0, Cell.allCases, nameLength: style.0, isShort: style.1, isCompact: style.2) }]
            } + [
                [Cell.results, Cell.efforts].map { cells in
                    { columns($0, cells, nameLength: 24, isShort: false, isCompact: false) }
                }
            ])
        let failures = rows.compactMap { row in row.error.map { "\(row.problem): failed: \($0)" } }
        return table + (failures + [summary]).flatMap { TextWidth.wrapped($0, to: width) }.map { $0 + "\n" }.joined()
    }

    private enum Cell: CaseIterable {
        case problem, ops, latency, bound, gap, seconds, toBest, source, ratio, status

        static let results: [Cell] = [.problem, .ops, .latency, .bound, .gap, .ratio]
        static let efforts: [Cell] = [.problem, .seconds, .toBest, .source, .status]
    }

    private func columns(
        _ row: BenchRow, _ cells: [Cell], nameLength: Int, isShort: Bool, isCompact: Bool
    ) -> [Column] {
        let hasReference = rows.contains { $0.reference != nil }
        func number(_ value: Double?) -> String { value.map { isCompact ? compact($0) : readable($0) } ?? "-" }
        let status = row.error == nil ? row.status ?? "-" : "failed"
        return cells.filter { $0 != .ratio || hasReference }.map { cell in
            switch cell {
            case .problem: Column(title: "problem", value: shortened(row.problem, to: nameLength))
            case .ops: Column(title: "ops", value: row.ops.map(String.init) ?? "-", align: .right)
            case .latency: Column(title: "latency", value: number(row.latency), align: .right)
            case .bound: Column(title: "bound", value: number(row.bound), align: .right)
            case .gap: Column(title: "gap", value: row.gap.map(Self.percent) ?? "-", align: .right)
            case .seconds: Column(title: "seconds", value: Self.decimal(row.seconds, 2), align: .right)
            case .toBest:
                Column(title: "to best", value: row.secondsToBest.map { Self.decimal($0, 2) } ?? "-", align: .right)
            case .source: Column(title: "source", value: row.source ?? "-")
            case .ratio: Column(title: "ratio", value: row.ratio.map { Self.decimal($0, 6) } ?? "-", align: .right)
            case .status: Column(title: "status", value: isShort ? shortStatus(status) : status)
            }
        }
    }

    private var summary: String {
        let failed = rows.count { $0.error != nil }
        let optimal = rows.count { $0.status == "optimal" }
        var parts = [
            rows.count == 1 ? "1 problem" : "\(rows.count) problems", "\(optimal) optimal", "\(failed) failed",
            "\(Self.decimal(rows.reduce(0) { $0 + $1.seconds }, 1)) s",
        ]
        let ratios = rows.compactMap(\.ratio).filter { $0 > 0 }
        if !ratios.isEmpty {
            let mean = exp(ratios.reduce(0) { $0 + log($1) } / Double(ratios.count))
            let better = ratios.count { $0 < 1 - Self.tolerance }
            let worse = ratios.count { $0 > 1 + Self.tolerance }
            parts.append("ratio to reference \(Self.decimal(mean, 6)) (geometric mean)")
            parts.append("\(better) better, \(ratios.count - better - worse) equal, \(worse) worse")
        }
        return parts.joined(separator: ", ")
    }

    /// Latencies are printed with one decimal, references often have no more.
    private static let tolerance = 1e-6

    private static func decimal(_ value: Double, _ digits: Int) -> String { String(format: "%.\(digits)f", value) }

    private static func percent(_ gap: Double) -> String { gap <= 1e-9 ? "0" : gapText(gap) }
}
