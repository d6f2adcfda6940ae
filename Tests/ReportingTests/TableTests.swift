import CostModel
import DesignSpace
import Foundation
import GLPKBackend
import Scheduling
import TensorGraph
import TestSupport
import Testing

@testable import Reporting

@Suite("Tables")
struct TableTests {
    private static let widths: [Int?] = [nil, 120, 80]

    /// Every line ends, none in a space, and none is wider than that.
    private func expectSound(_ text: String, _ width: Int?, _ what: String) {
        #expect(text.hasSuffix("\n") && !text.contains(" \n"), "\(what)")
        if let width { #expect(TextWidth.widest(text) <= width, "\(what), \(width): \(text)") }
    }

    // MARK: Layout

    @Test("Columns are as wide as what is in them, and end on their side; the last has no spaces behind it")
    func layout() {
        let text = TextTable.text([("a", 7), ("größer", 1234), ("", 0)]) { row in
            [
                Column(title: "name", value: row.0), Column(title: "n", value: row.1, align: .right),
                Column(title: "end", value: row.0),
            ]
        }
        #expect(
            text == """
                name      n end
                ------ ---- ------
                a         7 a
                größer 1234 größer
                          0

                """)
        #expect(TextTable.text([Int]()) { [Column(title: "n", value: $0)] } == "")
    }

