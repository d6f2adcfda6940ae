/// Grows a problem op by op, by names: every result gets the shape that its op gives it.
///
/// ```swift
/// var graph = ProblemBuilder(on: hardware, multiplyAddsPerTime: 4096, elementsPerTime: 128)
/// let input = graph.input("input", rows: 512, columns: 256)
/// let weight = graph.input("weight", rows: 256, columns: 1024)
/// let hidden = graph.matMul("hidden", input, weight)
/// _ = graph.map("active", "gelu", hidden, operations: 4)
/// let problem = try graph.problem()
/// ```
///
/// The two rates give every op its base cost (RULES 1): a matrix unit pads a product to the native tile, a vector unit
/// works on the elements that are there. An op that says its own `cost` needs no rate.
public struct ProblemBuilder: Sendable {
    /// The chip.
    public let hardware: Hardware
    /// Multiply-adds of the matrix unit in one unit of time.
    public let multiplyAddsPerTime: Double
    /// Elements that a vector operation works on in one unit of time.
    public let elementsPerTime: Double

    /// All tensors until now.
    package private(set) var tensors: [Tensor] = []
    /// All ops until now.
    package private(set) var ops: [Op] = []
    private var names: [String?] = []

    /// Starts with nothing.
    ///
    /// - Parameters:
    ///   - hardware: the chip.
    ///   - multiplyAddsPerTime: multiply-adds of the matrix unit in one unit of time.
    ///   - elementsPerTime: elements that a vector operation works on in one unit of time.
    public init(on hardware: Hardware, multiplyAddsPerTime: Double, elementsPerTime: Double) {
        self.hardware = hardware
        self.multiplyAddsPerTime = multiplyAddsPerTime
        self.elementsPerTime = elementsPerTime
    }

    // MARK: Tensors

    /// A new tensor that no op writes: an input of the graph, or a weight.
    public mutating func input(_ name: String, rows: Int, columns: Int) -> TensorID {
        tensor(rows: rows, columns: columns, name: name)
    }

    /// The shape of a tensor; that of a single element for an id that is not from here.
    public func shape(of tensor: TensorID) -> Tensor {
        tensors.indices.contains(tensor.index) ? tensors[tensor.index] : Tensor(width: 1, height: 1)
    }

    /// The first tensor of this name.
    public subscript(name: String) -> TensorID? { names.firstIndex(of: name).map { TensorID($0) } }

    // MARK: Ops

    /// The product of two tensors, of H x K and K x W elements, which has H rows and W columns.
    ///
    /// - Parameters:
    ///   - name: what the op and its result are called.
    ///   - left: the left factor.
    ///   - right: the right factor.
    ///   - cost: the base cost, in units of time; nil for what the rates give.
    public mutating func matMul(
        _ name: String, _ left: TensorID, _ right: TensorID, cost: Double? = nil
    ) -> TensorID {
        add(.matMul, [left, right], name: name, function: nil, operations: 1, cost: cost)
    }

    /// A function of each element: an activation, a residual sum, a scale.
    ///
    /// An input of one row or of one column is repeated along the longer side of the others.
    ///
    /// - Parameters:
    ///   - name: what the op and its result are called.
    ///   - function: what it computes, such as `exp` or `add` (RULES 1, `op_functions`).
    ///   - inputs: the tensors read.
    ///   - operations: vector operations that one element takes.
    ///   - cost: the base cost, in units of time; nil for what the rates give.
    public mutating func map(
        _ name: String, _ function: String, _ inputs: TensorID..., operations: Double = 1, cost: Double? = nil
    ) -> TensorID {
        let shapes = inputs.map(shape)
        let width = shapes.map(\.width).max() ?? 1
        let height = shapes.map(\.height).max() ?? 1
        let accesses = shapes.map { shape in
            Access(
                shape.height < height && shape.height == 1 ? .one : .row,
                shape.width < width && shape.width == 1 ? .one : .column)
        }
        return add(
            Einsum(inputs: accesses), inputs, name: name, function: function, operations: operations, cost: cost)
    }

