import Foundation
import TensorGraph
import TestSupport
import Testing

@testable import Reporting

@Suite("Seconds, bytes and shares of the peak")
struct PhysicalReportTests {
    /// A product of 128 x 256 and 256 x 128 in one step, which computes for 512 units of time and moves for 8,192.
    private static func product(_ units: PhysicalUnits?) throws -> ReportCase {
        var graph = ProblemBuilder(
            on: Hardware(fastMemoryCapacity: 200_000, slowMemoryBandwidth: 10, nativeWidth: 256, nativeHeight: 128),
            multiplyAddsPerTime: 16384, elementsPerTime: 128)
        let (a, b) = (graph.input("a", rows: 128, columns: 256), graph.input("b", rows: 256, columns: 128))
        _ = graph.matMul("product", a, b)
        let problem = try graph.problem().measured(in: units)
        return try ReportCase(
            problem, [Step(ops: [OpID(0)], granularity: Granularity(width: 128, height: 128, depth: 256), retained: [])]
        )
    }

    private static let units = PhysicalUnits(
        hardware: "chip", secondsPerUnit: 1e-9, bytesPerElement: 2, multiplyAddsPerUnit: 16384)

    @Test("By hand")
    func numbers() throws {
        let example = try Self.product(Self.units)
        let report = try #require(PhysicalReport(example.schedule, example.evaluation, problem: example.problem))
        #expect(example.evaluation.totalLatency == 8192)
        #expect(abs(report.microseconds - 8.192) < 1e-12)
        #expect(report.loadedBytes == 131_072 && report.evictedBytes == 32768 && report.fastMemoryBytes == 400_000)
        #expect(report.multiplyAdds == 4_194_304)
        #expect(report.computeShareOfPeak == 256.0 / 8192 && report.bandwidthShareOfPeak == 1)
        #expect(try abs(#require(report.bytesPerSecond) - 2e10) < 1)
        #expect(report.steps.count == 1 && report.steps[0].computeShareOfPeak == report.computeShareOfPeak)
        let text =
            "on chip: 8.2 µs, in 128 KiB, out 32 KiB, fast memory 390.6 KiB; 512 G multiply-adds/s, 3% of peak; "
            + "20 GB/s, 100% of peak"
        #expect(report.text == text)
        let evaluated = ScheduleReport(example.schedule, example.evaluation, problem: example.problem)
        #expect(StepTable(evaluated).text.hasSuffix(text + "\n"))
        #expect(TextWidth.widest(StepTable(evaluated, width: 80).text) <= 80)
    }

    @Test("Without units nothing is said of them, and without a rate nothing of the peak")
    func absent() throws {
        let example = try Self.product(nil)
        #expect(PhysicalReport(example.schedule, example.evaluation, problem: example.problem) == nil)
        let evaluated = ScheduleReport(example.schedule, example.evaluation, problem: example.problem)
        #expect(!StepTable(evaluated).text.contains("µs"))
        #expect(try !jsonLine(evaluated).contains("physical"))
        let other = try Self.product(PhysicalUnits(hardware: "x", secondsPerUnit: 1, bytesPerElement: 1))
        let report = try #require(PhysicalReport(other.schedule, other.evaluation, problem: other.problem))
        #expect(report.computeShareOfPeak == nil && report.bandwidthShareOfPeak == 1)
    }

    @Test("The page shows them: of the schedule, of each step, and as data")
    func page() throws {
        let page = try HTMLReport(Self.product(Self.units).model()).text()
        for text in [
            "8.2 µs", "On chip, a unit of time is 1 ns and an element 2 bytes.", "128 KiB", "achieves 3% of peak",
            "achieves 100% of peak", ">µs</th>", "\"compute_share_of_peak\":0.03125",
        ] {
            #expect(page.contains(text), "\(text)")
        }
        #expect(try !HTMLReport(Self.product(nil).model()).text().contains("µs</th>"))
    }

    @Test("Bytes by powers of 1024")
    func bytes() {
        let sizes: [Double] = [0, 1023, 1024, 1536, 25_165_824, 0x1p30, 0x1p43]
        let texts = ["0 B", "1,023 B", "1 KiB", "1.5 KiB", "24 MiB", "1 GiB", "8 TiB"]
        #expect(sizes.map(bytesText) == texts)
    }
}
