import Foundation
import TensorGraph
import TestSupport
import Testing

@testable import ModelImport

/// How much of each model is said exactly, and in how many ops.
@Suite("Coverage")
struct CoverageTests {
    private func importFixture(_ name: String, strict: Bool = false) throws -> ImportedModel {
        var options = ImportOptions()
        options.isStrict = strict
        return try ModelImporter(chip: .sample, options: options)
            .read(ReferenceRun.fixtures.appendingPathComponent("\(name).onnx").path)
    }

    @Test("Transformers and pointwise convolutions are exact", arguments: ReferenceTests.models)
    func exact(model: String) throws {
        let imported = try importFixture(model, strict: true)
        #expect(imported.multiplyAdds.exact > 0)
        #expect(imported.multiplyAdds.approximated == 0)
        #expect(imported.multiplyAdds.boundary == 0)
        #expect(imported.nodes.reduce(0) { $0 + $1.opCount } == imported.problem.ops.count)
    }

    @Test("Multiply-adds are those of the model")
    func multiplyAdds() throws {
        // A router of 8 x 3 for 12 rows, and three experts of three products of 8 x 20 each.
        #expect(try importFixture("moe").multiplyAdds.exact == 12 * (8 * 3 + 3 * 3 * 8 * 20))
    }

    @Test("The same op of two layers is the same op")
    func equalLayers() throws {
        let imported = try importFixture("bert")
        let layers = (0...1).map { layer in
            imported.problem.ops.filter { $0.name?.hasPrefix("/layer.\(layer).") ?? false }
        }
        #expect(layers[0].count > 50)
        #expect(layers[0].map(\.einsum) == layers[1].map(\.einsum))
        #expect(layers[0].map(\.baseCost) == layers[1].map(\.baseCost))
    }

    @Test("Rows that data choose are a boundary")
    func boundary() throws {
        let model = Mlsys_Onnx_ModelProto.with { model in
            model.graph.input = [.tensor("ids", [4]), .tensor("table", [10, 8])]
            model.graph.node = [
                .node("Gather", ["table", "ids"], "rows"), .node("Relu", ["rows"], "y"),
                .node("Mystery", ["y"], "z"),
            ]
            model.graph.output = [.tensor("y", [4, 8])]
        }
        let imported = try importModel(model)
        #expect(imported.nodes.map(\.type) == ["Gather", "Relu", "Mystery"])
        guard case .boundary(let first) = imported.nodes[0].fate, case .boundary = imported.nodes[2].fate else {
            Issue.record("\(imported.nodes)")
            return
        }
        #expect(first.contains("chooses rows by data"))
        #expect(imported.problem.ops.map(\.name) == ["y"])
        #expect(imported.inputs.compactMap { $0?.origin } == [.boundary("rows")])
    }

    @Test("What is behind a choice by data is imported where its shape is known, and else counted as unknown")
    func choice() throws {
        let model = Mlsys_Onnx_ModelProto.with { model in
            model.graph.input = [.tensor("x", [4, 8]), .tensor("w", [8, 8]), .tensor("v", [3, 5])]
            var top = Mlsys_Onnx_NodeProto.node("TopK", ["x", "k"], "best")
            top.output.append("places")
            model.graph.initializer = [
                .with {
                    $0.name = "k"
                    $0.dataType = 7
                    $0.dims = [1]
                    $0.int64Data = [3]
                }
            ]
            model.graph.node = [
                top, .node("MatMul", ["best", "v"], "y"), .node("NonZero", ["x"], "some"),
                .node("Gather", ["x", "some"], "rows"), .node("MatMul", ["rows", "w"], "z"),
            ]
            model.graph.output = [.tensor("y", [4, 5])]
        }
        let imported = try importModel(model)
        #expect(imported.multiplyAdds.exact == 4 * 3 * 5 && imported.multiplyAdds.boundary == 0)
        #expect(imported.nodes.map(\.isWorkUnknown) == [false, false, false, false, true])
        guard case .boundary(let reason) = imported.nodes[0].fate else {
            Issue.record("\(imported.nodes)")
            return
        }
        #expect(reason.contains("chooses by data"))
    }

