import TensorGraph

/// Writes the ops of a partitioned graph as ops on matrices.
struct ProblemAssembly {
    /// Ops that a problem may have.
    static let largestOpCount = 200_000

    private let partition: Partition
    private let nodeNames: [String]
    private let costs: RooflineCosts
    private var pieces: MatrixPieces
    private var ops: [Op] = []
    private var nodes: [Int] = []
    private var graph: IndexGraph { partition.graph }

    init(_ partition: Partition, nodeNames: [String], chip: ChipDescription) {
        self.partition = partition
        self.nodeNames = nodeNames
        costs = RooflineCosts(chip: chip)
        pieces = MatrixPieces(partition)
    }

    /// The problem whose graph outputs are the pieces of these values.
    ///
    /// - Throws: ``PartitionFault`` at a node whose ops cannot be written, ``ImportFault`` for the whole.
    mutating func assemble(results: [(name: String, value: ValueID)]) throws -> AssembledProblem {
        for op in graph.ops where partition.isNeeded[op.output.index] {
            do throws(ImportFault) {
                try emit(op)
            } catch {
                throw PartitionFault(node: op.node, reason: error.description)
            }
            guard ops.count <= Self.largestOpCount else {
                throw ImportFault("becomes more than \(Self.largestOpCount) ops")
            }
        }
        var stored: [ImportedOutput] = []
        for (name, result) in results {
            for block in blocks(pieces.counts(result)) {
                let piece = try pieces.piece(result, block)
                let part = pieces.part(of: result, block, piece, origin: .model(name))
                stored.append(ImportedOutput(name: name, tensor: piece.matrix, part: part))
            }
        }
        return try finish(stored)
    }

    // MARK: One op

    private mutating func emit(_ op: IndexedOp) throws(ImportFault) {
        var form = try MatrixForm(op, partition)
        for block in blocks(pieces.counts(op.output)) {
            form.select(block)
            let name = pieces.name(label(op), op.output, block)
            let output = try emit(op, form, name, valueName: pieces.name(graph[op.output].name, op.output, block))
            pieces.set(form.piece(output.matrix, output.access), op.output, block)
        }
    }

    private func label(_ op: IndexedOp) -> String {
        op.part.isEmpty ? nodeNames[op.node] : "\(nodeNames[op.node])/\(op.part)"
    }

    /// One piece of the output: the parts of its reduction, and what joins them.
    private mutating func emit(
        _ op: IndexedOp, _ form: MatrixForm, _ name: String, valueName: String
    ) throws(ImportFault) -> Part {
        let (width, height) = form.outputSize
        let reduction = op.isProduct || op.reduced.isEmpty ? nil : OpFunction.reductions[op.function ?? ""]
        let parts = blocks(form.reductionCounts)
        var results: [Part] = []
        for (number, part) in parts.enumerated() {
            let suffix = parts.count > 1 ? "/part \(number)" : ""
            var inputs: [TensorID] = []
            var accesses: [Access] = []
            for operand in op.inputs {
                let piece = try pieces.piece(operand.value, form.block(of: operand, reduction: part))
                inputs.append(piece.matrix)
                accesses.append(try form.access(piece, operand, reduction: part))
            }
            let einsum = Einsum(inputs: accesses, output: form.outputAccess)
            let tile = RooflineCosts.Tile(
                width: width, height: height, reduction: form.reductionLength(part),
                copies: op.isProduct ? max(1, inputs.count - 1) : 1)
            var function = op.function
            if let reduction {
                function = parts.count > 1 ? reduction.partial : function
                if !einsum.isReducing {
                    guard let element = reduction.element else {
                        results.append(Part(matrix: inputs[0], access: accesses[0]))
                        continue
                    }
                    function = element
                }
            } else if op.isProduct, !einsum.isReducing {
                function = op.function ?? (inputs.count > 1 ? "mul" : "identity")
            }
            let cost =
                op.isProduct && einsum.isReducing && inputs.count > 1
                ? costs.product(tile) : costs.vector(function ?? "sum", tile, inputs: inputs.count)
            let output = pieces.add(width: width, height: height, name: valueName + suffix)
            add(einsum, inputs, output, cost, name: name + suffix, function: function, op)
            results.append(Part(matrix: output, access: form.outputAccess))
        }
        return try join(results, op, form, reduction, name, valueName: valueName)
    }

    /// A part of a reduction: a matrix, and how it lies to the output.
    private struct Part {
        let matrix: TensorID
        let access: Access
    }

