extension Problem {
    /// Checks one op against the tensors it names (RULES 1 and 7).
    static func validate(
        _ id: OpID, _ op: Op, _ tensors: [Tensor], _ names: GraphNames
    ) throws(ProblemError) {
        try OpValidation(id: id, op: op, tensors: tensors, names: names).validate()
    }
}

private struct OpValidation {
    let id: OpID
    let op: Op
    let tensors: [Tensor]
    let names: GraphNames

    func validate() throws(ProblemError) {
        guard op.baseCost >= 0, op.baseCost <= Double(Problem.largestNumber) else {
            throw fault("base cost is \(op.baseCost); it must be between 0 and 2^53")
        }
        try validateTensors()
        do throws(EinsumError) {
            try op.einsum.checkLetters()
        } catch {
            throw fault(error.description(inputs: op.inputs, outputs: op.outputs, names))
        }
        guard op.kind != .matMul || (op.inputs.count == 2 && op.outputs.count == 1) else {
            throw fault(
                "a MatMul has two inputs and one output; this one has \(op.inputs.count) and \(op.outputs.count)")
        }
        guard op.einsum.inputs.count == op.inputs.count else {
            throw fault("einsum \(op.einsum) has \(op.einsum.inputs.count) inputs, the op \(op.inputs.count)")
        }
        guard op.outputs.count == 1 || !op.isReducing else {
            throw fault(
                "reads \(names.describe(op.inputs[0])) along a reduction, letter k, and such an op writes one tensor; "
                    + "this one writes \(op.outputs.count), \(names.describe(op.outputs[1])) among them")
        }
        switch op.kind {
        case .matMul: try validateMatMul()
        case .pointwise: try validatePointwise()
        case nil: try validateSides()
        }
    }

    private func fault(_ message: String) -> ProblemError { ProblemError(.op(id), message, names: names) }

    private func shape(_ tensor: TensorID) -> Tensor { tensors[tensor.index] }

    private func validateTensors() throws(ProblemError) {
        guard !op.outputs.isEmpty else { throw fault("writes no tensor") }
        for tensor in op.inputs + op.outputs where !tensors.indices.contains(tensor.index) {
            throw fault("names tensor \(tensor); there are \(tensors.count) tensors, 0 first")
        }
        var written = Set<TensorID>()
        for tensor in op.outputs {
            guard written.insert(tensor).inserted else { throw fault("writes \(names.describe(tensor)) twice") }
        }
        if let tensor = op.inputs.first(where: written.contains) {
            throw fault("reads and writes \(names.describe(tensor))")
        }
    }

    private func validateMatMul() throws(ProblemError) {
        let (lhs, rhs, out) = (shape(op.inputs[0]), shape(op.inputs[1]), shape(op.outputs[0]))
        guard lhs.width == rhs.height else {
            throw fault(
                "LHS \(names.describe(op.inputs[0])) is \(lhs.width) wide, RHS \(names.describe(op.inputs[1])) is "
                    + "\(rhs.height) high; a MatMul needs them equal")
        }
        guard out.width == rhs.width, out.height == lhs.height else {
            throw fault(
                "writes \(names.describe(op.outputs[0])) of \(out.width) x \(out.height) (width x height); "
                    + "its inputs give \(rhs.width) x \(lhs.height)")
        }
    }

    private func validatePointwise() throws(ProblemError) {
        let first = shape(op.outputs[0])
        for tensor in op.inputs + op.outputs where shape(tensor) != first {
            let other = shape(tensor)
            throw fault(
                "all tensors of a Pointwise op have one shape; \(names.describe(op.outputs[0])) is "
                    + "\(first.width) x \(first.height), \(names.describe(tensor)) is \(other.width) x \(other.height)")
        }
    }

    /// All sides that carry one letter have one length.
    private func validateSides() throws(ProblemError) {
        let first = shape(op.outputs[0])
        for tensor in op.outputs where shape(tensor) != first {
            throw fault(
                "writes \(names.describe(op.outputs[0])) and \(names.describe(tensor)) of different shapes")
        }
        var known: [Letter: (length: Int, tensor: TensorID)] = [:]
        for (tensor, access) in zip([op.outputs[0]] + op.inputs, [op.einsum.output] + op.einsum.inputs) {
            for (letter, length) in [(access.rows, shape(tensor).height), (access.columns, shape(tensor).width)] {
                if letter == .one, length != 1 {
                    throw fault("letter 1 is a side of length 1; in \(names.describe(tensor)) it is \(length)")
                }
                if letter == .one { continue }
                if let first = known[letter], first.length != length {
                    throw fault(
                        "letter \(letter.rawValue) is \(first.length) in \(names.describe(first.tensor)) "
                            + "and \(length) in \(names.describe(tensor))")
                }
                known[letter] = (length, tensor)
            }
        }
    }
}
