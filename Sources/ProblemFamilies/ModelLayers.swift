import TensorGraph

/// The parts of transformers and mixers, with the names and functions of their ops.
///
/// A product costs four units of time per native tile and unit of its reduction, as in the other families. Vector work
/// costs 100 for each simple function of a native tile's elements; a reduction reads as many native tiles as its length
/// makes.
struct ModelLayers {
    var builder: GraphBuilder
    /// What the names of ops and weights begin with.
    private var scope: String

    init(_ builder: GraphBuilder, scope: String) {
        self.builder = builder
        self.scope = scope
    }

    private static let product = Einsum.matMul
    private static let byTransposed = Einsum(
        inputs: [Access(.row, .reduction), Access(.column, .reduction)])
    private static let rowVector = Access(.one, .column)
    private static let columnVector = Access(.row, .one)

    // MARK: Ops

    private mutating func map(
        _ function: String, _ inputs: [(TensorID, Access)], name: String, functions: Int = 1
    ) -> TensorID {
        builder.einsum(
            Einsum(inputs: inputs.map(\.1)), inputs.map(\.0), cost: Double(100 * functions), name: scope + name,
            function: function)
    }

    private mutating func reduceRows(_ function: String, _ inputs: [TensorID], name: String) -> TensorID {
        let access = Access(.row, .reduction)
        let length = builder.width(inputs[0])
        let native = HardwareProfile.nativeSide
        return builder.einsum(
            Einsum(inputs: inputs.map { _ in access }, output: Self.columnVector), inputs,
            cost: Double(100 * ((length - 1) / native + 1)), name: scope + name, function: function)
    }

    private mutating func multiply(_ einsum: Einsum, _ left: TensorID, _ right: TensorID, name: String) -> TensorID {
        builder.einsum(
            einsum, [left, right], cost: Double(4 * builder.width(left)), name: scope + name, function: nil)
    }

    /// The product with a new weight.
    mutating func project(_ tensor: TensorID, to width: Int, name: String) -> TensorID {
        let weight = builder.input(
            width: width, height: builder.width(tensor), name: scope + name + ".weight")
        return multiply(Self.product, tensor, weight, name: name)
    }

    /// The sum of tensors of one shape.
    mutating func add(_ tensors: [TensorID], name: String) -> TensorID {
        map("add", tensors.map { ($0, .elementwise) }, name: name, functions: max(1, tensors.count - 1))
    }

    /// A new input of a tensor's shape, added to it.
    mutating func addInput(to tensor: TensorID, name: String) -> TensorID {
        let (width, height) = (builder.width(tensor), builder.height(tensor))
        return add([tensor, builder.input(width: width, height: height, name: scope + name)], name: name + ".sum")
    }

    mutating func transpose(_ tensor: TensorID, name: String) -> TensorID {
        map("identity", [(tensor, Access(.column, .row))], name: name)
    }

    /// The mean of all rows.
    mutating func meanOfRows(_ tensor: TensorID, name: String) -> TensorID {
        let native = HardwareProfile.nativeSide
        return builder.einsum(
            Einsum(inputs: [Access(.reduction, .column)], output: Self.rowVector), [tensor],
            cost: Double(100 * ((builder.height(tensor) - 1) / native + 1)), name: scope + name, function: "mean")
    }

    // MARK: Parts

    /// Runs a part with its name in front of all others.
    mutating func within<Result>(_ name: String, _ body: (inout ModelLayers) -> Result) -> Result {
        let outer = scope
        scope += name + "."
        defer { scope = outer }
        return body(&self)
    }

    /// x / sqrt(mean(x^2)) with a gain for each column: three ops.
    mutating func rootMeanSquareNorm(_ tensor: TensorID, name: String) -> TensorID {
        within(name) { part in
            let squares = part.reduceRows("mean_square", [tensor], name: "mean_square")
            let scale = part.map("rsqrt", [(squares, .elementwise)], name: "rsqrt")
            let gain = part.builder.input(width: part.builder.width(tensor), height: 1, name: part.scope + "gain")
            return part.map(
                "mul", [(tensor, .elementwise), (scale, Self.columnVector), (gain, Self.rowVector)], name: "scale",
                functions: 2)
        }
    }

