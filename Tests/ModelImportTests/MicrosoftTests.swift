import Foundation
import TensorGraph
import TestSupport
import Testing

@testable import ModelImport

/// Operators of com.microsoft, which `onnx.reference` does not know, compared with what onnxruntime computed once:
/// `Fixtures/microsoft.py` writes the model and the numbers.
@Suite("Numbers of com.microsoft's operators")
struct MicrosoftTests {
    private static let model = ReferenceRun.fixtures.appendingPathComponent("microsoft.onnx").path

    private func reference() throws -> ReferenceRun {
        let numbers = ReferenceRun.fixtures.appendingPathComponent("microsoft.json")
        return try JSONDecoder().decode(ReferenceRun.self, from: Data(contentsOf: numbers))
    }

    @Test("Every output to 1e-4 of what onnxruntime computes")
    func outputs() throws {
        let imported = try ModelImporter(chip: .sample).read(Self.model)
        let errors = try reference().errors(of: imported)
        for (name, error) in errors.sorted(by: { $0.key < $1.key }) { #expect(error < 1e-4, "\(name)") }
        // All nodes are compared, and none of them is left out.
        #expect(errors.count == imported.nodes.count && errors.count >= 25)
        #expect(Set(imported.nodes.map(\.type)).count >= 14)
        for node in imported.nodes {
            if case .boundary = node.fate { Issue.record("\(node.name) is a boundary") }
            if case .approximated = node.fate { Issue.record("\(node.name) is approximated") }
        }
    }
}
