import TensorGraph

/// Kinds of graphs, most of them cut out of real models.
public enum ProblemFamily: String, Sendable, Hashable, CaseIterable {
    /// Linear layers of varying width with activations between them.
    case mlp
    /// Transformer feed-forward blocks: up to four times the width, activation, down, residual.
    case ffn
    /// Multi-head attention over a context, heads summed into a residual stream.
    case attention
    /// Grouped-query attention: four heads share keys and values.
    case gqa
    /// Decoder blocks: normalised grouped-query attention and a SwiGLU feed-forward, each with a residual.
    case swiglu
    /// Mixture of experts: a router, experts side by side, gates, one sum.
    case moe
    /// A tower of residual blocks with long skips.
    case tower
    /// Many independent readers of one input, some bound by compute and some by memory.
    case siblings
    /// Element-by-element ops of one shape with residuals over short distances.
    case pointwise
    /// A random graph of MatMuls and Pointwise ops of a few shapes, weights shared, several outputs at times.
    case random

    /// One line about the family.
    public var summary: String {
        switch self {
        case .mlp: "linear layers of varying width with activations between them"
        case .ffn: "transformer feed-forward blocks with residuals"
        case .attention: "multi-head attention over a context"
        case .gqa: "grouped-query attention, four heads to a group"
        case .swiglu: "decoder blocks: grouped-query attention and SwiGLU feed-forward"
        case .moe: "mixture of experts"
        case .tower: "tower of residual blocks with long skips"
        case .siblings: "many independent readers of one input"
        case .pointwise: "element-by-element ops of one shape with residuals"
        case .random: "random graph of both kinds of ops"
        }
    }

    /// A problem of this family.
    ///
    /// - Complexity: O(*ops*).
    /// - Throws: `ProblemError` when the sizes add up to more than a problem may have.
    public func problem(_ options: GeneratorOptions) throws(ProblemError) -> Problem {
        var builder = GraphBuilder(seed: options.seed)
        build(&builder, options)
        return try builder.problem(on: options.hardware.hardware)
    }

    private func build(_ builder: inout GraphBuilder, _ options: GeneratorOptions) {
        switch self {
        case .mlp: builder.addMLP(options)
        case .ffn: builder.addFeedForward(options)
        case .attention: builder.addAttention(options, headsPerGroup: 1)
        case .gqa: builder.addAttention(options, headsPerGroup: 4)
        case .swiglu: builder.addDecoder(options)
        case .moe: builder.addMixtureOfExperts(options)
        case .tower: builder.addResidualTower(options)
        case .siblings: builder.addSiblings(options)
        case .pointwise: builder.addPointwiseGraph(options)
        case .random: builder.addRandomGraph(options)
        }
    }
}

extension GraphBuilder {
    /// Repeats a block that turns one tensor into another as long as the next one fits, at least once.
    mutating func repeatBlock(
        _ options: GeneratorOptions, from tensor: TensorID, _ block: (inout GraphBuilder, TensorID) -> TensorID
    ) {
        var tensor = tensor
        var blockSize = 0
        repeat {
            if options.alike { random = SeededRandom(seed: options.seed) }
            let before = ops.count
            tensor = block(&self, tensor)
            blockSize = max(blockSize, ops.count - before)
        } while ops.count + blockSize <= options.ops
    }
}