    /// The same of a tensor less the mean of its rows: five ops.
    mutating func layerNorm(_ tensor: TensorID, name: String) -> TensorID {
        within(name) { part in
            let mean = part.reduceRows("mean", [tensor], name: "mean")
            let centred = part.map("sub", [(tensor, .elementwise), (mean, Self.columnVector)], name: "centre")
            return part.rootMeanSquareNorm(centred, name: "norm")
        }
    }

    /// Scores by transposed keys, softmax as four ops, values: six ops.
    mutating func head(queries: TensorID, keys: TensorID, values: TensorID) -> TensorID {
        let scores = multiply(Self.byTransposed, queries, keys, name: "scores")
        let largest = reduceRows("max", [scores], name: "softmax.max")
        let powers = map(
            "exp_sub", [(scores, .elementwise), (largest, Self.columnVector)], name: "softmax.exp", functions: 3)
        let sum = reduceRows("sum", [powers], name: "softmax.sum")
        let weights = map(
            "div", [(powers, .elementwise), (sum, Self.columnVector)], name: "softmax.div", functions: 2)
        return multiply(Self.product, weights, values, name: "mix")
    }

    /// Heads side by side, each group of them with its own keys and values; each head's share of the output projection
    /// is a product of its own, and all are summed with the residual. Causal masks and rotations of positions cost next
    /// to nothing and are left out.
    mutating func attention(
        _ tensor: TensorID, residual: TensorID, heads: Int, headsPerGroup: Int
    ) -> TensorID {
        let width = builder.width(residual)
        let headWidth = max(1, width / heads)
        return within("attention") { part in
            var summands = [residual]
            var (keys, values) = (tensor, tensor)
            for head in 0..<heads {
                if head.isMultiple(of: headsPerGroup) {
                    let group = headsPerGroup == 1 ? "head.\(head)." : "group.\(head / headsPerGroup)."
                    keys = part.project(tensor, to: headWidth, name: group + "key")
                    values = part.project(tensor, to: headWidth, name: group + "value")
                }
                let share = part.within("head.\(head)") { part in
                    let queries = part.project(tensor, to: headWidth, name: "query")
                    let mixed = part.head(queries: queries, keys: keys, values: values)
                    return part.project(mixed, to: width, name: "output")
                }
                summands.append(share)
            }
            return part.add(summands, name: "sum")
        }
    }

    /// Up, activation, down, residual: four ops.
    mutating func feedForward(_ tensor: TensorID, residual: TensorID, inner: Int, name: String) -> TensorID {
        within(name) { part in
            let hidden = part.project(tensor, to: inner, name: "up")
            let active = part.map("gelu", [(hidden, .elementwise)], name: "gelu", functions: 4)
            let output = part.project(active, to: part.builder.width(tensor), name: "down")
            return part.add([residual, output], name: "sum")
        }
    }

    /// An activated gate times a linear part, down, residual: six ops.
    mutating func gatedFeedForward(_ tensor: TensorID, residual: TensorID, inner: Int) -> TensorID {
        within("feed_forward") { part in
            let gate = part.project(tensor, to: inner, name: "gate")
            let active = part.map("silu", [(gate, .elementwise)], name: "silu", functions: 3)
            let linear = part.project(tensor, to: inner, name: "up")
            let product = part.map("mul", [(active, .elementwise), (linear, .elementwise)], name: "product")
            let output = part.project(product, to: part.builder.width(residual), name: "down")
            return part.add([residual, output], name: "sum")
        }
    }

    /// Token mixing by a feed-forward on the transposed tensor, between two transpositions, and a residual: six ops.
    mutating func tokenMixing(_ tensor: TensorID, residual: TensorID) -> TensorID {
        within("tokens") { part in
            let flipped = part.transpose(tensor, name: "transpose")
            let rows = part.builder.width(flipped)
            let hidden = part.project(flipped, to: max(1, rows / 2), name: "up")
            let active = part.map("gelu", [(hidden, .elementwise)], name: "gelu", functions: 4)
            let mixed = part.project(active, to: rows, name: "down")
            return part.add([residual, part.transpose(mixed, name: "transpose_back")], name: "sum")
        }
    }
}
