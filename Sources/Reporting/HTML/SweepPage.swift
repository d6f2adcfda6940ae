import CostModel
import DesignSpace
import Foundation
import Mustache
import TensorGraph

/// The page of a sweep: one file that needs no other, and no network.
public struct SweepPage {
    private let rows: [SweepRow]
    private let problem: Problem
    private let path: String
    private let reductionCap: ReductionCap

    /// Creates the page.
    ///
    /// - Parameters:
    ///   - rows: the points, in the order of the sweep.
    ///   - problem: the problem on its own hardware.
    ///   - path: where the problem is from.
    ///   - reductionCap: how deep k-steps may be.
    public init(_ rows: [SweepRow], problem: Problem, path: String, reductionCap: ReductionCap) {
        self.rows = rows
        self.problem = problem
        self.path = path
        self.reductionCap = reductionCap
    }

    /// The page.
    ///
    /// - Throws: `EncodingError` for a number that JSON has no form for; no sweep finds one.
    public func text() throws -> String {
        let template = try MustacheTemplate(string: String(decoding: PackageResources.sweep_mustache, as: UTF8.self))
        let outcomes = rows.map { row in
            var outcome = SweepOutcome(point: row.point ?? DesignPoint(problem.hardware))
            outcome.latency = row.latency
            return outcome
        }
        let curves = SweepCurve.all(outcomes)
        let dimension = SweepCurve.dimension(of: outcomes)
        let chart = SweepChart(rows: rows, curves: curves, dimension: dimension)
        let json =
            try "[" + rows.map { try jsonLine($0).trimmingCharacters(in: .newlines) }.joined(separator: ",") + "]"
        var fields: [String: Any] = [
            "style": [PackageResources.page_css, PackageResources.sweep_css].map { String(decoding: $0, as: UTF8.self) }
                .joined() + StepPalette.css,
            "script": "'use strict';\n(() => {\n" + String(decoding: PackageResources.sweep_js, as: UTF8.self)
                + "})();",
            "json": HTMLReport.scriptText(json),
            "problem_name": HTMLReport.visible(URL(fileURLWithPath: path).lastPathComponent),
            "problem": HTMLReport.visible(path), "facts": facts(curves), "points": readable(rows.count),
            "axis": SweepChart.name(dimension), "legend": legend(curves, dimension), "rows": rows.map(Self.fields),
            "cap": reductionCap == .native ? "as deep as the native tile is wide" : "as deep as a reduction",
        ]
        if let latencies = chart.latencies { fields["latencies"] = latencies }
        if let shares = chart.shares { fields["shares"] = shares }
        return template.render(fields)
    }

    private func facts(_ curves: [SweepCurve]) -> [[String: String]] {
        let latencies = rows.compactMap(\.latency)
        let gaps = rows.compactMap(\.gap)
        let knees = curves.compactMap(\.knee).map { readable(rows[$0].number) }
        return [
            [
                "name": "points", "value": readable(rows.count),
                "note": curves.count == 1 ? "1 curve" : "\(curves.count) curves",
            ],
            [
                "name": "proven optimal", "value": readable(rows.count { $0.status == "optimal" }),
                "note": "\(readable(rows.count { $0.latency == nil })) without a schedule",
            ],
            [
                "name": "latency", "value": latencies.min().map { readable($0) } ?? "-",
                "note": "to \(latencies.max().map { readable($0) } ?? "-"), units of time",
            ],
            ["name": "largest gap", "value": gaps.max().map { gapText($0) } ?? "-", "note": "to the bound"],
            [
                "name": knees.count == 1 ? "knee" : "knees",
                "value": knees.isEmpty ? "-" : knees.prefix(8).joined(separator: " "),
                "note": "points by number",
            ],
        ]
    }

    private func legend(_ curves: [SweepCurve], _ dimension: SweepCurve.Dimension) -> [[String: String]] {
        curves.enumerated().compactMap { number, curve in
            guard let row = curve.positions.first.map({ rows[$0] }) else { return nil }
            let parts = [
                dimension == .capacity ? nil : "capacity \(readable(row.capacity))",
                dimension == .bandwidth ? nil : "bandwidth \(readable(row.bandwidth))",
                dimension == .native ? nil : "native \(row.native.map(String.init).joined(separator: " x "))",
            ]
            return ["colour": stepColour(number), "name": parts.compactMap(\.self).joined(separator: ", ")]
        }
    }

    private static func fields(_ row: SweepRow) -> [String: String] {
        [
            "number": "\(row.number)", "capacity": readable(row.capacity), "bandwidth": readable(row.bandwidth),
            "native": row.native.map(String.init).joined(separator: "x"),
            "latency": row.latency.map { readable($0) } ?? "-", "bound": row.bound.map { readable($0) } ?? "-",
            "gap": row.gap.map { gapText($0) } ?? "-",
            "share": row.computeShare.map { percentage($0, of: 1) } ?? "-",
            "moved": row.movedElements.map { readable($0) } ?? "-",
            "marks": [row.isOnFront ? "Pareto" : nil, row.isKnee ? "knee" : nil].compactMap(\.self)
                .joined(separator: ", "),
            "status": HTMLReport.visible(row.error.map { "\(row.status): \($0)" } ?? row.status),
        ]
    }
}