    @Test("Elements that a table chooses are copied, and tables of weights are weights")
    func tables() throws {
        let model = Mlsys_Onnx_ModelProto.with { model in
            model.graph.input = [.tensor("x", [4, 8])]
            func table(_ name: String, _ dims: [Int64], _ list: [Int64]) -> Mlsys_Onnx_TensorProto {
                .with {
                    $0.name = name
                    $0.dataType = 7
                    $0.dims = dims
                    $0.int64Data = list
                }
            }
            // Without elements in the file: known by its shape alone.
            let far = Mlsys_Onnx_TensorProto.with {
                $0.name = "far"
                $0.dataType = 7
                $0.dims = [4]
            }
            model.graph.initializer = [
                table("places", [4, 2], [0, 1, 2, 3, 4, 5, 6, 7]), far, table("w", [9, 2], []),
            ]
            var chosen = Mlsys_Onnx_NodeProto.node("GatherElements", ["x", "places"], "some")
            chosen.attribute = [
                .with {
                    $0.name = "axis"
                    $0.i = 1
                }
            ]
            model.graph.node = [
                .node("Gather", ["w", "far"], "bias"), chosen, .node("Add", ["some", "bias"], "y"),
            ]
            model.graph.output = [.tensor("y", [4, 2])]
        }
        let imported = try importModel(model)
        #expect(imported.nodes[0].fate == .constant)
        guard case .rearranged = imported.nodes[1].fate else {
            Issue.record("\(imported.nodes)")
            return
        }
        #expect(imported.problem.ops.map(\.name) == ["y"])
    }

    @Test("Elements that are chosen one by one are copied where they would make too many matrices")
    func manyPieces() throws {
        // Every second element in both directions: 1,024 matrices of one element for each of ten nodes.
        let model = Mlsys_Onnx_ModelProto.with { model in
            model.graph.input = [.tensor("x", [64, 64])]
            for (name, value) in [("start", 0), ("end", 64), ("step", 2)] {
                model.graph.initializer.append(
                    .with {
                        $0.name = name
                        $0.dataType = 7
                        $0.dims = [2]
                        $0.int64Data = [Int64(value), Int64(value)]
                    })
            }
            for index in 0..<10 {
                model.graph.node += [
                    .node("Slice", ["x", "start", "end", "", "step"], "part \(index)"),
                    .node("Relu", ["part \(index)"], "y \(index)"),
                ]
                model.graph.output.append(.tensor("y \(index)", [32, 32]))
            }
        }
        let imported = try importModel(model)
        #expect(imported.problem.ops.count == 10)
        #expect(imported.problem.tensors.allSatisfy { $0.width == 32 && $0.height == 32 })
        for node in imported.nodes where node.type == "Slice" {
            guard case .rearranged(let reason) = node.fate else {
                Issue.record("\(node)")
                continue
            }
            #expect(reason.contains("64 pieces"))
        }
    }

    @Test("A size that an attribute claims is no size of a tensor", arguments: [-5, 0, 1 << 62])
    func claimedSizes(hidden: Int) throws {
        let model = Mlsys_Onnx_ModelProto.with { model in
            model.graph.input = [.tensor("x", [8, 3, 4]), .tensor("w", [1, 4, 4])]
            var cell = Mlsys_Onnx_NodeProto.node("RNN", ["x", "w", "w"], "states")
            cell.attribute = [
                .with {
                    $0.name = "hidden_size"
                    $0.i = Int64(hidden)
                }
            ]
            model.graph.node = [cell, .node("Relu", ["states"], "y")]
            model.graph.output = [.tensor("y", [])]
        }
        #expect(throws: FileError.self) { try importModel(model) }
    }

