import CostModel
import Foundation
import Scheduling
import TensorGraph
import TestSupport
import Testing

@testable import Reporting

/// The report page in a real browser: Debian's package `chromium`, or the program that `$MLSYS_CHROMIUM` names.
@Suite("The report page in Chromium", .serialized)
struct BrowserTests {
    private static let chromium: String? = {
        let set = ProcessInfo.processInfo.environment["MLSYS_CHROMIUM"].map { [$0] }
        return (set ?? ["/usr/bin/chromium"]).first { FileManager.default.isExecutableFile(atPath: $0) }
    }()

    private static let log = """
        {"event":"incumbent","latency":134176,"seconds":0.06,"source":"list","steps":12}
        {"event":"bound","is_about_problem":true,"kind":"compute","scope":"all schedules","seconds":0.07,"value":78336}
        {"event":"bound","is_about_problem":true,"kind":"linear","scope":"all schedules","seconds":0.9,"value":116699.7}
        """

    @Test(
        "It logs nothing, shows the evaluator's numbers and can be used; screenshots are kept",
        .tags(.slow), .enabled(if: chromium != nil, "needs Chromium: apt-get install chromium"),
        arguments: [("attention-15", log), ("random-160", nil)])
    func opens(name: String, log: String?) throws {
        let example = try ReportCase(own: name).named()
        let other = try ReportCase(
            example.problem, ListScheduler(example.problem, options: Self.plain).schedule())
        let page = try HTMLReport(
            example.model(problemPath: "<\(name)> & \"co\".json", log: log, other: other)
        ).text()
        let folder = ExternalFiles.packageRoot.appendingPathComponent(".build/report/\(name)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        let file = folder.appendingPathComponent("report.html")
        try Data(page.utf8).write(to: file)
        let facts = try browse(file, folder)
        print("screenshots of the report page: \(folder.path)")

        #expect(facts.messages.isEmpty)
        #expect(facts.overflow1280 <= 0)
        #expect(facts.overflow400 <= 0)
        #expect(facts.overprinted == [] && min(facts.texts1280, facts.texts400) > 50)
        let numbers = expectedNumbers(example)
        let shown = Dictionary(facts.numbers.map { ($0[0], $0[1]) }) { first, _ in first }
        for (path, value) in numbers { #expect(shown[path] == readable(value), "\(path)") }
        #expect(facts.numbers.allSatisfy { !$0[1].isEmpty })
        try expectEqual(facts.json, example)

        #expect(facts.tip.hasPrefix("Step 0: "))
        #expect(facts.tip.contains("latency " + readable(example.evaluation.steps[0].latency)))
        #expect(facts.marked > 4)
        try expect(facts.controls, example)
        let blocks = ScheduleComparison(
            (example.schedule, example.evaluation), (other.schedule, other.evaluation), paths: ("a", "b"),
            evaluator: Evaluator(example.problem)
        ).blocks.filter { !$0.costs.isEmpty }
        #expect(facts.controls.compared == blocks.count)
        #expect(facts.controls.comparedSteps == example.schedule.steps.count + other.schedule.steps.count)
        #expect(facts.views.count == 4)
        #expect(facts.views[0] == facts.views[3])
        #expect(Set(facts.views).count == 3)
        #expect(try facts.screenshots.map(Self.pixelWidth) == [1280, 1280, 400, 400])
        #expect(try Data(contentsOf: URL(fileURLWithPath: facts.print)).starts(with: Data("%PDF".utf8)))
    }

    private static let plain = {
        var options = ListScheduler.Options()
        options.fusion = false
        return options
    }()

    private func expect(_ controls: Controls, _ example: ReportCase) throws {
        let count = example.schedule.steps.count
        #expect(controls.stepsBefore == count && controls.stepsAfter == count)
        #expect(controls.stepsBrushed >= 1 && controls.stepsBrushed < count)
        #expect(controls.captionBrushed.hasPrefix("Steps ") && controls.captionMoved != controls.captionBrushed)
        #expect(controls.numbersShown >= 1)
        #expect(controls.captionZoomed.hasPrefix("Steps ") && controls.stepsZoomedOut == count)
        #expect(controls.tilesOfGraph == "step 2" && controls.tilesByButtons == "step 3")
        #expect(controls.lanes > 2 && controls.kinds.contains("loaded"))
        #expect(controls.pinned > 3 && controls.pinnedAfterEscape == 0 && controls.tilesOfPinned)
        #expect(controls.iterations[0].hasPrefix("Iteration 0 of "))
        #expect(controls.iterations[0] != controls.iterations[1])
        #expect(controls.isPlaying && controls.played && controls.cells > 0)
        let latencies = example.evaluation.latencies
        #expect(controls.orders[0] == Array(0..<count) && controls.orders[3] == controls.orders[0])
        #expect(controls.orders[1].map { latencies[$0] } == latencies.sorted(by: >))
        #expect(controls.orders[2].map { latencies[$0] } == latencies.sorted())
        let steps = example.schedule.steps.count { $0.ops.contains(OpID(3)) }
        let (op, name) = (controls.searches[0], controls.searches[1])
        #expect(op == ["1 op in \(counted(steps, "step"))", "\(steps)"])
        #expect(controls.went.contains("op 3 (") && controls.went.hasPrefix("1 of \(steps)"))
        let named = example.schedule.steps.count { $0.ops.contains { $0.index % 5 == 0 } }
        #expect(name.last == "\(named)")
        let groups = try #require(
            try OpGroups(example.schedule, example.evaluation, problem: example.problem))
        #expect(controls.layers == groups.groups.map(\.name))
        let second = groups.groups[1]
        let outcome = "\(counted(second.ops.count, "op")) in \(counted(second.steps.count, "step"))"
        #expect(controls.pressed == [outcome, "\(second.steps.count)", "true"])
        #expect(controls.released == ["", "0", "false"])
        let firstOps = example.schedule.steps.compactMap(\.ops.first)
        let colours = Set(firstOps.map { stepColour(groups.groupOfOp[$0.index]) }).sorted()
        #expect(controls.coloursByLayer == colours && Set(controls.coloursOfTable).isSuperset(of: colours))
        #expect(controls.coloursBefore == Set((0..<count).map(stepColour)).sorted())
        #expect(controls.coloursAfter == controls.coloursBefore)
        #expect(controls.coloursOfSteps == firstOps.map { stepColour(groups.groupOfOp[$0.index]) })
        #expect(controls.searches[2] == ["nothing of that name", "0"] && controls.searches[3] == ["", "0"])
    }

    /// What `browse.py` tells of the controls.
    private struct Controls: Decodable {
        let stepsBefore: Int
        let stepsBrushed: Int
        let stepsAfter: Int
        let captionBrushed: String
        let captionMoved: String
        let numbersShown: Int
        let captionZoomed: String
        let stepsZoomedOut: Int
        let tilesOfGraph: String
        let tilesByButtons: String
        let lanes: Int
        let kinds: [String]
        let compared: Int
        let comparedSteps: Int
        let pinned: Int
        let tilesOfPinned: Bool
        let pinnedAfterEscape: Int
        let iterations: [String]
        let isPlaying: Bool
        let played: Bool
        let cells: Int
        let orders: [[Int]]
        let searches: [[String]]
        let went: String
        let layers: [String]
        let pressed: [String]
        let released: [String]
        let coloursBefore: [String]
        let coloursByLayer: [String]
        let coloursOfSteps: [String]
        let coloursOfTable: [String]
        let coloursAfter: [String]
    }

    /// What `browse.py` tells.
    private struct Facts: Decodable {
        let messages: [String]
        let overflow1280: Double
        let overflow400: Double
        let overprinted: [String]
        let texts1280: Int
        let texts400: Int
        let numbers: [[String]]
        let json: String
        let tip: String
        let marked: Int
        let views: [String]
        let controls: Controls
        let screenshots: [String]
        let print: String
    }

    private func browse(_ page: URL, _ folder: URL) throws -> Facts {
        let script = URL(fileURLWithPath: #filePath).deletingLastPathComponent().appendingPathComponent("browse.py")
        let output = folder.appendingPathComponent("facts.json")
        try Data().write(to: output)
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        process.arguments = ["python3", script.path, Self.chromium ?? "", page.path, folder.path]
        process.standardOutput = try FileHandle(forWritingTo: output)
        try process.run()
        process.waitUntilExit()
        try #require(process.terminationStatus == 0)
        return try JSONDecoder().decode(Facts.self, from: Data(contentsOf: output))
    }

    private func expectedNumbers(_ example: ReportCase) -> [String: Double] {
        let steps = example.evaluation.steps
        var numbers = [
            "total_latency": example.evaluation.totalLatency,
            "compute": steps.reduce(0) { $0 + $1.compute },
            "loaded_elements": steps.reduce(0) { $0 + $1.loadedElements },
            "evicted_elements": steps.reduce(0) { $0 + $1.evictedElements },
            "facts.fast_memory_capacity": Double(example.problem.hardware.fastMemoryCapacity),
        ]
        for (index, step) in steps.enumerated() {
            numbers["steps.\(index).latency"] = step.latency
            numbers["steps.\(index).compute"] = step.compute
            numbers["steps.\(index).iterations"] = step.iterations
            numbers["steps.\(index).loaded_elements"] = step.loadedElements
            numbers["steps.\(index).evicted_elements"] = step.evictedElements
            numbers["steps.\(index).peak_working_set"] = step.peakWorkingSet
        }
        return numbers
    }

    /// The numbers that the page carries are the evaluator's, to the last bit.
    private func expectEqual(_ json: String, _ example: ReportCase) throws {
        struct Page: Decodable {
            struct Step: Decodable {
                let latency: Double
                let compute: Double
                let loadedElements: Double
                let evictedElements: Double
                let peakWorkingSet: Double
                let ops: [Int]
                let retained: [Int]
            }
            let totalLatency: Double
            let steps: [Step]
        }
        let decoder = JSONDecoder()
        decoder.keyDecodingStrategy = .convertFromSnakeCase
        let page = try decoder.decode(Page.self, from: Data(json.utf8))
        let steps = example.evaluation.steps
        #expect(page.totalLatency == example.evaluation.totalLatency)
        #expect(page.steps.map(\.latency) == steps.map(\.latency))
        #expect(page.steps.map(\.compute) == steps.map(\.compute))
        #expect(page.steps.map(\.loadedElements) == steps.map(\.loadedElements))
        #expect(page.steps.map(\.evictedElements) == steps.map(\.evictedElements))
        #expect(page.steps.map(\.peakWorkingSet) == steps.map(\.peakWorkingSet))
        #expect(page.steps.map(\.ops) == example.schedule.steps.map { $0.ops.map(\.index) })
        #expect(page.steps.map(\.retained) == example.schedule.steps.map { $0.retained.map(\.index) })
    }

    /// From the header of a PNG file.
    private static func pixelWidth(_ path: String) throws -> Int {
        let header = try Data(contentsOf: URL(fileURLWithPath: path)).prefix(20)
        return header.suffix(4).reduce(0) { $0 << 8 | Int($1) }
    }
}
