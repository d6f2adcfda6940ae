import Foundation
import Reporting
import TensorGraph
import TestSupport
import Testing

@Suite("Traces")
struct ChromeTraceTests {
    private func trace(
        _ sample: PictureSample, tiles: Int = 0, name: String = "sample"
    ) throws -> (document: TraceDocument, stepsWithoutTiles: [Int]) {
        var options = ChromeTrace.Options()
        options.maximumTiles = tiles
        let trace = ChromeTrace(
            sample.schedule, sample.evaluation, problem: sample.problem, name: name, options: options)
        return (try TraceDocument(trace.text()), trace.stepsWithoutTiles)
    }

    /// Slices of one track follow each other without a hole.
    private func expectSeamless(_ slices: [TraceDocument.Event], until end: Double) {
        var now = 0.0
        for slice in slices {
            #expect(abs(slice.start - now) <= 1e-9 * max(1, end))
            now = slice.start + slice.duration
        }
        #expect(abs(now - end) <= 1e-9 * max(1, end))
    }

    /// Foundation's JSON parser is wrong in the last digit now and then.
    private func expectClose(_ slices: [TraceDocument.Event], _ expected: [Double]) {
        #expect(slices.count == expected.count)
        for (slice, value) in zip(slices, expected) { #expect(abs(slice.duration - value) <= 1e-14 * value) }
    }

    @Test("Steps and tiles add up to the evaluator's latency, compute and traffic to its own, on random schedules")
    func sums() throws {
        var tileCount = 0
        for sample in try PictureSample.random(40, seed: 41) {
            let total = sample.evaluation.totalLatency
            let (document, omitted) = try trace(sample, tiles: 1 << 16)
            let steps = document.slices("steps")
            expectClose(steps, sample.evaluation.latencies)
            expectSeamless(steps, until: total)
            expectClose(document.slices("compute"), sample.evaluation.steps.map(\.compute))
            expectClose(
                document.slices("memory"),
                sample.evaluation.steps.map { $0.trafficElements / sample.problem.hardware.slowMemoryBandwidth })
            let tiles = document.slices("tiles")
            #expect(omitted.isEmpty)
            expectSeamless(tiles, until: total)
            let loaded = sample.evaluation.steps.reduce(0) { $0 + $1.loadedElements }
            #expect(abs(tiles.reduce(0) { $0 + ($1.values["loaded_elements"] ?? 0) } - loaded) <= 1e-9 * loaded)
            tileCount += tiles.count
        }
        #expect(tileCount > 400)
    }

    @Test("Compute and memory slices are no longer than their step")
    func sides() throws {
        let (document, _) = try trace(PictureSample.own("attention-15"))
        let steps = document.slices("steps")
        for track in ["compute", "memory"] {
            let slices = document.slices(track)
            #expect(slices.count == steps.count)
            for (slice, step) in zip(slices, steps) {
                #expect(slice.start == step.start && slice.duration <= step.duration * (1 + 1e-12))
            }
        }
        #expect(document.slices("tiles").isEmpty)
    }

    @Test("The counter shows what the fullest iteration holds, and nothing at the end")
    func counter() throws {
        let sample = try PictureSample.diamond()
        let (document, _) = try trace(sample)
        let counters = document.counters
        #expect(counters.map(\.start) == [0, 3000, 3000 + 3276.8])
        #expect(
            counters.map { $0.values.values.reduce(0, +) } == sample.evaluation.steps.map(\.peakWorkingSet) + [0])
        #expect(counters.map { $0.values["resident"] } == [0, 16384, 0])
        #expect(counters.map { $0.values["retained"] } == [16384, 0, 0])
        let tiled = try trace(PictureSample.own("mlp-4"), tiles: 1 << 16).document.counters
        #expect(tiled.count > 5)
    }

    @Test("Steps with more tiles than wanted are named")
    func limit() throws {
        let sample = try PictureSample.own("attention-15")
        let (document, omitted) = try trace(sample, tiles: 4)
        #expect(document.slices("tiles").count <= 4)
        #expect(!omitted.isEmpty && omitted.count < sample.schedule.steps.count)
    }

    @Test("Any name comes back as it was")
    func name() throws {
        let (document, _) = try trace(PictureSample.diamond(), name: PictureSample.hostileTitle)
        #expect(document.events.first?.texts["name"] == "mlsys " + PictureSample.hostileTitle)
    }
}
