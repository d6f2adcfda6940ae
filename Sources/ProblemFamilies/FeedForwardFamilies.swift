import TensorGraph

extension GraphBuilder {
    mutating func addMLP(_ options: GeneratorOptions) {
        let widths = [max(1, options.width / 2), options.width, options.width * 2]
        let start = input(width: options.width, height: options.rows)
        repeatBlock(options, from: start) { builder, tensor in
            let width = widths[Int.random(in: widths.indices, using: &builder.random)]
            let linear = builder.project(tensor, to: width)
            return builder.pointwise(linear)
        }
    }

    mutating func addFeedForward(_ options: GeneratorOptions) {
        let start = input(width: options.width, height: options.rows)
        repeatBlock(options, from: start) { builder, tensor in
            let hidden = builder.project(tensor, to: 4 * options.width)
            let active = builder.pointwise(hidden)
            let output = builder.project(active, to: options.width)
            return builder.pointwise(tensor, output)
        }
    }

    mutating func addResidualTower(_ options: GeneratorOptions) {
        let start = input(width: options.width, height: options.rows)
        var skipped = start
        var count = 0
        repeatBlock(options, from: start) { builder, tensor in
            let normal = builder.pointwise(tensor)
            let first = builder.project(normal, to: options.width)
            let active = builder.pointwise(first)
            let second = builder.project(active, to: options.width)
            count += 1
            guard count.isMultiple(of: 2), skipped != tensor else { return builder.pointwise(tensor, second) }
            // Every second block also adds what went into the block before it.
            let sum = builder.pointwise([tensor, second, skipped], outputs: 1)[0]
            skipped = sum
            return sum
        }
    }

    mutating func addMixtureOfExperts(_ options: GeneratorOptions) {
        let start = input(width: options.width, height: options.rows)
        repeatBlock(options, from: start) { builder, tensor in
            let scores = builder.project(tensor, to: options.heads)
            let shares = builder.pointwise(scores)
            var weighted = [tensor]
            for _ in 0..<options.heads {
                let hidden = builder.project(tensor, to: 2 * options.width)
                let active = builder.pointwise(hidden)
                let output = builder.project(active, to: options.width)
                // A column of the shares as wide as the output: the shares times a matrix that selects it.
                let gate = builder.project(shares, to: options.width)
                weighted.append(builder.pointwise(output, gate))
            }
            return builder.pointwise(weighted, outputs: 1)[0]
        }
    }
}
