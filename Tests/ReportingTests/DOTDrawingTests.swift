import Foundation
import TestSupport
import Testing

@testable import Reporting

/// What Graphviz makes of pictures: where its texts are, and in what colours its steps.
@Suite("Drawings by Graphviz")
struct DOTDrawingTests {
    /// A text of a drawing, in points.
    private struct Label {
        let text: String
        let (left, right): (Double, Double)
        let (bottom, top): (Double, Double)

        /// More than a hair of both is common to the two.
        func overprints(_ other: Label) -> Bool {
            min(right, other.right) - max(left, other.left) > 0.5
                && min(top, other.top) - max(bottom, other.bottom) > 0.5
        }
    }

    /// Texts of a drawing as `dot -Tjson` tells them: of the whole, of nodes and steps, and of edges.
    private func labels(_ picture: GraphPicture) throws -> [Label] {
        try withTemporaryFolder { folder in
            let file = folder.appendingPathComponent("graph.dot")
            try Data(DOTWriter(picture).text().utf8).write(to: file)
            let outcome = try InstalledTool.dot.run(["-Tjson", file.path], in: folder)
            #expect(outcome.exitCode == 0)
            let drawing = try #require(
                try JSONSerialization.jsonObject(with: Data(outcome.text.utf8)) as? [String: Any])
            let parts = ["objects", "edges"].flatMap { drawing[$0] as? [[String: Any]] ?? [] }
            return ([drawing] + parts).flatMap(texts)
        }
    }

    private func texts(_ object: [String: Any]) -> [Label] {
        ["_ldraw_", "_tldraw_", "_hldraw_", "_xldraw_"].flatMap { key in
            var size = 14.0
            var found: [Label] = []
            for operation in object[key] as? [[String: Any]] ?? [] {
                if let points = operation["size"] as? Double { size = points }
                guard operation["op"] as? String == "T", let text = operation["text"] as? String,
                    let place = operation["pt"] as? [Double], let x = place.first, let y = place.last,
                    let width = operation["width"] as? Double, let align = operation["align"] as? String
                else { continue }
                let left = align == "l" ? x : align == "r" ? x - width : x - width / 2
                // From the lowest part of a letter to the highest, around the base line.
                found.append(
                    Label(text: text, left: left, right: left + width, bottom: y - 0.2 * size, top: y + 0.75 * size))
            }
            return found
        }
    }

    @Test(
        "No label is written over another", .enabled(if: InstalledTool.dot.isInstalled, InstalledTool.dot.absence),
        .tags(.slow), arguments: ["attention-15", "gpt-35", "random-40", "attention-57", "swiglu-106", "random-160"])
    func overprinting(name: String) throws {
        let sample = try PictureSample.own(name)
        var count = 0
        for picture in [GraphPicture(sample.problem, title: name), sample.picture(), sample.picture().summarised()] {
            let labels = try labels(picture)
            #expect(labels.count > picture.opCount)
            count += labels.count
            for (index, label) in labels.enumerated() {
                for other in labels[(index + 1)...] where label.overprints(other) {
                    Issue.record("\(name): \"\(label.text)\" and \"\(other.text)\"")
                }
            }
        }
        #expect(count > 100)
    }

    @Test("Overprinting is found where it is")
    func finding() {
        let label = Label(text: "a", left: 0, right: 10, bottom: 0, top: 8)
        #expect(label.overprints(Label(text: "b", left: 9, right: 20, bottom: 7, top: 15)))
        #expect(!label.overprints(Label(text: "b", left: 10, right: 20, bottom: 0, top: 8)))
        #expect(!label.overprints(Label(text: "b", left: 0, right: 10, bottom: 8, top: 16)))
    }

    @Test("Edges of many ops tell their tensors in tooltips")
    func tooltips() throws {
        let (few, many) = try (PictureSample.own("gpt-35").picture(), PictureSample.own("random-160").picture())
        #expect(DOTWriter(few).text().contains("label=\"5: ") && !DOTWriter(few).text().contains("edgetooltip"))
        let edges = DOTWriter(many).text().split(separator: "\n").filter { $0.contains(" -> ") }
        #expect(edges.count > 200 && edges.allSatisfy { $0.contains("[edgetooltip=\"") && !$0.contains("[label") })
    }

    @Test("Steps have the colours of the page, as its style sheet makes them")
    func colours() throws {
        let sample = try PictureSample.own("attention-57")
        let page = try HTMLReport(ReportCase(own: "attention-57").model()).text()
        func number(_ pattern: Regex<(Substring, Substring)>) throws -> Double {
            try #require(page.firstMatch(of: pattern).flatMap { Double($0.output.1) })
        }
        // The first of two styles is the light one.
        let (lightness, saturation) = try (number(/--light: (\d+)%/), number(/--sat: (\d+)%/))
        let opacity = try number(/\.cluster { fill: hsl\(var\(--h\) var\(--sat\) var\(--light\) \/ (\.\d+)\)/)
        let text = DOTWriter(sample.picture()).text()
        for step in sample.schedule.steps.indices {
            let style = try #require(
                page.firstMatch(
                    of: try Regex(
                        "class=\"cluster (c\\d+)\"[^>]* data-step=\"\(step)\"", as: (Substring, Substring).self)))
            let hue = try #require(
                page.firstMatch(of: try Regex("\\.\(style.output.1) \\{ --h: (\\d+);", as: (Substring, Substring).self))
            )
            let stroke = Self.rgb(try #require(Double(hue.output.1)), saturation / 100, lightness / 100)
            let fill = stroke.map { 1 - opacity * (1 - $0) }
            let cluster = try #require(text.components(separatedBy: "subgraph cluster_step\(step) {").last)
            let drawn = try #require(cluster.firstMatch(of: /fillcolor="(#\w{6})" color="(#\w{6})"/))
            for (hex, expected) in [(drawn.output.1, fill), (drawn.output.2, stroke)] {
                let value = try #require(Int(hex.dropFirst(), radix: 16))
                let channels = [value >> 16, value >> 8 & 255, value & 255]
                for (channel, part) in zip(channels, expected) {
                    #expect(abs(Double(channel) - 255 * part) <= 1, "\(hex)")
                }
            }
        }
    }

    /// By the six sectors of the colour wheel, unlike the program.
    private static func rgb(_ hue: Double, _ saturation: Double, _ lightness: Double) -> [Double] {
        let chroma = (1 - abs(2 * lightness - 1)) * saturation
        let other = chroma * (1 - abs((hue / 60).truncatingRemainder(dividingBy: 2) - 1))
        let sectors = [
            [chroma, other, 0], [other, chroma, 0], [0, chroma, other], [0, other, chroma], [other, 0, chroma],
            [chroma, 0, other],
        ]
        return sectors[Int(hue / 60) % 6].map { $0 + lightness - chroma / 2 }
    }
}
