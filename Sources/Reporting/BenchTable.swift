import Foundation
import TextTable

/// A table of what came of each problem, for people.
public struct BenchTable {
    private let rows: [BenchRow]

    /// Creates the table.
    public init(_ rows: [BenchRow]) { self.rows = rows }

    /// The table, one line per problem, and a line that sums it up; every line ends in a newline.
    public var text: String {
        let hasReference = rows.contains { $0.reference != nil }
        let table = TextTable<BenchRow> { row in
            var columns = [
                Column(title: "problem", value: row.problem),
                Column(title: "ops", value: row.ops.map(String.init) ?? "-", align: .right),
                Column(title: "latency", value: row.latency.map { readable($0) } ?? "-", align: .right),
                Column(title: "bound", value: row.bound.map { readable($0) } ?? "-", align: .right),
                Column(title: "gap", value: row.gap.map(Self.percent) ?? "-", align: .right),
                Column(title: "seconds", value: Self.decimal(row.seconds, 2), align: .right),
                Column(title: "to best", value: row.secondsToBest.map { Self.decimal($0, 2) } ?? "-", align: .right),
                Column(title: "source", value: row.source ?? "-"),
            ]
            if hasReference {
                columns.append(
                    Column(title: "ratio", value: row.ratio.map { Self.decimal($0, 6) } ?? "-", align: .right))
            }
            columns.append(Column(title: "status", value: row.error.map { "failed: \($0)" } ?? row.status ?? "-"))
            return columns
        }
        return withoutTrailingSpaces(table.string(for: rows) ?? "") + summary + "\n"
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
