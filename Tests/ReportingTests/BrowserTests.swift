import CostModel
import Foundation
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
        let example = try ReportCase(own: name)
        let page = try HTMLReport(example.model(problemPath: "<\(name)> & \"co\".json", log: log)).text()
        let folder = ExternalFiles.packageRoot.appendingPathComponent(".build/report/\(name)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        let file = folder.appendingPathComponent("report.html")
        try Data(page.utf8).write(to: file)
        let facts = try browse(file, folder)
        print("screenshots of the report page: \(folder.path)")

        #expect(facts.messages.isEmpty)
        #expect(facts.overflow1280 <= 0)
        #expect(facts.overflow400 <= 0)
        let numbers = expectedNumbers(example)
        let shown = Dictionary(facts.numbers.map { ($0[0], $0[1]) }) { first, _ in first }
        for (path, value) in numbers { #expect(shown[path] == readable(value), "\(path)") }
        #expect(facts.numbers.allSatisfy { !$0[1].isEmpty })
        try expectEqual(facts.json, example)

        #expect(facts.tip.hasPrefix("Step 0: "))
        #expect(facts.tip.contains("latency " + readable(example.evaluation.steps[0].latency)))
        #expect(facts.marked > 4)
        #expect(facts.views.count == 4)
        #expect(facts.views[0] == facts.views[3])
        #expect(Set(facts.views).count == 3)
        #expect(try facts.screenshots.map(Self.pixelWidth) == [1280, 1280, 400, 400])
        #expect(try Data(contentsOf: URL(fileURLWithPath: facts.print)).starts(with: Data("%PDF".utf8)))
    }

    /// What `browse.py` tells.
    private struct Facts: Decodable {
        let messages: [String]
        let overflow1280: Double
        let overflow400: Double
        let numbers: [[String]]
        let json: String
        let tip: String
        let marked: Int
        let views: [String]
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
