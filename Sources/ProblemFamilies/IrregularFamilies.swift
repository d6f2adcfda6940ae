import TensorGraph

extension GraphBuilder {
    mutating func addSiblings(_ options: GeneratorOptions) {
        let shared = input(width: options.width, height: options.rows)
        for index in 0..<options.ops {
            switch index % 3 {
            case 0: _ = project(shared, to: options.width)
            case 1: _ = pointwise(shared)
            default: _ = project(shared, to: max(1, options.width / 2))
            }
        }
    }

    mutating func addPointwiseGraph(_ options: GeneratorOptions) {
        var recent = [input(width: options.width, height: options.rows)]
        for _ in 0..<options.ops {
            var inputs = [recent[recent.count - 1]]
            if recent.count > 1, !random.oneIn(3) {
                inputs.append(recent[Int.random(in: 0..<(recent.count - 1), using: &random)])
            }
            recent += pointwise(inputs, outputs: random.oneIn(10) ? 2 : 1)
            recent.removeFirst(max(0, recent.count - 8))
        }
    }

    mutating func addRandomGraph(_ options: GeneratorOptions) {
        let sides = [options.width, max(1, options.width / 2), options.width * 2, options.rows]
        var recent = [input(width: options.width, height: options.rows)]
        var weights: [TensorID] = []
        for _ in 0..<options.ops {
            let tensor = recent[Int.random(in: recent.indices, using: &random)]
            if random.oneIn(2) {
                let alike = recent.filter { $0 != tensor && isAlike($0, tensor) }
                let others = alike.shuffled(using: &random).prefix(Int.random(in: 0...2, using: &random))
                recent += pointwise([tensor] + others, outputs: random.oneIn(8) ? 2 : 1)
            } else {
                // A computed tensor or a weight in use, if one fits; a new weight otherwise.
                let fitting = (random.oneIn(3) ? recent : weights)
                    .filter { $0 != tensor && height($0) == width(tensor) }
                if let other = fitting.randomElement(using: &random), !random.oneIn(3) {
                    recent.append(matMul(tensor, other))
                } else {
                    let side = sides[Int.random(in: sides.indices, using: &random)]
                    weights.append(input(width: side, height: width(tensor)))
                    recent.append(matMul(tensor, weights[weights.count - 1]))
                }
            }
            recent.removeFirst(max(0, recent.count - 24))
            weights.removeFirst(max(0, weights.count - 24))
        }
    }
}
