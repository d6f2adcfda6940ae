import TensorGraph

/// What keys and values are made of. The contest has no transposing op, so the context comes in both forms, as an
/// encoder's output or a cache does.
struct AttentionContext {
    /// Rows are positions.
    let plain: TensorID
    /// Columns are positions.
    let transposed: TensorID
}

extension GraphBuilder {
    mutating func addAttention(_ options: GeneratorOptions, headsPerGroup: Int) {
        let context = attentionContext(options)
        let start = input(width: options.width, height: options.rows)
        repeatBlock(options, from: start) { builder, tensor in
            builder.attention(tensor, context, heads: options.heads, headsPerGroup: headsPerGroup, residual: tensor)
        }
    }

    mutating func addDecoder(_ options: GeneratorOptions) {
        let context = attentionContext(options)
        let start = input(width: options.width, height: options.rows)
        repeatBlock(options, from: start) { builder, tensor in
            let normal = builder.pointwise(tensor)
            let attended = builder.attention(
                normal, context, heads: options.heads, headsPerGroup: 4, residual: tensor)
            return builder.gatedFeedForward(attended, options)
        }
    }

    private mutating func attentionContext(_ options: GeneratorOptions) -> AttentionContext {
        AttentionContext(
            plain: input(width: options.width, height: options.rows),
            transposed: input(width: options.rows, height: options.width))
    }

    /// Heads read the same tensor; each group of them has its own keys and values. Seven ops per head when groups
    /// are single heads, and one that sums the heads and the residual.
    private mutating func attention(
        _ tensor: TensorID, _ context: AttentionContext, heads: Int, headsPerGroup: Int, residual: TensorID
    ) -> TensorID {
        let width = self.width(tensor)
        let headWidth = max(1, width / heads)
        var summands = [residual]
        var keys = context.transposed
        var values = context.plain
        for head in 0..<heads {
            if head.isMultiple(of: headsPerGroup) {
                keys = projectTransposed(context.transposed, to: headWidth)
                values = project(context.plain, to: headWidth)
            }
            let queries = project(tensor, to: headWidth)
            let scores = matMul(queries, keys)
            let weights = pointwise(scores)
            let mixed = matMul(weights, values)
            summands.append(project(mixed, to: width))
        }
        return pointwise(summands, outputs: 1)[0]
    }

    /// SwiGLU: an activated gate times a linear part, projected down again.
    private mutating func gatedFeedForward(_ tensor: TensorID, _ options: GeneratorOptions) -> TensorID {
        let normal = pointwise(tensor)
        let gate = project(normal, to: 2 * options.width)
        let active = pointwise(gate)
        let linear = project(normal, to: 2 * options.width)
        let product = pointwise(active, linear)
        let output = project(product, to: options.width)
        return pointwise(tensor, output)
    }
}