    /// An op in the letters of RULES 7, such as `ik,jk->ij` for a product with a transposed tensor, or `ik->i1` for a
    /// reduction of rows.
    ///
    /// What reduces two inputs or more, and names no function, is a product and the matrix unit's.
    ///
    /// - Parameters:
    ///   - name: what the op and its result are called.
    ///   - text: the letters of each input and of the result, row then column.
    ///   - inputs: the tensors read, in the order of the letters.
    ///   - function: what it computes, such as `max`; nil for sums of products.
    ///   - operations: vector operations that one element takes.
    ///   - cost: the base cost, in units of time; nil for what the rates give.
    /// - Throws: ``EinsumError`` when the letters are at fault.
    public mutating func einsum(
        _ name: String, _ text: String, _ inputs: TensorID..., function: String? = nil, operations: Double = 1,
        cost: Double? = nil
    ) throws(EinsumError) -> TensorID {
        add(try Einsum(text), inputs, name: name, function: function, operations: operations, cost: cost)
    }

    /// The problem, validated.
    ///
    /// - Throws: ``ProblemError`` for the first fault of RULES 1 and 7, such as shapes that do not agree, or when two
    ///   tensors have one name.
    public func problem() throws(ProblemError) -> Problem {
        var seen: [String: Int] = [:]
        for (index, name) in names.enumerated() {
            guard let name, let first = seen.updateValue(index, forKey: name) else { continue }
            throw ProblemError(.tensor(TensorID(index)), "is called \"\(name)\", as is tensor \(first)")
        }
        return try Problem(
            tensors: tensors, ops: ops, hardware: hardware,
            tensorNames: names.contains { $0 != nil } ? names : nil)
    }

    // MARK: Parts

    /// A new tensor that no op writes yet.
    package mutating func tensor(rows: Int, columns: Int, name: String?) -> TensorID {
        tensors.append(Tensor(width: columns, height: rows))
        names.append(name)
        return TensorID(tensors.count - 1)
    }

    /// An op, of any einsum, with results of the lengths that its inputs give to its letters.
    package mutating func add(
        _ einsum: Einsum, _ inputs: [TensorID], outputs count: Int = 1, name: String?, function: String?, cost: Double
    ) -> [TensorID] {
        let outputs = (0..<count).map { _ in
            tensor(
                rows: length(of: einsum.output.rows, einsum, inputs),
                columns: length(of: einsum.output.columns, einsum, inputs), name: name)
        }
        ops.append(Op(einsum, inputs: inputs, outputs: outputs, baseCost: cost, name: name, function: function))
        return outputs
    }

    private mutating func add(
        _ einsum: Einsum, _ inputs: [TensorID], name: String, function: String?, operations: Double, cost: Double?
    ) -> TensorID {
        let cost = cost ?? baseCost(einsum, inputs, isProduct: function == nil, operations: operations)
        return add(einsum, inputs, name: name, function: function, cost: cost)[0]
    }

    /// The length that the inputs give to a letter; 1 if none carries it.
    private func length(of letter: Letter, _ einsum: Einsum, _ inputs: [TensorID]) -> Int {
        guard letter != .one else { return 1 }
        for (tensor, access) in zip(inputs, einsum.inputs) {
            if access.rows == letter { return shape(of: tensor).height }
            if access.columns == letter { return shape(of: tensor).width }
        }
        return 1
    }

    /// Time of one native tile over the whole reduction (RULES 1, `base_costs`).
    private func baseCost(_ einsum: Einsum, _ inputs: [TensorID], isProduct: Bool, operations: Double) -> Double {
        let reduction = Double(length(of: .reduction, einsum, inputs))
        if isProduct, einsum.isReducing, inputs.count > 1 {
            return Double(hardware.nativeWidth) * Double(hardware.nativeHeight) * reduction / multiplyAddsPerTime
        }
        let width = min(hardware.nativeWidth, length(of: einsum.output.columns, einsum, inputs))
        let height = min(hardware.nativeHeight, length(of: einsum.output.rows, einsum, inputs))
        return Double(width) * Double(height) * reduction * operations / elementsPerTime
    }
}
