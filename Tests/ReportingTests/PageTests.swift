import Foundation
import TestSupport
import Testing

@testable import Reporting

@Suite("The report page")
struct PageTests {
    @Test("Nothing that a file says is taken for markup")
    func escapes() throws {
        let evil = "a</script><img src=x onerror=alert(1)>\"'&{{latency}}\u{1}\u{85}.json"
        let log = """
            {"event":"incumbent","latency":200000,"seconds":1,"source":"</script><b>"}
            {"event":"bound","is_about_problem":false,"kind":"<i>","scope":"\\"><u>","seconds":1,"value":1}
            """
        let model = try ReportCase(own: "attention-15").model(problemPath: evil, schedulePath: "<s>" + evil, log: log)
        let page = try HTMLReport(model).text()
        for tag in ["<img", "<b>", "<i>", "<u>", "<s>"] { #expect(!page.contains(tag)) }
        #expect(page.components(separatedBy: "</script").count == 3)
        #expect(page.contains("a&lt;/script&gt;&lt;img src=x onerror=alert(1)&gt;&quot;&#39;&amp;{{latency}}"))
        #expect(!page.unicodeScalars.contains { $0.value < 32 && $0 != "\n" })
        let json = try #require(Self.json(page))
        #expect(try JSONValue(parsing: json)["problem"]?.string == evil)
    }

    @Test(
        "Escaping of markup",
        arguments: [("a<b>&\"'", "a&lt;b&gt;&amp;&quot;&#39;"), ("\u{0}é\u{FFFF}", "\u{FFFD}é\u{FFFD}")])
    func escapesMarkup(text: String, escaped: String) {
        #expect(escapedMarkup(text) == escaped)
    }

    @Test("The page names no other file and no network")
    func isSelfContained() throws {
        let page = try HTMLReport(ReportCase(own: "attention-15").model()).text()
            .replacingOccurrences(of: "http://www.w3.org/2000/svg", with: "")
        for text in ["http:", "https:", "@import", "src=", "fetch(", "XMLHttpRequest"] { #expect(!page.contains(text)) }
        for text in ["prefers-color-scheme: dark", "@media print", "max-width: 640px", "role=\"img\""] {
            #expect(page.contains(text))
        }
    }

    @Test("Numbers that no drawing shows make no broken page")
    func extremes() throws {
        var graph = GraphBuilder()
        _ = graph.pointwise([graph.tensor(1, 1)], cost: 9e15)
        _ = graph.pointwise([graph.tensor(1 << 20, 1 << 20)], cost: 1e-300)
        let problem = try graph.problem(
            capacity: 1 << 50, bandwidth: 1e-15, nativeWidth: 1 << 20, nativeHeight: 1 << 20)
        let example = try ReportCase(problem, [.init([0], (1, 1, 1)), .init([1], (1 << 20, 1 << 20, 1))])
        let page = try HTMLReport(example.model()).text()
        #expect(!page.contains("nan") && !page.contains("=\"inf"))
    }

    @Test(
        "Coordinates",
        arguments: [(1.005, "1"), (-0.25, "-0.25"), (12.5, "12.5"), (0.07, "0.07"), (.nan, "0"), (1e300, "0")])
    func coordinates(value: Double, text: String) {
        #expect(coordinate(value) == text)
    }

    @Test("Ticks are round and within the range")
    func ticks() {
        #expect(Axis(.linear, from: 0, to: 8.4e6, start: 0, end: 1).ticks(4) == [0, 2.5e6, 5e6, 7.5e6])
        #expect(Axis(.linear, from: 0, to: 0, start: 0, end: 1).ticks(2) == [0, 0.5, 1])
        #expect(Axis(.logarithmic, from: 0.001, to: 100, start: 0, end: 1).ticks(6) == [0.001, 0.01, 0.1, 1, 10, 100])
        let close = Axis(.logarithmic, from: 0.0112, to: 0.083, start: 0, end: 1).ticks(6)
        #expect(close.count >= 3 && close.allSatisfy { $0 >= 0.0112 && $0 <= 0.083 })
        #expect([0, 1500, 2.5e6, 0.02, 999_999].map(tickLabel) == ["0", "1.5k", "2.5M", "0.02", "1M"])
    }

    static func json(_ page: String) -> String? {
        guard let start = page.range(of: "<script type=\"application/json\" id=\"report\">"),
            let end = page.range(of: "</script>", range: start.upperBound..<page.endIndex)
        else { return nil }
        return String(page[start.upperBound..<end.lowerBound])
    }
}
