import Foundation
import Reporting
import TensorGraph
import TestSupport
import Testing

@Suite("Pictures of large schedules")
struct PictureSummaryTests {
    @Test("A node for each step in its colour, and one edge for all tensors that go the same way")
    func summary() throws {
        let full = try MermaidChart(MermaidWriter(PictureSample.diamond().picture()).text())
        let chart = try MermaidChart(MermaidWriter(PictureSample.diamond().picture().summarised()).text())
        #expect(chart.subgraphs.isEmpty)
        #expect(Set(chart.nodes.keys) == ["step0", "step1"])
        #expect(chart.nodes["step0"]?.hasSuffix("retains 2\n2 ops, reads 1 graph input") == true)
        #expect(chart.nodes["step1"]?.hasSuffix("2 ops, reads 1 graph input, writes 1 graph output") == true)
        #expect(chart.edges.map { "\($0.from) \($0.arrow) \($0.to)" } == ["step0 ==> step1"])
        #expect(chart.fills == full.fills && Set(chart.fills.values).count == 2)
    }

    @Test("Every way between two steps is drawn once, whatever the schedule")
    func edges() throws {
        for sample in try PictureSample.random(20, seed: 77) {
            let full = try MermaidChart(MermaidWriter(sample.picture()).text())
            let chart = try MermaidChart(MermaidWriter(sample.picture().summarised()).text())
            let step = Dictionary(
                uniqueKeysWithValues: full.subgraphs.flatMap { step, nodes in nodes.map { ($0, step) } })
            let ways = full.edges.compactMap { edge -> String? in
                guard let from = step[edge.from], let to = step[edge.to], from != to else { return nil }
                return "\(from) \(edge.arrow) \(to)"
            }
            #expect(chart.edges.count == Set(ways).count)
            #expect(Set(chart.edges.map { "\($0.from) \($0.arrow) \($0.to)" }) == Set(ways))
            #expect(chart.nodes.count == sample.schedule.steps.count)
        }
    }

    @Test("Steps that follow each other share a node where they are too many; all ops and all of the latency are there")
    func runs() throws {
        let sample = try PictureSample.own("random-160")
        let picture = sample.picture()
        let steps = sample.schedule.steps.count
        var edges = Int.max
        for count in [1, 2, 3, 10, steps] {
            let chart = try MermaidChart(MermaidWriter(picture.summarised(stepsPerNode: count)).text())
            #expect(chart.nodes.count == (steps + count - 1) / count)
            #expect(chart.edges.count < edges)
            edges = chart.edges.count
            let ops = chart.nodes.values.compactMap { $0.firstMatch(of: /\n(\d+) ops?/).flatMap { Int($0.output.1) } }
            #expect(ops.reduce(0, +) == sample.schedule.steps.reduce(0) { $0 + $1.ops.count })
        }
        #expect(edges == 0)
        let whole = try MermaidChart(MermaidWriter(picture.summarised(stepsPerNode: steps)).text())
        let latency = readable(sample.evaluation.totalLatency)
        #expect(whole.nodes["step0"]?.hasPrefix("steps 0 to \(steps - 1)\nlatency \(latency)\n") == true)
    }

    @Test(
        "Graphviz draws the summary of a large schedule, in the colours of the page",
        .enabled(if: InstalledTool.dot.isInstalled, InstalledTool.dot.absence))
    func graphviz() throws {
        let sample = try PictureSample.own("random-160")
        let text = DOTWriter(sample.picture().summarised()).text()
        try withTemporaryFolder { folder in
            let file = folder.appendingPathComponent("graph.dot")
            try Data(text.utf8).write(to: file)
            let outcome = try InstalledTool.dot.run(["-Tsvg", file.path, "-o", folder.path + "/graph.svg"], in: folder)
            #expect(outcome.exitCode == 0 && outcome.text.isEmpty, "\(outcome.text)")
            let svg = try String(contentsOfFile: folder.path + "/graph.svg", encoding: .utf8)
            #expect(svg.ranges(of: /class="node"/).count == sample.schedule.steps.count)
            // The hue of step 0, 211 degrees, as the page's style sheet has it.
            #expect(svg.contains("stroke=\"#2c70ba\""))
        }
    }
}
