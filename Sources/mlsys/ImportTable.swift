import ModelImport
import Reporting

/// What `mlsys import` prints for people: nodes by operator and fate, why, and the share of each fate in the work.
struct ImportTable {
    private let report: ImportReport
    private let chip: ChipDescription
    private let width: Int?

    /// - Parameter width: characters of a line, as far as that is possible; nil for any number.
    init(_ report: ImportReport, chip: ChipDescription, width: Int? = nil) {
        self.report = report
        self.width = width
        self.chip = chip
    }

    private struct Row {
        let type: String
        let fate: String
        let reason: String
        var nodes = 0
        var ops = 0
        var multiplyAdds = 0.0
    }

    /// Every line ends in a newline.
    var text: String {
        var rows: [Row] = []
        for fate in report.fates {
            let reason = fate.reason ?? ""
            let known = rows.firstIndex { $0.type == fate.type && $0.fate == fate.fate && $0.reason == reason }
            let place = known ?? rows.count
            if known == nil { rows.append(Row(type: fate.type, fate: fate.fate, reason: reason)) }
            rows[place].nodes += 1
            rows[place].ops += fate.ops
            rows[place].multiplyAdds += fate.multiplyAdds
        }
        rows.sort { ($0.fate, $1.multiplyAdds, $0.type) < ($1.fate, $0.multiplyAdds, $1.type) }
        let notes = (reasons(rows) + summary).flatMap { TextWidth.wrapped($0, to: width) }
        return TextTable.text(rows, columns) + notes.map { $0 + "\n" }.joined()
    }

    private var total: Double {
        report.multiplyAdds.exact + report.multiplyAdds.approximated + report.multiplyAdds.boundary
    }

    private func percent(_ part: Double) -> String {
        total > 0 ? "\((1000 * part / total).rounded() / 10) %" : "-"
    }

    private func columns(_ row: Row) -> [Column] {
        [
            Column(title: "operator", value: row.type), Column(title: "nodes", value: String(row.nodes), align: .right),
            Column(title: "einsums", value: String(row.ops), align: .right),
            Column(title: "multiply-adds", value: percent(row.multiplyAdds), align: .right),
            Column(title: "fate", value: row.fate),
        ]
    }

    /// Why nodes are not what the model says, below the table: reasons are sentences.
    private func reasons(_ rows: [Row]) -> [String] {
        rows.filter { !$0.reason.isEmpty }.map { row in
            "\(row.type) \(row.fate) (\(row.nodes) \(row.nodes == 1 ? "node" : "nodes")): \(row.reason)"
        }
    }

    /// What is missing where the graph is cut: the model orders it, the problem does not.
    private var cuts: [String] {
        guard report.fates.contains(where: { $0.fate == "boundary" || $0.fate == "rearranged" }) else { return [] }
        return [
            "the graph is cut at these nodes: no op links what they read to what they write, so a schedule may read it "
                + "back in a step before the one that stores it"
        ]
    }

    /// Shares are of the work that is known.
    private var unknown: [String] {
        guard report.nodesOfUnknownWork > 0 else { return [] }
        return [
            "not in these shares: the multiply-adds of \(counted(report.nodesOfUnknownWork, "node")), "
                + "which only running the model tells"
        ]
    }

    private var summary: [String] {
        let sum = report.multiplyAdds
        let lines = [
            [
                counted(report.nodes, "node"), counted(report.ops, "einsum"), "\(readable(report.tensors)) matrices",
                "\(readable(total)) multiply-adds",
            ].joined(separator: ", "),
            "exact \(percent(sum.exact)), approximated \(percent(sum.approximated)), "
                + "beyond a boundary \(percent(sum.boundary))",
        ]
        let chipLine = ["\(chip.name): roofline, uncalibrated; left out:"]
        return cuts + lines + unknown + chipLine + chip.leavesOut.map { "  \($0)" }
    }
}
