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
    /// GPT's decoder: layer norm, attention with transposed keys and softmax, GELU feed-forward, residuals.
    case gpt
    /// LLaMA's decoder: RMS norm, grouped-query attention, SwiGLU feed-forward, residuals.
    case llama
    /// A vision transformer: patches, encoder blocks, mean over the tokens and a classifier.
    case vit
    /// MLP-Mixer: token mixing between transpositions, and channel mixing.
    case mixer
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
        case .gpt: "GPT layers by name: layer norm, attention with softmax, GELU feed-forward"
        case .llama: "LLaMA layers by name: RMS norm, grouped queries, SwiGLU"
        case .vit: "vision transformer by name: patches, encoder, classifier"
        case .mixer: "MLP-Mixer layers by name: token mixing, transposed, and channel mixing"
        case .random: "random graph of both kinds of ops"
        }
    }

    /// A problem of this family.
    ///
    /// - Complexity: O(*ops*).
    /// - Throws: `ProblemError` when the sizes add up to more than a problem may have.
    public func problem(_ options: GeneratorOptions) throws(ProblemError) -> Problem {
        var builder = GraphBuilder(seed: options.seed, on: options.hardware.hardware)
        build(&builder, options)
        return try builder.problem()
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
        case .gpt: builder.addGPT(options)
        case .llama: builder.addLLaMA(options)
        case .vit: builder.addVisionTransformer(options)
        case .mixer: builder.addMixer(options)
        case .random: builder.addRandomGraph(options)
        }
    }
}

extension GraphBuilder {
    /// Repeats a block that turns one tensor into another as often as the options say, or as long as the next one fits,
    /// at least once.
    ///
    /// - Parameter reserve: ops that will follow the last block.
    /// - Returns: what the last block makes.
    @discardableResult
    mutating func repeatBlock(
        _ options: GeneratorOptions, from tensor: TensorID, reserving reserve: Int = 0,
        _ block: (inout GraphBuilder, TensorID) -> TensorID
    ) -> TensorID {
        var tensor = tensor
        var (blockSize, count) = (0, 0)
        repeat {
            if options.alike { random = RandomSource(seed: options.seed) }
            let before = opCount
            tensor = block(&self, tensor)
            blockSize = max(blockSize, opCount - before)
            count += 1
        } while options.layers.map { count < $0 } ?? (opCount + blockSize + reserve <= options.ops)
        return tensor
    }
}
