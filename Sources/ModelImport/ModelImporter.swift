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

    /// Reads a model, `-` for standard input, and makes a problem of it.
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

    /// How often a model is read anew because no partition was left at a node, or one of too many ops.
    private static let largestRetryCount = 200

    private func importModel(_ model: Mlsys_Onnx_ModelProto) throws -> ImportedModel {
        var boundaries: [Int: String] = [:]
        var retryCount = 0
        var (reader, partition) = try partitioned(model, &boundaries, &retryCount)
        if partition.opCount > Self.manyOps(reader) {
            (reader, partition, boundaries) = try coarser(model, (reader, partition, boundaries), &retryCount)
        }
        while true {
            do {
                return try assemble(reader, partition)
            } catch let fault as PartitionFault {
                try Self.leaveOut(fault, &boundaries, &retryCount)
            }
            (reader, partition) = try partitioned(model, &boundaries, &retryCount)
        }
    }

    /// A partition, with boundaries at the nodes at which none is left.
    private func partitioned(
        _ model: Mlsys_Onnx_ModelProto, _ boundaries: inout [Int: String], _ retryCount: inout Int
    ) throws -> (GraphReader, Partition) {
        while true {
            let reader = try GraphReader(model, dimensions: options.dimensions, boundaries: boundaries)
            do {
                return (reader, try Partition(reader.graph, results: reader.results.map(\.value)))
            } catch {
                try Self.leaveOut(error, &boundaries, &retryCount)
            }
        }
    }

    private static func leaveOut(
        _ fault: PartitionFault, _ boundaries: inout [Int: String], _ retryCount: inout Int
    ) throws {
        retryCount += 1
        guard let node = fault.node, boundaries[node] == nil, retryCount <= largestRetryCount else { throw fault }
        boundaries[node] = fault.reason
        for (other, reason) in fault.others { boundaries[other] = reason }
    }

    // MARK: Fewer ops

    /// More ops than this are too many if copies in slow memory make them fewer: a scheduler takes longer the more
    /// there are. No model of ours whose matrices are heads and experts comes near.
    private static func manyOps(_ reader: GraphReader) -> Double { max(5000, 20 * Double(reader.nodes.count)) }

    /// Rounds of copies, each at the views that cut matrices into most pieces.
    private static let coarseningRounds = 8

    private typealias Attempt = (reader: GraphReader, partition: Partition, boundaries: [Int: String])

    /// Where images are cut into windows, or every second column is turned, pieces of pieces may be thousands: their
    /// views become copies in slow memory, as long as that makes the ops fewer than half.
    private func coarser(
        _ model: Mlsys_Onnx_ModelProto, _ first: Attempt, _ retryCount: inout Int
    ) throws -> Attempt {
        var (best, current) = (first, first)
        for _ in 0..<Self.coarseningRounds where current.partition.opCount > Self.manyOps(current.reader) {
            // Only nodes that compute nothing: the work of others would be lost.
            let views = current.reader.viewNodes
            let open = current.partition.viewPieces.filter {
                views.contains($0.node) && current.boundaries[$0.node] == nil
            }
            guard let most = open.map(\.pieces).max(), most > 1 else { break }
            var boundaries = current.boundaries
            for (node, pieces) in open where 2 * pieces > most {
                boundaries[node] = "it would be read in \(pieces) pieces"
            }
            guard let next = try? partitioned(model, &boundaries, &retryCount) else { break }
            current = (next.0, next.1, boundaries)
            if 2 * current.partition.opCount < best.partition.opCount { best = current }
        }
        return best
    }

    private func assemble(_ reader: GraphReader, _ partition: Partition) throws -> ImportedModel {
        var nodes = reader.nodes
        if options.isStrict {
            for node in nodes {
                if case .approximated(let reason) = node.fate {
                    throw ImportFault(
                        "node \"\(node.name)\" (\(node.type)) can only be approximated: \(reason) (--strict)")
                }
            }
        }
        var assembly = ProblemAssembly(partition, nodeNames: nodes.map(\.name), chip: chip)
        let parts = try assembly.assemble(results: reader.results)
        let problem = try Problem(
            tensors: parts.tensors, ops: parts.ops, hardware: chip.hardware, tensorNames: parts.names,
            physicalUnits: chip.physicalUnits)
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
