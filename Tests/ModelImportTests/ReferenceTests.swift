import Foundation
import TensorGraph
import TestSupport
import Testing

@testable import ModelImport

/// Imported models compute what `onnx.reference` computes.
@Suite("Numbers of imported models", .enabled(if: ReferenceRun.isThere, ReferenceRun.absence))
struct ReferenceTests {
    static let models = [
        "bert", "vit", "moe", "moe_batched", "llama", "mixed", "convolution", "functions", "decoder", "fused",
        "translator", "step", "latent", "pairs", "windows", "pixels", "old", "lists",
    ]

    @Test("Every output to 1e-4, from random inputs", arguments: models)
    func outputs(model: String) throws {
        let path = ReferenceRun.fixtures.appendingPathComponent("\(model).onnx").path
        let imported = try ModelImporter(chip: .sample).read(path)
        let reference = try ReferenceRun.run(model: path, seed: 1)
        #expect(try reference.worstError(imported) < 1e-4)
    }

    @Test("A layer of com.microsoft's operators computes what one of ONNX's does")
    func fused() throws {
        let path = ReferenceRun.fixtures.appendingPathComponent("fused.onnx").path
        let imported = try ModelImporter(chip: .sample).read(path)
        let values = try ReferenceRun.run(model: path, seed: 3).values(of: imported)
        let difference = try #require(imported.outputs.first)
        #expect(imported.nodes.contains { $0.type == "SkipLayerNormalization" && $0.fate == .exact })
        let elements = try #require(values[difference.tensor])
        #expect(elements.count > 50 && elements.allSatisfy { abs($0) < 1e-6 })
        // A mask that hides nothing would prove nothing.
        let other = try #require(imported.outputs.last)
        #expect(try #require(values[other.tensor]).contains { abs($0) > 0.1 })
    }

    private static let moreModels = ProcessInfo.processInfo.environment["MLSYS_MODELS"].map { folder in
        ((try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? [])
            .filter { $0.hasSuffix(".onnx") }.sorted().map { "\(folder)/\($0)" }
    }

    @Test(
        "The models of a folder, to 1e-4", .enabled(if: moreModels != nil, "needs $MLSYS_MODELS, a folder of models"),
        arguments: moreModels ?? [])
    func more(path: String) throws {
        let imported = try ModelImporter(chip: .sample).read(path)
        let isApproximated = imported.nodes.contains { node in
            if case .approximated = node.fate { true } else { false }
        }
        // What is approximated computes other numbers on purpose.
        try #require(!isApproximated, "only models that are imported exactly belong in the folder")
        let errors = try ReferenceRun.run(model: path, seed: 1).errors(of: imported)
        #expect(!errors.isEmpty && errors.values.allSatisfy { $0 < 1e-4 }, "\(errors)")
    }

    @Test("Outputs of other inputs are found to differ")
    func otherInputs() throws {
        let path = ReferenceRun.fixtures.appendingPathComponent("moe.onnx").path
        let imported = try ModelImporter(chip: .sample).read(path)
        let (first, second) = (
            try ReferenceRun.run(model: path, seed: 1), try ReferenceRun.run(model: path, seed: 2)
        )
        #expect(try first.worstError(imported, expected: second) > 1e-2)
    }
}

extension ChipDescription {
    /// A small chip with round numbers.
    static let sample = ChipDescription(
        name: "sample", source: "made up", leavesOut: ["all of it"], dtypeBytes: 2, clockHz: 1e9,
        fastMemoryBytes: 1_048_576, slowBandwidthBytesPerSecond: 2e10, nativeTile: [128, 128],
        multiplyAddsPerCycle: 16384, vectorLanes: 128, vectorCosts: ["exp": 4])
}
