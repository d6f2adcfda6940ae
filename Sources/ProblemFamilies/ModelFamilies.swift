import TensorGraph

// Models as they are published, block by block, with named ops.
extension GraphBuilder {
    mutating func addGPT(_ options: GeneratorOptions) {
        let start = input(width: options.width, height: options.rows, name: "tokens")
        repeatLayers(options, from: start) { layer, tensor in layer.encoderBlock(tensor, options) }
    }

    mutating func addLLaMA(_ options: GeneratorOptions) {
        let start = input(width: options.width, height: options.rows, name: "tokens")
        repeatLayers(options, from: start) { layer, tensor in
            let normal = layer.rootMeanSquareNorm(tensor, name: "attention_norm")
            let attended = layer.attention(
                normal, residual: tensor, heads: options.heads, headsPerGroup: 4)
            let second = layer.rootMeanSquareNorm(attended, name: "feed_forward_norm")
            // Two thirds of four times the width, as in the model.
            return layer.gatedFeedForward(second, residual: attended, inner: max(1, 8 * options.width / 3))
        }
    }

    mutating func addVisionTransformer(_ options: GeneratorOptions) {
        // A patch has 16 x 16 pixels of three colours.
        let patches = input(width: 768, height: options.rows, name: "patches")
        let start = within("embedding.") { part in
            let tokens = part.project(patches, to: options.width, name: "patch")
            return part.addInput(to: tokens, name: "position")
        }
        // The classifier is seven ops.
        let last = repeatLayers(options, from: start, reserving: 7) { layer, tensor in
            layer.encoderBlock(tensor, options)
        }
        _ = within("classifier.") { part in
            let normal = part.layerNorm(last, name: "norm")
            return part.project(part.meanOfRows(normal, name: "pool"), to: 1000, name: "logits")
        }
    }

    mutating func addMixer(_ options: GeneratorOptions) {
        let start = input(width: options.width, height: options.rows, name: "patches")
        repeatLayers(options, from: start) { layer, tensor in
            let normal = layer.layerNorm(tensor, name: "token_norm")
            let mixed = layer.tokenMixing(normal, residual: tensor)
            let second = layer.layerNorm(mixed, name: "channel_norm")
            return layer.feedForward(second, residual: mixed, inner: 4 * options.width, name: "channels")
        }
    }

    private mutating func within<Result>(_ scope: String, _ body: (inout ModelLayers) -> Result) -> Result {
        var layers = ModelLayers(self, scope: scope)
        defer { self = layers.builder }
        return body(&layers)
    }

    @discardableResult
    private mutating func repeatLayers(
        _ options: GeneratorOptions, from start: TensorID, reserving reserve: Int = 0,
        _ block: (inout ModelLayers, TensorID) -> TensorID
    ) -> TensorID {
        var number = 0
        return repeatBlock(options, from: start, reserving: reserve) { builder, tensor in
            defer { number += 1 }
            return builder.within("layer.\(number).") { block(&$0, tensor) }
        }
    }
}

extension ModelLayers {
    /// Layer norm, attention, layer norm, GELU feed-forward, with residuals.
    fileprivate mutating func encoderBlock(_ tensor: TensorID, _ options: GeneratorOptions) -> TensorID {
        let normal = layerNorm(tensor, name: "attention_norm")
        let attended = attention(normal, residual: tensor, heads: options.heads, headsPerGroup: 1)
        let second = layerNorm(attended, name: "feed_forward_norm")
        return feedForward(second, residual: attended, inner: 4 * options.width, name: "feed_forward")
    }
}
