import Foundation
import Scheduling
import TensorGraph
import TestSupport
import Testing

@testable import Reporting

@Suite("Sections of the report page")
struct PageSectionTests {
    @Test("Names of ops and tensors are in the page's data and in the drawing, escaped")
    func names() throws {
        let page = try HTMLReport(ReportCase(own: "attention-15").named().model()).text()
        #expect(page.contains("\"name\":\"layer.0.query.0\""))
        #expect(page.contains(">layer.0.query.0<") || page.contains(">…"))
        #expect(!page.contains("<b>") && page.contains("activation 0 \\u003cb>"))
    }

    @Test("Two schedules stand side by side, block by block, with the sums of both")
    func comparison() throws {
        let example = try ReportCase(own: "attention-15")
        var options = ListScheduler.Options()
        options.fusion = false
        let other = try ReportCase(example.problem, ListScheduler(example.problem, options: options).schedule())
        let page = try HTMLReport(example.model(other: other)).text()
        #expect(page.contains("<h2 id=\"h-comparison\">Two schedules</h2>"))
        #expect(page.contains("other.json"))
        let difference = other.evaluation.totalLatency - example.evaluation.totalLatency
        #expect(page.contains("data-number=\"comparison.difference\">\(signed(difference))<"))
        let share = gapText(difference / example.evaluation.totalLatency)
        #expect(difference > 0 && page.contains("B takes \(readable(difference)) (\(share)) more than A."))
        let turned = try HTMLReport(other.model(other: example)).text()
        #expect(turned.contains("B takes \(readable(difference)) (") && turned.contains(") less than A."))
        let same = try HTMLReport(example.model(other: example)).text()
        #expect(same.contains("Both take as long.") && same.contains("<summary>No block differs</summary>"))
        #expect(same.contains("data-number=\"comparison.difference\">0<"))
        #expect(try !HTMLReport(example.model()).text().contains("h-comparison"))
    }

    @Test("Convergence and bounds have titles of their own; the former needs a log")
    func titles() throws {
        let log = #"{"event":"incumbent","latency":200000,"seconds":1,"source":"list"}"#
        let page = try HTMLReport(ReportCase(own: "attention-15").model(log: log)).text()
        for title in ["Convergence", "Bounds", "One step, iteration by iteration"] {
            #expect(page.contains(">\(title)</h2>"))
        }
        #expect(try !HTMLReport(ReportCase(own: "attention-15").model()).text().contains(">Convergence</h2>"))
    }

    @Test("Microseconds and bytes where the hardware is known")
    func units() throws {
        let example = try ReportCase(own: "attention-15")
        let units = PhysicalUnits(hardware: "chip", secondsPerUnit: 1e-9, bytesPerElement: 2)
        let page = try HTMLReport(example.model(units: units)).text()
        #expect(page.contains("\(readable(example.evaluation.totalLatency * 1e-3)) µs"))
        #expect(page.contains("KiB") || page.contains("MiB"))
        #expect(page.contains("\"seconds_per_unit\":1e-09"))
        #expect(try !HTMLReport(example.model()).text().contains(" µs<"))
    }
}
