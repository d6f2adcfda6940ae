// Checks of one op against the tensors it names (RULES 1 and 7).
extension Problem {
    static func validate(_ op: Op, _ id: OpID, _ tensors: [Tensor]) throws(ProblemError) {
        guard op.baseCost >= 0, op.baseCost <= Double(largestNumber) else {
            throw ProblemError(.op(id), "base cost is \(op.baseCost); it must be between 0 and 2^53")
        }
        try validateTensors(op, id, tensors)
        do throws(EinsumError) {
            try op.einsum.checkLetters()
        } catch {
            throw ProblemError(.op(id), error.description)
        }
        guard op.kind != .matMul || (op.inputs.count == 2 && op.outputs.count == 1) else {
            throw ProblemError(
                .op(id),
                "a MatMul has two inputs and one output; this one has \(op.inputs.count) and \(op.outputs.count)")
        }
        guard op.einsum.inputs.count == op.inputs.count else {
            throw ProblemError(
                .op(id), "einsum \(op.einsum) has \(op.einsum.inputs.count) inputs, the op \(op.inputs.count)")
        }
        guard op.outputs.count == 1 || !op.isReducing else {
            throw ProblemError(.op(id), "a reducing op writes one tensor; this one writes \(op.outputs.count)")
        }
        switch op.kind {
        case .matMul: try validateMatMul(op, id, tensors)
        case .pointwise: try validatePointwise(op, id, tensors)
        case nil: try validateSides(op, id, tensors)
        }
    }

    private static func validateTensors(_ op: Op, _ id: OpID, _ tensors: [Tensor]) throws(ProblemError) {
        guard !op.outputs.isEmpty else { throw ProblemError(.op(id), "writes no tensor") }
        for tensor in op.inputs + op.outputs where !tensors.indices.contains(tensor.index) {
            throw ProblemError(.op(id), "names tensor \(tensor); there are \(tensors.count) tensors, 0 first")
        }
        var written = Set<TensorID>()
        for tensor in op.outputs {
            guard written.insert(tensor).inserted else {
                throw ProblemError(.op(id), "writes tensor \(tensor) twice")
            }
        }
        if let tensor = op.inputs.first(where: written.contains) {
            throw ProblemError(.op(id), "reads and writes tensor \(tensor)")
        }
    }

    private static func validateMatMul(_ op: Op, _ id: OpID, _ tensors: [Tensor]) throws(ProblemError) {
        let (lhs, rhs, out) = (
            tensors[op.inputs[0].index], tensors[op.inputs[1].index], tensors[op.outputs[0].index]
        )
        guard lhs.width == rhs.height else {
            throw ProblemError(
                .op(id),
                "LHS tensor \(op.inputs[0]) is \(lhs.width) wide, RHS tensor \(op.inputs[1]) is \(rhs.height) high; "
                    + "a MatMul needs them equal")
        }
        guard out.width == rhs.width, out.height == lhs.height else {
            throw ProblemError(
                .op(id),
                "writes tensor \(op.outputs[0]) of \(out.width) x \(out.height) (width x height); "
                    + "its inputs give \(rhs.width) x \(lhs.height)")
        }
    }

    private static func validatePointwise(_ op: Op, _ id: OpID, _ tensors: [Tensor]) throws(ProblemError) {
        let shape = tensors[op.outputs[0].index]
        for tensor in op.inputs + op.outputs where tensors[tensor.index] != shape {
            let other = tensors[tensor.index]
            throw ProblemError(
                .op(id),
                "all tensors of a Pointwise op have one shape; tensor \(op.outputs[0]) is "
                    + "\(shape.width) x \(shape.height), tensor \(tensor) is \(other.width) x \(other.height)")
        }
    }

    /// All sides that carry one letter have one length.
    private static func validateSides(_ op: Op, _ id: OpID, _ tensors: [Tensor]) throws(ProblemError) {
        let shape = tensors[op.outputs[0].index]
        for tensor in op.outputs where tensors[tensor.index] != shape {
            throw ProblemError(.op(id), "writes tensors \(op.outputs[0]) and \(tensor) of different shapes")
        }
        var known: [Letter: (length: Int, tensor: TensorID)] = [.row: (shape.height, op.outputs[0])]
        known[.column] = (shape.width, op.outputs[0])
        let accesses = zip(op.inputs + [op.outputs[0]], op.einsum.inputs + [op.einsum.output])
        for (tensor, access) in accesses {
            let sides = [(access.rows, tensors[tensor.index].height), (access.columns, tensors[tensor.index].width)]
            for (letter, length) in sides {
                if letter == .one, length != 1 {
                    throw ProblemError(.op(id), "letter 1 is a side of length 1; in tensor \(tensor) it is \(length)")
                }
                if letter == .one { continue }
                if let first = known[letter], first.length != length {
                    throw ProblemError(
                        .op(id),
                        "letter \(letter.rawValue) is \(first.length) in tensor \(first.tensor) "
                            + "and \(length) in tensor \(tensor)")
                }
                known[letter] = (length, tensor)
            }
        }
    }
}