    @Test("What the model writes and reads again is stored by a copy")
    func storedOutput() throws {
        let model = Mlsys_Onnx_ModelProto.with { model in
            model.graph.input = [.tensor("x", [4, 8])]
            model.graph.node = [.node("Relu", ["x"], "y"), .node("Tanh", ["y"], "z")]
            model.graph.output = [.tensor("y", [4, 8]), .tensor("z", [4, 8])]
        }
        let imported = try importModel(model)
        #expect(imported.problem.ops.map(\.function) == ["relu", "tanh", "identity"])
        #expect(imported.problem.ops.map(\.baseCost).last == 0)
    }

    @Test("A convolution with windows is approximated, and refused by --strict")
    func strict() throws {
        let model = Mlsys_Onnx_ModelProto.with { model in
            model.graph.input = [.tensor("x", [1, 4, 8, 8]), .tensor("w", [6, 4, 3, 3])]
            var node = Mlsys_Onnx_NodeProto.node("Conv", ["x", "w"], "y")
            node.attribute = [
                .with {
                    $0.name = "pads"; $0.ints = [1, 1, 1, 1]
                }
            ]
            model.graph.node = [node]
            model.graph.output = [.tensor("y", [1, 6, 8, 8])]
        }
        let imported = try importModel(model)
        #expect(imported.multiplyAdds.approximated == Double(6 * 4 * 9 * 64))
        #expect(imported.problem.ops.count == 1)
        #expect(throws: FileError.self) { try importModel(model, strict: true) }
    }

    @Test("A symbolic dimension has to be named")
    func symbolic() throws {
        var model = Mlsys_Onnx_ModelProto.with { model in
            model.graph.input = [.tensor("x", [4, 8])]
            model.graph.node = [.node("Relu", ["x"], "y")]
            model.graph.output = [.tensor("y", [4, 8])]
        }
        model.graph.input[0].type.tensorType.shape.dim[0] = .with { $0.dimParam = "batch" }
        let error = #expect(throws: FileError.self) { try importModel(model) }
        #expect(error?.message.contains("--dim batch=1") ?? false)
        let imported = try importModel(model, dimensions: ["batch": 3])
        #expect(imported.problem.tensors.allSatisfy { $0.height == 3 })
    }

    private func importModel(
        _ model: Mlsys_Onnx_ModelProto, strict: Bool = false, dimensions: [String: Int] = [:]
    ) throws -> ImportedModel {
        var options = ImportOptions()
        options.isStrict = strict
        options.dimensions = dimensions
        return try withTemporaryFolder { folder in
            let path = folder.appendingPathComponent("model.onnx")
            try Data(model.serializedBytes() as [UInt8]).write(to: path)
            return try ModelImporter(chip: .sample, options: options).read(path.path)
        }
    }

    @Test("The shared models, if they are there", .enabled(if: !sharedModels.isEmpty, "needs ../shared/models"))
    func shared() throws {
        for file in Self.sharedModels {
            let imported = try ModelImporter(chip: .sample).read(file.path)
            #expect(imported.multiplyAdds.exact == imported.multiplyAdds.total, "\(file.lastPathComponent)")
        }
    }

    private static let sharedModels: [URL] = {
        let folder = ExternalFiles.packageRoot.deletingLastPathComponent().appendingPathComponent("shared/models")
        let files = try? FileManager.default.contentsOfDirectory(at: folder, includingPropertiesForKeys: nil)
        return (files ?? []).filter { $0.pathExtension == "onnx" }
    }()
}

extension Mlsys_Onnx_ValueInfoProto {
    static func tensor(_ name: String, _ shape: [Int]) -> Self {
        .with { info in
            info.name = name
            info.type.tensorType.elemType = 1
            info.type.tensorType.shape.dim = shape.map { side in .with { $0.dimValue = Int64(side) } }
        }
    }
}

extension Mlsys_Onnx_NodeProto {
    static func node(_ type: String, _ inputs: [String], _ output: String) -> Self {
        .with { node in
            node.opType = type
            node.input = inputs
            node.output = [output]
        }
    }
}
