import Foundation
import TensorGraph
import TestSupport
import Testing

@testable import ModelImport

@Suite("Hardware files")
struct HardwareTests {
    private static let presets: [URL] = {
        let folder = ExternalFiles.packageRoot.appendingPathComponent("benchmarks/hardware")
        let files = try? FileManager.default.contentsOfDirectory(at: folder, includingPropertiesForKeys: nil)
        return (files ?? []).filter { $0.pathExtension == "json" }.sorted { $0.path < $1.path }
    }()

    @Test("Every preset is a valid file, cited, and labelled as what it is")
    func presets() throws {
        let schema = try JSONSchema(named: "hardware")
        #expect(Self.presets.count >= 6)
        for file in Self.presets {
            let text = try String(contentsOf: file, encoding: .utf8)
            #expect(try schema.faults(in: text) == [])
            #expect(text.contains("\"label\": \"roofline, uncalibrated\""))
            let chip = try ChipDescription.read(file.path)
            #expect(chip.source.count > 40)
            #expect(chip.leavesOut.count >= 3)
        }
    }

    @Test("The unit of time is the cycle, that of data the element")
    func units() throws {
        let hardware = ChipDescription.sample.hardware
        #expect(hardware.fastMemoryCapacity == 524_288)
        #expect(hardware.slowMemoryBandwidth == 10)
        #expect(ChipDescription.sample.seconds(cycles: 2e9) == 2)
    }

    @Test("Costs of a native tile: padded for products, what is there for vectors")
    func costs() {
        let costs = RooflineCosts(chip: .sample)
        #expect(costs.product(RooflineCosts.Tile(width: 128, height: 128, reduction: 64)) == 64)
        #expect(costs.product(RooflineCosts.Tile(width: 64, height: 500, reduction: 64)) == 64)
        // One row of 64: vector lanes are faster than a matrix unit that is mostly padding.
        #expect(costs.product(RooflineCosts.Tile(width: 64, height: 1, reduction: 64)) == 32)
        #expect(costs.vector("relu", RooflineCosts.Tile(width: 256, height: 4, reduction: 1), inputs: 1) == 4)
        #expect(costs.vector("exp_sub", RooflineCosts.Tile(width: 128, height: 1, reduction: 1), inputs: 2) == 5)
        #expect(costs.vector("add", RooflineCosts.Tile(width: 128, height: 1, reduction: 1), inputs: 5) == 4)
        #expect(costs.vector("max", RooflineCosts.Tile(width: 1, height: 128, reduction: 50), inputs: 1) == 50)
    }

    @Test("Changes, and what is wrong with a file or a change")
    func changes() throws {
        let file = try #require(Self.presets.first).path
        let chip = try ChipDescription.read(
            file, changes: [("fast_memory_bytes", "262144"), ("native_tile", "32x16"), ("vector_costs.exp", "9")])
        #expect(chip.fastMemoryBytes == 262_144)
        #expect(chip.nativeTile == [32, 16])
        #expect(chip.vectorCosts["exp"] == 9)
        for (key, value) in [
            ("colour", "1"), ("clock_hz", "fast"), ("clock_hz", "-1"), ("native_tile", "3"), ("source", "2"),
            ("dtype_bytes", "nan"), ("native_tile", "0x4"),
        ] {
            #expect(throws: FileError.self) { try ChipDescription.read(file, changes: [(key, value)]) }
        }
        try withTemporaryFolder { folder in
            for text in ["", "[]", "{}", "{\"name\": 3}", "nonsense"] {
                let path = folder.appendingPathComponent("chip.json")
                try Data(text.utf8).write(to: path)
                #expect(throws: FileError.self) { try ChipDescription.read(path.path) }
            }
        }
    }
}