    private mutating func join(
        _ parts: [Part], _ op: IndexedOp, _ form: MatrixForm, _ reduction: OpFunction.Reduction?, _ name: String,
        valueName: String
    ) throws(ImportFault) -> Part {
        // A reduction over one element only is the value itself.
        guard parts.count > 1 else { return parts[0] }
        let (width, height) = form.outputSize
        let tile = RooflineCosts.Tile(width: width, height: height, reduction: 1)
        let access = form.outputAccess
        let combine = reduction?.combine ?? "add"
        var result = pieces.add(width: width, height: height, name: valueName + "/joined")
        add(
            Einsum(inputs: parts.map(\.access), output: access), parts.map(\.matrix), result,
            costs.vector(combine, tile, inputs: parts.count), name: name + "/\(combine)", function: combine, op)
        switch reduction?.finish ?? .none {
        case .none: break
        case .divideByLength:
            let length = op.reduced.reduce(1.0) { $0 * Double(op.extents[$1]) }
            let number = pieces.add(
                width: 1, height: 1, name: "\(name)/\(1 / length)",
                origin: ImportedTensor(
                    origin: .number(1 / length), shape: [], ranges: [], rowDimensions: [], columnDimensions: []))
            let scaled = pieces.add(width: width, height: height, name: valueName + "/scaled")
            add(
                Einsum(inputs: [access, Access(.one, .one)], output: access), [result, number], scaled,
                costs.vector("mul", tile, inputs: 2), name: name + "/mul", function: "mul", op)
            result = scaled
        case .map(let function):
            let mapped = pieces.add(width: width, height: height, name: valueName + "/\(function)")
            add(
                Einsum(inputs: [access], output: access), [result], mapped,
                costs.vector(function, tile, inputs: 1), name: name + "/\(function)", function: function, op)
            result = mapped
        }
        return Part(matrix: result, access: access)
    }

    private mutating func add(
        _ einsum: Einsum, _ inputs: [TensorID], _ output: TensorID, _ cost: Double, name: String, function: String?,
        _ op: IndexedOp
    ) {
        ops.append(
            Op(einsum, inputs: inputs, outputs: [output], baseCost: cost, name: name, function: function))
        nodes.append(op.node)
    }

    /// All blocks of a grid, row by row.
    private func blocks(_ counts: [Int]) -> [[Int]] {
        counts.reduce([[]]) { blocks, count in blocks.flatMap { block in (0..<count).map { block + [$0] } } }
    }

    // MARK: The whole

    /// Leaves out what no result needs, and stores results that other ops read as well.
    private mutating func finish(_ outputs: [ImportedOutput]) throws -> AssembledProblem {
        let stored = outputs.map(\.tensor)
        let producers = Dictionary(
            ops.indices.map { (ops[$0].outputs[0], $0) }, uniquingKeysWith: { first, _ in first })
        var isNeeded = Set(stored)
        var isKept = Array(repeating: false, count: ops.count)
        for index in ops.indices.reversed() where isNeeded.contains(ops[index].outputs[0]) {
            isKept[index] = true
            isNeeded.formUnion(ops[index].inputs)
        }
        var kept = ops.indices.filter { isKept[$0] }.map { (op: ops[$0], node: Optional(nodes[$0])) }
        let read = Set(kept.flatMap(\.op.inputs))
        var seen: Set<TensorID> = []
        for tensor in stored where read.contains(tensor) && seen.insert(tensor).inserted {
            // A graph output of a problem is a tensor that no op reads: this one gets a copy that nobody reads.
            guard let producer = producers[tensor] else { continue }
            let shape = pieces.tensors[tensor.index]
            let name = pieces.names[tensor.index] + " (stored)"
            let copy = pieces.add(width: shape.width, height: shape.height, name: name)
            kept.append(
                (
                    Op(
                        .pointwise(inputs: 1), inputs: [tensor], outputs: [copy], baseCost: 0, name: name,
                        function: "identity"), nodes[producer]
                ))
        }
        guard !kept.isEmpty else { throw ImportFault("has no operator that becomes an op") }
        var ids: [TensorID: TensorID] = [:]
        var order: [TensorID] = []
        func id(_ tensor: TensorID) -> TensorID {
            if let known = ids[tensor] { return known }
            let new = TensorID(order.count)
            order.append(tensor)
            ids[tensor] = new
            return new
        }
        let renumbered = kept.map { $0.op.with(inputs: $0.op.inputs.map(id), outputs: $0.op.outputs.map(id)) }
        return AssembledProblem(
            ops: renumbered, nodes: kept.map(\.node), tensors: order.map { pieces.tensors[$0.index] },
            names: order.map { pieces.names[$0.index] }, origins: order.map { pieces.origins[$0.index] },
            outputs: outputs.compactMap { output in
                ids[output.tensor].map { ImportedOutput(name: output.name, tensor: $0, part: output.part) }
            })
    }
}

/// The parts of a problem, by id.
struct AssembledProblem {
    var ops: [Op]
    var nodes: [Int?]
    var tensors: [Tensor]
    var names: [String]
    var origins: [ImportedTensor?]
    var outputs: [ImportedOutput]
}