    @Test("Of several ways the first that fits is taken, and the last if none does")
    func ways() {
        let ways: [(String) -> [Column]] = [
            { [Column(title: "a", value: $0), Column(title: "b", value: $0)] }, { [Column(title: "a", value: $0)] },
        ]
        for (width, columns) in [(nil, 2), (11, 2), (10, 1), (5, 1), (4, 1)] as [(Int?, Int)] {
            let text = TextTable.text(["12345"], fitting: width, ways: ways)
            #expect(
                text.split(separator: "\n").last?.split(separator: " ").count == columns, "\(String(describing: width))"
            )
        }
    }

    @Test("Thousands are set apart, whatever the sign")
    func numbers() {
        let expected: [Int: String] = [
            0: "0", 7: "7", -7: "-7", 999: "999", 1000: "1,000", -1000: "-1,000", 123_456: "123,456",
            Int.max: "9,223,372,036,854,775,807", Int.min: "-9,223,372,036,854,775,808",
        ]
        for (number, text) in expected { #expect(readable(number) == text) }
        #expect(readable(1234.56) == "1,234.6" && readable(-0.04) == "0")
    }

    // MARK: Steps and traffic

    @Test("Steps are in a line each, with the evaluator's numbers, at every width", arguments: widths)
    func steps(width: Int?) throws {
        for report in try [ReportCase(own: "attention-15"), ReportCase(own: "moe-23").named()]
            + ReportCase.random(seed: 3, count: 12)
        {
            let steps = ScheduleReport(report.schedule, report.evaluation, problem: report.problem)
            let text = StepTable(steps, width: width).text
            expectSound(text, width, "steps")
            let lines = text.split(separator: "\n", omittingEmptySubsequences: false).map { $0.split(separator: " ") }
            let tables = lines.split { $0.isEmpty }.filter { $0.first?.first == "step" }
            #expect(!tables.isEmpty)
            for table in tables {
                let numbers = table.dropFirst(2).prefix(steps.steps.count).compactMap { $0.first.flatMap { Int($0) } }
                #expect(numbers == Array(steps.steps.indices), "\(text)")
            }
            let flat = text.split(whereSeparator: \.isWhitespace).joined(separator: " ")
            #expect(flat.contains("latency \(readable(report.evaluation.totalLatency)), "))
            for step in steps.steps {
                #expect(
                    text.contains(readable(step.latency)) || width != nil && text.contains(compact(step.latency)),
                    "\(step.latency)")
            }
        }
    }

    @Test("Traffic by tensor and op adds up to what the steps move; the largest come first, the rest in one line")
    func traffic() throws {
        for report in try [ReportCase(own: "attention-57"), ReportCase(own: "mlp-4").named()]
            + ReportCase.random(seed: 4, count: 12)
        {
            let traffic = TrafficReport(
                try ScheduleTraffic(report.schedule, problem: report.problem), problem: report.problem)
            let loaded = report.evaluation.steps.reduce(0) { $0 + $1.loadedElements }
            let evicted = report.evaluation.steps.reduce(0) { $0 + $1.evictedElements }
            #expect(agree(traffic.tensors.reduce(0) { $0 + $1.loadedElements }, loaded))
            #expect(agree(traffic.ops.reduce(0) { $0 + $1.loadedElements }, loaded))
            #expect(agree(traffic.tensors.reduce(0) { $0 + $1.evictedElements }, evicted))
            #expect(agree(traffic.tensors.reduce(0) { $0 + $1.share }, 1))
            #expect(agree(traffic.ops.reduce(0) { $0 + $1.share }, 1))
            expectSound(traffic.text, nil, "traffic")
            let largest = try #require(traffic.tensors.max { $0.share < $1.share })
            let first = try #require(traffic.text.split(separator: "\n").dropFirst(2).first)
            #expect(first.contains(" \(readable(largest.loadedElements)) "))
            let others = traffic.tensors.count - 8
            #expect(traffic.text.contains("\(others) others") == (others > 1) || traffic.ops.count - 8 == others)
        }
    }

    // MARK: Comparisons

    @Test("Two schedules stand side by side, or one below the other where there is no room", arguments: widths)
    func comparison(width: Int?) throws {
        let report = try ReportCase(own: "attention-15")
        let alone = try ReportCase(
            report.problem,
            report.problem.graph.topologicalOrder.map { op in
                let granularity = report.schedule.steps.first { $0.ops.contains(op) }?.granularity
                return Step(ops: [op], granularity: try #require(granularity), retained: [], order: .raster)
            })
        let comparison = ScheduleComparison(
            (report.schedule, report.evaluation), (alone.schedule, alone.evaluation), paths: ("a.json", "b.json"),
            evaluator: Evaluator(report.problem))
        let text = ComparisonTable(comparison, width: width).text
        expectSound(text, width, "comparison")
        let flat = text.split(whereSeparator: \.isWhitespace).joined(separator: " ")
        for side in [comparison.a, comparison.b] {
            #expect(flat.contains("\(side.path): latency \(readable(side.totalLatency)), \(side.steps.count) steps"))
        }
        #expect(flat.contains("B - A: \(signed(comparison.difference)) ("))
        let different = comparison.blocks.filter { !$0.costs.isEmpty }
        #expect(!different.isEmpty)
        for block in different { #expect(flat.contains(" \(signed(block.difference)) ")) }
        // What each decision costs adds up to the difference.
        #expect(agree(comparison.costs.reduce(0) { $0 + $1.difference }, comparison.difference))
    }

    // MARK: Many problems, many points

    private static let bench: [BenchRow] = {
        var (good, bad, failed) = (
            BenchRow(problem: "one"), BenchRow(problem: "a-problem-with-a-long-name"), BenchRow(problem: "no")
        )
        (good.ops, good.latency, good.bound, good.gap, good.status) = (15, 121_068.5, 121_068.5, 0, "optimal")
        (good.seconds, good.secondsToBest, good.source, good.ratio, good.reference) = (
            0.12, 0.01, "proof", 0.5, 242_137
        )
        (bad.ops, bad.latency, bad.bound, bad.gap) = (216, 4_761_500, 2_380_750, 0.5)
        (bad.status, bad.seconds, bad.ratio, bad.reference) = ("feasible (time limit)", 5, 2, 2_380_750)
        (failed.seconds, failed.error) = (0.001, "no such file")
        return [good, bad, failed]
    }()

    @Test("Problems of a run, by hand")
    func benchTable() {
        #expect(
            BenchTable(Self.bench).text == """
                problem                    ops   latency     bound    gap seconds to best source    ratio status
                -------------------------- --- --------- --------- ------ ------- ------- ------ -------- ---------------------
                one                         15 121,068.5 121,068.5      0    0.12    0.01 proof  0.500000 optimal
                a-problem-with-a-long-name 216 4,761,500 2,380,750 50.00%    5.00       - -      2.000000 feasible (time limit)
                no                           -         -         -      -    0.00       - -             - failed
                no: failed: no such file
                3 problems, 1 optimal, 1 failed, 5.1 s, ratio to reference 1.000000 (geometric mean), 1 better, 0 equal, 1 worse

                """)
        let alone = BenchTable([Self.bench[2]]).text
        #expect(alone.contains("1 problem, 0 optimal, 1 failed, 0.0 s\n") && !alone.contains("ratio"))
    }

    @Test("Problems of a run fit into a terminal", arguments: [110, 100, 80])
    func narrowBench(width: Int) {
        let text = BenchTable(Self.bench, width: width).text
        expectSound(text, width, "bench")
        #expect(text.contains("long-name") && text.contains("time limit") && text.contains("no: failed: no such file"))
    }

    @Test("A run and its problems come back from their JSON as they went")
    func benchRecords() throws {
        let run = BenchRun(
            command: "mlsys bench", version: "1", date: "2026-01-01T00:00:00Z",
            machine: BenchRun.Machine(cpu: "x", cores: 2, system: "Linux"), method: "auto", timeLimit: "contest",
            threads: 2, seed: 1, shard: "1/4")
        let decoder = JSONDecoder()
        decoder.keyDecodingStrategy = .convertFromSnakeCase
        for record in [BenchRecord.run(run)] + Self.bench.map(BenchRecord.problem) {
            let line = try jsonLine(record)
            #expect(line.contains("\"kind\":\"\(record == .run(run) ? "run" : "problem")\""))
            #expect(try decoder.decode(BenchRecord.self, from: Data(line.utf8)) == record)
        }
    }

    private static func sweep() throws -> [SweepRow] {
        let lines = [
            """
            {"number":0,"capacity":1024,"bandwidth":10,"native":[128,128],"pareto":false,"knee":false,"seconds":0.5,
            "status":"infeasible","error":"op 0 fits \\"nowhere\\", at all"}
            """,
            """
            {"number":1,"capacity":2048,"bandwidth":10,"native":[128,128],"latency":1000,"bound":900,"gap":0.1,
            "compute":250,"compute_share":0.25,"moved_elements":9000,"pareto":true,"knee":true,"seconds":2,
            "status":"feasible (time limit)","scope":"all schedules","schedule_from":1,"bound_from":2}
            """,
            """
            {"number":2,"capacity":4096,"bandwidth":40,"native":[128,64],"latency":900,"bound":900,"gap":0,
            "compute":450,"compute_share":0.5,"moved_elements":12345678,"pareto":true,"knee":false,"seconds":1,
            "status":"optimal","scope":"all schedules","schedule_from":1,"bound_from":2}
            """,
        ]
        let decoder = JSONDecoder()
        decoder.keyDecodingStrategy = .convertFromSnakeCase
        return try lines.map { try decoder.decode(SweepRow.self, from: Data($0.utf8)) }
    }

    @Test("Points of a sweep, at every width; what only differs where it differs has a column")
    func sweepTable() throws {
        let rows = try Self.sweep()
        for width in Self.widths {
            let table = SweepTable(rows, width: width).text
            expectSound(table, width, "sweep")
            let flat = table.split(whereSeparator: \.isWhitespace).joined(separator: " ")
            #expect(flat.contains("pareto, knee") && flat.contains("schedule 1") && flat.contains("bound 2"))
            #expect(flat.contains("point 0: infeasible: op 0 fits \"nowhere\", at all"))
            #expect(flat.contains("3 points, 1 optimal, 1 without a schedule, 3.5 s"))
            #expect(flat.contains(" 10.0% ") || flat.contains(" \(gapText(0.1)) "))
            #expect(table.contains("bandwidth") && table.contains("native") && table.contains("128x64"))
        }
        let alike = SweepTable([rows[1]]).text
        #expect(!alike.contains("bandwidth") && !alike.contains("native") && alike.contains("1 point, 0 optimal"))
    }

    @Test("Comma-separated values: a line a point, texts with commas or quotes in quotes")
    func sweepValues() throws {
        let lines = SweepTable(try Self.sweep()).csv.split(separator: "\n")
        #expect(lines.count == 4)
        #expect(lines[0].hasPrefix("point,capacity,bandwidth,native_width,native_height,latency,bound,gap,"))
        #expect(
            lines[1]
                == "0,1024,10.0,128,128,,,,,,,0,0,,,0.5,infeasible,,\"op 0 fits \"\"nowhere\"\", at all\"")
        #expect(
            lines[3] == "2,4096,40.0,128,64,900.0,900.0,0.0,450.0,0.5,12345678.0,1,0,1,2,1.0,optimal,all schedules,")
    }

    @Test("What changes are worth, by hand and at every width")
    func sensitivity() throws {
        let problem = try Fixtures.pointwisePair(side: 128)
        let step = Granularity(width: 128, height: 128, depth: 1)
        let schedule = Schedule(steps: [Step(ops: [OpID(0), OpID(1)], granularity: step)])
        let study = try SensitivityStudy(
            problem, schedule,
            changes: [.bandwidth(1), .capacity(100), .nativeWidth(2), .nativeHeight(2), .cost(OpID(0), 0.5)],
            solver: GLPKSolver(), timeLimitSeconds: 20)
        let report = SensitivityReport(study, problem: problem)
        #expect(report.latency == 3276.8 && report.bestAtLeast == 3276.8)
        for (change, effect) in zip(report.changes, study.effects) {
            #expect(change.worth == report.latency - effect.latency)
            #expect(change.bestWorthAtLeast <= change.bestWorthAtMost + 1e-9)
            #expect(change.isProven)
        }
        let names = ["bandwidth +1", "capacity +100", "native width x2", "native height x2", "op 0 at 50% of its cost"]
        #expect(Set(report.changes.map(\.name)) == Set(names))
        for width in Self.widths {
            let table = report.table(width: width)
            expectSound(table, width, "sensitivity")
            let flat = table.split(whereSeparator: \.isWhitespace).joined(separator: " ")
            #expect(flat.contains("bandwidth +1 2,978.9 +297.9 "), "\(table)")
            #expect(flat.contains("without a change: latency 3,276.8, best at least 3,276.8, at most 3,276.8"))
        }
        let json = try jsonLine(report)
        #expect(json.contains("\"kind\":\"cost\"") && json.contains("\"best_worth_at_most\":"))
    }

    // MARK: Names

    @Test("A schedule in the model's names has ids beside them, and what every step moves")
    func names() throws {
        let report = try ReportCase(own: "attention-15").named()
        let traffic = try ScheduleTraffic(report.schedule, problem: report.problem)
        let named = NamedSchedule(
            report.schedule, report.evaluation, traffic: traffic, problem: report.problem, title: "attention")
        #expect(named.fingerprint == report.problem.fingerprint && named.problem == "attention")
        #expect(named.totalLatency == report.evaluation.totalLatency)
        #expect(named.steps.map(\.step) == Array(report.schedule.steps.indices))
        for (entry, (step, cost)) in zip(named.steps, zip(report.schedule.steps, report.evaluation.steps)) {
            #expect(entry.ops.map(\.id) == step.ops.map(\.index))
            #expect(entry.ops.map(\.name) == step.ops.map { report.problem.name(of: $0) })
            #expect(entry.latency == cost.latency && entry.grid == [cost.gridRows, cost.gridColumns])
            #expect(agree(entry.loaded.reduce(0) { $0 + $1.elements }, cost.loadedElements))
            #expect(agree(entry.evicted.reduce(0) { $0 + $1.elements }, cost.evictedElements))
            #expect(entry.retained.map(\.id) == step.retained.map(\.index))
            #expect((entry.loaded + entry.evicted).allSatisfy { $0.name == "activation \($0.id) <b>" })
        }
        for (before, after) in zip(named.steps, named.steps.dropFirst()) {
            #expect(after.resident.map(\.id) == before.retained.map(\.id).sorted())
        }
    }
}

private func agree(_ left: Double, _ right: Double) -> Bool {
    abs(left - right) <= 1e-9 * max(1, abs(left), abs(right))
}
