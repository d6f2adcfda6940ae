import Foundation
import Reporting
import TensorGraph
import TestSupport
import Testing

@Suite("Pictures")
struct GraphPictureTests {
    @Test("A problem: ops, tensors from and to the outside, shapes; a tensor that no op touches is left out")
    func problem() throws {
        let chart = try MermaidChart(
            MermaidWriter(GraphPicture(Fixtures.foldedThroughPointwise(), title: "folded")).text())
        #expect(chart.title == "folded" && chart.subgraphs.isEmpty)
        #expect(
            chart.nodes == [
                "op0": "op 0\nMatMul", "op1": "op 1\nPointwise", "op2": "op 2\nMatMul", "tensor0": "tensor 0",
                "tensor1": "tensor 1", "tensor4": "tensor 4", "tensor5": "tensor 5",
            ])
        #expect(
            chart.edges.map { "\($0.from) \($0.to)" } == [
                "tensor0 op0", "tensor1 op0", "op0 op1", "op1 op2", "tensor4 op2", "op2 tensor5",
            ])
        #expect(chart.edges.allSatisfy { $0.label.hasSuffix(": 128x128") && $0.arrow == "-->" })
    }

    @Test("A schedule: a cluster for each step, and which way each tensor goes")
    func routes() throws {
        let chart = try MermaidChart(MermaidWriter(PictureSample.diamond().picture()).text())
        #expect(chart.subgraphs == ["step0": ["step0_op0", "step0_op1"], "step1": ["step1_op0", "step1_op2"]])
        #expect(
            chart.subgraphLabels["step0"] == "step 0: 128x128x1, raster\nlatency 3,000, compute\nretains 2")
        #expect(
            Set(chart.edges.map { "\($0.from) \($0.arrow) \($0.to)" }) == [
                "tensor0 --> step0_op0", "step0_op0 -.-> step0_op1", "step0_op1 ==> step1_op2",
                "tensor0 --> step1_op0", "step1_op0 -.-> step1_op2", "step1_op2 --> tensor3",
            ])
    }

    @Test("Every input of every op has one edge, whatever the schedule")
    func edges() throws {
        for sample in try PictureSample.random(30, seed: 31) {
            let chart = try MermaidChart(MermaidWriter(sample.picture()).text())
            let reads = sample.schedule.steps.flatMap(\.ops).reduce(0) { $0 + sample.problem[$1].inputs.count }
            let outputs = sample.problem.tensors.indices.filter { sample.problem.graph.isGraphOutput(TensorID($0)) }
            #expect(chart.edges.count == reads + outputs.count)
            let kept = sample.schedule.steps.contains { !$0.retained.isEmpty }
            if !kept { #expect(!chart.edges.contains { $0.arrow == "==>" }) }
        }
    }

    @Test("Any title comes back from Mermaid as it was")
    func mermaidTitle() throws {
        let title = PictureSample.hostileTitle
        #expect(try MermaidChart(MermaidWriter(PictureSample.diamond().picture(title: title)).text()).title == title)
        #expect(throws: MermaidChart.SyntaxError.self) {
            try MermaidChart("---\ntitle: \"x\"\n---\nflowchart TB\n  a[\"b|c\"]\n  d[\"e\"]\n")
        }
    }

    @Test(
        "Graphviz draws problems and schedules, large ones too",
        .enabled(if: InstalledTool.dot.isInstalled, InstalledTool.dot.absence), .tags(.slow))
    func graphviz() throws {
        for name in ["attention-15", "swiglu-106", "random-160"] {
            let sample = try PictureSample.own(name)
            let steps = sample.schedule.steps
            for (picture, opCounts) in [
                (GraphPicture(sample.problem, title: name), [sample.problem.ops.count]),
                (sample.picture(), steps.map(\.ops.count)),
            ] {
                let svg = try draw(picture)
                #expect(svg.ranges(of: /class="node"/).count >= opCounts.reduce(0, +))
                #expect(svg.ranges(of: /class="cluster"/).count == (opCounts.count > 1 ? steps.count : 0))
            }
        }
    }

    @Test(
        "Any title comes back from Graphviz as it was",
        .enabled(if: InstalledTool.dot.isInstalled, InstalledTool.dot.absence))
    func graphvizTitle() throws {
        let svg = try draw(PictureSample.diamond().picture(title: PictureSample.hostileTitle))
        let title = PictureSample.hostileTitle.replacing("&", with: "&amp;").replacing("<", with: "&lt;")
            .replacing(">", with: "&gt;").replacing("\"", with: "&quot;").replacing("'", with: "&#39;")
            .replacing("--", with: "&#45;&#45;")
        #expect(svg.contains(title) || svg.replacing("&#160;", with: " ").contains(title), "\(svg.prefix(1200))")
    }

    private func draw(_ picture: GraphPicture) throws -> String {
        try withTemporaryFolder { folder in
            let file = folder.appendingPathComponent("graph.dot")
            try Data(DOTWriter(picture).text().utf8).write(to: file)
            let drawing = folder.appendingPathComponent("graph.svg")
            let outcome = try InstalledTool.dot.run(["-Tsvg", file.path, "-o", drawing.path], in: folder)
            // dot warns of what it does not understand, and ends with 0.
            #expect(outcome.exitCode == 0 && outcome.text.isEmpty, "\(outcome.text)")
            return try String(contentsOf: drawing, encoding: .utf8)
        }
    }
}
