import Foundation
import TensorGraph
import TestSupport
import Testing

@testable import ModelImport

/// Damaged models: each ends in a problem or in one clear line.
@Suite("Damaged models", .tags(.slow))
struct MutationTests {
    /// Of seven kinds, 2,000 in all, or 5,000 in a thorough run.
    private static let parts = 10
    private static let modelsPerPart = Effort.cases(200, thorough: 500)

    // In parts, so that they run on all cores.
    @Test("Damaged models of seven kinds, and none crashes or hangs", arguments: 0..<parts)
    func damaged(part: Int) throws {
        var random = RandomSource(seed: 11 + UInt64(part))
        // Small models more often than large ones: what is wrong is found sooner.
        let small = Array(repeating: ["moe", "moe_batched"], count: 10).flatMap { $0 }
        let names = small + ["convolution", "bert", "vit", "llama", "mixed"]
        let models = try names.map { name in
            // Weights do not matter here, and without them damage hits what does.
            try WireFilter.reduce(Data(contentsOf: ReferenceRun.fixtures.appendingPathComponent("\(name).onnx")), 64)
        }
        var (refused, accepted) = (0, 0)
        try withTemporaryFolder { folder in
            let path = folder.appendingPathComponent("damaged.onnx").path
            for index in 0..<Self.modelsPerPart {
                let bytes = mutate([UInt8](models[index % models.count]), &random)
                try Data(bytes).write(to: URL(fileURLWithPath: path))
                do {
                    let imported = try ModelImporter(chip: .sample).read(path)
                    #expect(!imported.problem.ops.isEmpty)
                    accepted += 1
                } catch let error as FileError {
                    let isClear =
                        error.kind == .badData && error.description.hasPrefix("\(path): ")
                        && !error.description.contains("\n") && error.description.utf8.count < 700
                    if !isClear { Issue.record("part \(part), case \(index): \(error)") }
                    refused += 1
                }
            }
        }
        #expect(refused > Self.modelsPerPart / 5)
        #expect(accepted > Self.modelsPerPart / 17)
    }

    private func mutate(_ original: [UInt8], _ random: inout RandomSource) -> [UInt8] {
        var bytes = original
        for _ in 0..<max(1, Int.random(in: -3...3, using: &random)) where !bytes.isEmpty {
            let place = Int.random(in: bytes.indices, using: &random)
            let end = min(bytes.count, place + Int.random(in: 1...16, using: &random))
            switch Int.random(in: 0..<7, using: &random) {
            case 0: bytes[place] ^= 1 << UInt8.random(in: 0..<8, using: &random)
            case 1: bytes[place] = UInt8.random(in: 0...255, using: &random)
            case 2: bytes.removeSubrange(place..<end)
            case 3: bytes.insert(contentsOf: bytes[place..<end], at: place)
            case 4: bytes.removeSubrange(place...)
            case 5: bytes.insert(contentsOf: [0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0x7F], at: place)
            default:
                // The largest numbers that fit where small ones were.
                for index in place..<end where bytes[index] < 0x80 { bytes[index] = 0x7F }
            }
        }
        return bytes
    }
}

/// Weights stay in the file.
@Suite("Large payloads")
struct WireFilterTests {
    /// A field of length-delimited bytes.
    private func field(_ number: UInt8, _ contents: [UInt8]) -> [UInt8] {
        var length: [UInt8] = []
        var rest = contents.count
        while rest >= 0x80 {
            length.append(UInt8(rest & 0x7F) | 0x80)
            rest >>= 7
        }
        return [number << 3 | 2] + length + [UInt8(rest)] + contents
    }

    @Test("A large raw_data is left out, a small one and the shape are kept")
    func payload() throws {
        let large = field(8, Array("w".utf8)) + [1 << 3, 100] + field(9, Array(repeating: 7, count: 1_000_000))
        let small = field(8, Array("s".utf8)) + [1 << 3, 2, 2 << 3, 2] + field(9, [3, 4])
        let node = field(1, Array("s".utf8)) + field(2, Array("y".utf8)) + field(4, Array("Relu".utf8))
        let file = Data(field(7, field(5, large) + field(5, small) + field(1, node)))
        let reduced = try WireFilter.reduce(file)
        #expect(reduced.count < 100)
        let model = try ModelFile.decode(file)
        #expect(model.graph.initializer.map(\.dims) == [[100], [2]])
        #expect(try model.graph.initializer[0].constant() == nil)
        #expect(try model.graph.initializer[1].constant() == ConstantData(shape: [2], integers: [3, 4]))
    }

    @Test("What is no wire format is said to be none")
    func damaged() {
        for bytes: [UInt8] in [[], [0xFF], [0x3A, 0xFF], [0x3B], Array("{}".utf8)] {
            #expect(throws: ImportFault.self) { try ModelFile.decode(Data(bytes)) }
        }
    }
}
