import CostModel
import Foundation
import Lowering
import ModelImport
import Scheduling
import TensorGraph
import TestSupport
import Testing

/// Models from their files to code that runs: import, list scheduler, plan, C.
enum ImportedModels {
    static let fixtures = ExternalFiles.packageRoot.appendingPathComponent("Tests/ModelImportTests/Fixtures")
    static let shared = ExternalFiles.packageRoot.deletingLastPathComponent().appendingPathComponent("shared/models")

    /// Those whose programs compile in a moment.
    static let quick = ["convolution", "functions", "moe", "moe_batched", "vit"]

    /// All models of a folder, by name.
    static func names(in folder: URL) -> [String] {
        let files = (try? FileManager.default.contentsOfDirectory(at: folder, includingPropertiesForKeys: nil)) ?? []
        return files.filter { $0.pathExtension == "onnx" }.map { $0.deletingPathExtension().lastPathComponent }.sorted()
    }

    /// On hardware so small that most steps need many tiles and k-steps; nil for the chip as it is.
    static func plan(_ name: String, in folder: URL = fixtures, elements: Int? = 256) throws -> PlanCase {
        var changes: [(key: String, value: String)] = []
        if let elements {
            changes = [("dtype_bytes", "1"), ("fast_memory_bytes", "\(elements)"), ("native_tile", "4x4")]
        }
        let hardware = ExternalFiles.packageRoot.appendingPathComponent("benchmarks/hardware/gemmini.json")
        let chip = try ChipDescription.read(hardware.path, changes: changes)
        let model = try ModelImporter(chip: chip).read(folder.appendingPathComponent("\(name).onnx").path)
        return try PlanCase(ListScheduler(model.problem).schedule(), problem: model.problem)
    }
}

/// Imported models compute the right thing and move what the cost model says.
@Suite("C programs of imported models", .enabled(if: CBatch.compiler.isInstalled, CBatch.compiler.absence))
struct ImportedModelTests {
    @Test("Run the list scheduler's schedules of small models", .tags(.slow))
    func models() throws {
        let cases = try ImportedModels.quick.map { try ImportedModels.plan($0) }
        for (name, made) in zip(ImportedModels.quick, cases) {
            #expect(CProgram(made.plan, title: name).opsOfUnknownFunction == [], "\(name)")
        }
        #expect(cases.contains { $0.plan.steps.contains { ($0.loops.iterations ?? 0) > 4 } })
        try CBatch.check(cases)
    }

    @Test("Run without undefined behaviour", .tags(.slow))
    func sanitized() throws {
        let cases = try ["functions", "moe_batched"].map { try ImportedModels.plan($0) }
        try CBatch.check(cases, flags: CBatch.flags + CBatch.sanitizers)
    }
}
