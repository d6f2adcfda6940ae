import Foundation
import SwiftProtobuf
import TensorGraph

/// Reads the graph of an ONNX file; weights stay in the file.
enum ModelFile {
    /// Bytes of graph, after large payloads are left out, that are still decoded.
    private static let largestGraph = 256 << 20

    /// - Throws: ``FileError`` of kind `noInput` or `badData`.
    static func read(_ path: String) throws(FileError) -> Mlsys_Onnx_ModelProto {
        let data = try map(path)
        do throws(ImportFault) {
            return try decode(data)
        } catch {
            throw FileError(path: path, kind: .badData, message: error.description)
        }
    }

    static func decode(_ data: Data) throws(ImportFault) -> Mlsys_Onnx_ModelProto {
        guard !data.isEmpty else { throw ImportFault("is empty") }
        let reduced = try WireFilter.reduce(data)
        guard reduced.count <= largestGraph else {
            throw ImportFault("has a graph of more than \(largestGraph >> 20) MiB without its weights")
        }
        let model: Mlsys_Onnx_ModelProto
        do {
            model = try Mlsys_Onnx_ModelProto(serializedBytes: reduced)
        } catch {
            throw ImportFault("is not an ONNX model, or is damaged")
        }
        guard !model.graph.node.isEmpty else { throw ImportFault("has no nodes, or is not an ONNX model") }
        return model
    }

    private static func map(_ path: String) throws(FileError) -> Data {
        if StandardStream.isInput(path) { return try StandardStream.mapped() }
        var isDirectory: ObjCBool = false
        guard FileManager.default.fileExists(atPath: path, isDirectory: &isDirectory) else {
            throw FileError(path: path, kind: .noInput, message: "no such file")
        }
        guard !isDirectory.boolValue else {
            throw FileError(path: path, kind: .noInput, message: "is a directory, not a file")
        }
        do {
            return try Data(contentsOf: URL(fileURLWithPath: path), options: .alwaysMapped)
        } catch {
            throw FileError(path: path, kind: .noInput, message: "cannot be read")
        }
    }
}
