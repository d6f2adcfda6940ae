import CostModel
import DesignSpace
import Foundation
import GLPKBackend
import Scheduling
import TensorGraph
import TestSupport
import Testing

@testable import Reporting

/// The page of a sweep, as text and in a real browser: Debian's package `chromium`, or the program that
/// `$MLSYS_CHROMIUM` names.
@Suite("The page of a sweep", .serialized)
struct SweepPageTests {
    private static let chromium: String? = {
        let set = ProcessInfo.processInfo.environment["MLSYS_CHROMIUM"].map { [$0] }
        return (set ?? ["/usr/bin/chromium"]).first { FileManager.default.isExecutableFile(atPath: $0) }
    }()

    /// Two curves of list schedules, and the bounds of the graph; the smallest memory has no schedule.
    private static func sweep() throws -> (problem: Problem, rows: [SweepRow]) {
        let file = ExternalFiles.packageRoot.appendingPathComponent("benchmarks/problems/attention-15.json")
        let problem = try ProblemFile.read(file.path)
        let grid = try #require(
            SweepGrid(
                capacities: try [1] + SweepAxis.integers("16k:1M:x2"), bandwidths: [10, 40], natives: [(128, 128)]))
        var engine = SweepEngine(try grid.points.map { try problem.on($0) }, solver: GLPKSolver())
        for (position, point) in grid.points.enumerated() {
            let at = engine.problems[position]
            var finding = Finding(point: point, status: "feasible <time limit>")
            if point.capacityElements > 1 {
                finding.schedule = try ListScheduler(at).schedule()
                finding.latency = try finding.schedule.map { try Evaluator(at).evaluate($0).totalLatency }
            } else {
                finding.status = "infeasible"
                finding.failure = "op 0 fits nowhere"
            }
            finding.bound = max(StructuralBounds.compute(at), StructuralBounds.traffic(at))
            finding.scope = .problem
            try engine.take(finding, at: position)
        }
        return (problem, SweepRow.rows(engine.outcomes, engine.findings, numbers: Array(grid.points.indices)))
    }

    @Test("Names are escaped, every point is there, and rows come back from their JSON as they went")
    func text() throws {
        let (problem, rows) = try Self.sweep()
        let page = try SweepPage(rows, problem: problem, path: "a<b>&\".json", reductionCap: .native).text()
        #expect(page.contains("a&lt;b&gt;&amp;&quot;.json") && !page.contains("a<b>"))
        #expect(page.components(separatedBy: "<tr data-point=").count == rows.count + 1)
        let decoder = JSONDecoder()
        decoder.keyDecodingStrategy = .convertFromSnakeCase
        for row in rows {
            guard
                case .point(let back) = try decoder.decode(
                    SweepRecord.self, from: Data(jsonLine(SweepRecord.point(row)).utf8))
            else {
                Issue.record("a row is no point")
                continue
            }
            #expect(back == row)
            #expect(back.finding?.schedule?.steps.count == row.found?.steps?.count)
        }
    }

    @Test("A sweep without any schedule has a page too, without charts")
    func withoutSchedules() throws {
        let (problem, rows) = try Self.sweep()
        let page = try SweepPage(
            rows.filter { $0.latency == nil }, problem: problem, path: "p.json", reductionCap: .none
        ).text()
        #expect(!page.contains("<figure>") && page.contains("infeasible: op 0 fits nowhere"))
    }

    @Test(
        "It logs nothing, shows the points' numbers and can be used; screenshots are kept",
        .tags(.slow), .enabled(if: chromium != nil, "needs Chromium: apt-get install chromium"))
    func opens() throws {
        let (problem, rows) = try Self.sweep()
        let folder = ExternalFiles.packageRoot.appendingPathComponent(".build/report/sweep")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        let file = folder.appendingPathComponent("sweep.html")
        try Data(SweepPage(rows, problem: problem, path: "<attention>.json", reductionCap: .native).text().utf8)
            .write(to: file)
        let facts = try browse(file, folder)
        print("screenshots of the sweep's page: \(folder.path)")
        #expect(facts.messages.isEmpty)
        #expect(facts.overflow1280 <= 0 && facts.overflow400 <= 0)
        let known = rows.filter { $0.latency != nil }
        // Latencies, and shares of compute below.
        #expect(facts.marks == 2 * known.count)
        #expect(facts.bounds == known.count)
        #expect(
            facts.front == rows.count { $0.isOnFront } && facts.knees == rows.count { $0.isKnee } && facts.knees > 0)
        #expect(facts.curves == 4)
        for curve in [facts.places.prefix(known.count / 2), facts.places.suffix(known.count / 2)] {
            for (left, right) in zip(curve, curve.dropFirst()) { #expect(left[0] < right[0] && left[1] <= right[1]) }
        }
        let shown = Dictionary(facts.numbers.map { ($0[0], $0[1]) }) { first, _ in first }
        for row in rows {
            #expect(shown["\(row.number).capacity"] == readable(row.capacity))
            #expect(shown["\(row.number).latency"] == (row.latency.map { readable($0) } ?? "-"))
            #expect(shown["\(row.number).bound"] == (row.bound.map { readable($0) } ?? "-"))
            #expect(shown["\(row.number).moved_elements"] == (row.movedElements.map { readable($0) } ?? "-"))
        }
        let decoder = JSONDecoder()
        decoder.keyDecodingStrategy = .convertFromSnakeCase
        #expect(try decoder.decode([SweepRow].self, from: Data(facts.json.utf8)) == rows)
        let first = try #require(known.first)
        #expect(facts.tip.hasPrefix("point \(first.number): capacity \(readable(first.capacity))"))
        #expect(facts.marked == [first.number] && facts.markedAfterEscape == 0)
        let latencies = Dictionary(uniqueKeysWithValues: rows.map { ($0.number, $0.latency ?? .infinity) })
        #expect(facts.orders[0] == rows.map(\.number) && facts.orders[3] == facts.orders[0])
        #expect(facts.orders[1].compactMap { latencies[$0] } == latencies.values.sorted())
        #expect(facts.orders[2].compactMap { latencies[$0] } == latencies.values.sorted(by: >))
        #expect(facts.screenshots.count == 4)
        #expect(try Data(contentsOf: URL(fileURLWithPath: facts.print)).starts(with: Data("%PDF".utf8)))
    }

    /// What `browse_sweep.py` tells.
    private struct Facts: Decodable {
        let messages: [String]
        let overflow1280: Double
        let overflow400: Double
        let numbers: [[String]]
        let json: String
        let marks: Int
        let bounds: Int
        let knees: Int
        let front: Int
        let curves: Int
        let places: [[Double]]
        let tip: String
        let marked: [Int]
        let markedAfterEscape: Int
        let orders: [[Int]]
        let screenshots: [String]
        let print: String
    }

    private func browse(_ page: URL, _ folder: URL) throws -> Facts {
        let script = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
            .appendingPathComponent("browse_sweep.py")
        let output = folder.appendingPathComponent("facts.json")
        try Data().write(to: output)
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        process.arguments = ["python3", "-B", script.path, Self.chromium ?? "", page.path, folder.path]
        process.standardOutput = try FileHandle(forWritingTo: output)
        try process.run()
        process.waitUntilExit()
        try #require(process.terminationStatus == 0)
        return try JSONDecoder().decode(Facts.self, from: Data(contentsOf: output))
    }
}
