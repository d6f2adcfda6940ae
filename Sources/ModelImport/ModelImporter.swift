import TensorGraph

/// Makes a problem from an ONNX model and a chip.
public struct ModelImporter {
    private let chip: ChipDescription
    private let options: ImportOptions

    /// Creates an importer for a chip.
    public init(chip: ChipDescription, options: ImportOptions = ImportOptions()) {
        self.chip = chip
        self.options = options
    }

    /// Reads a model and makes a problem of it.
    ///
    /// - Throws: `FileError` that names the file, the node or tensor, and what is wrong.
    public func read(_ path: String) throws(FileError) -> ImportedModel {
        let model = try ModelFile.read(path)
        do {
            return try importModel(model)
        } catch let error as PartitionFault {
            throw FileError(path: path, kind: .badData, message: error.reason)
        } catch let error as ProblemError {
            throw FileError(path: path, kind: .badData, message: "becomes no valid problem: \(error)")
        } catch {
            throw FileError(path: path, kind: .badData, message: "\(error)")
        }
    }

    /// Nodes that may become boundaries because no partition is left at them.
    private static let largestRetryCount = 200

    private func importModel(_ model: Mlsys_Onnx_ModelProto) throws -> ImportedModel {
        var boundaries: [Int: String] = [:]
        while true {
            let reader = try GraphReader(model, dimensions: options.dimensions, boundaries: boundaries)
            do {
                return try assemble(reader)
            } catch let fault as PartitionFault {
                guard let node = fault.node, boundaries[node] == nil, boundaries.count < Self.largestRetryCount else {
                    throw fault
                }
                boundaries[node] = fault.reason
            }
        }
    }

    private func assemble(_ reader: GraphReader) throws -> ImportedModel {
        var nodes = reader.nodes
        if options.isStrict {
            for node in nodes {
                if case .approximated(let reason) = node.fate {
                    throw ImportFault(
                        "node \"\(node.name)\" (\(node.type)) can only be approximated: \(reason) (--strict)")
                }
            }
        }
        let graph = reader.graph
        let partition = try Partition(graph, results: reader.results.map(\.value))
        var assembly = ProblemAssembly(partition, nodeNames: nodes.map(\.name), chip: chip)
        let parts = try assembly.assemble(results: reader.results)
        let problem = try Problem(
            tensors: parts.tensors, ops: parts.ops, hardware: chip.hardware, tensorNames: parts.names)
        for node in parts.nodes { if let node { nodes[node].opCount += 1 } }
        for index in nodes.indices where nodes[index].fate == .exact && nodes[index].opCount == 0 {
            nodes[index].fate = reader.viewNodes.contains(index) ? .view : .unused
            if nodes[index].fate == .unused { nodes[index].multiplyAdds = 0 }
        }
        return ImportedModel(
            problem: problem, chip: chip, nodes: nodes, nodeOfOp: parts.nodes, inputs: parts.origins,
            outputs: parts.outputs)
    }
}
