/// Convolutions: exact where a window is a pixel, approximated otherwise.
///
/// An image is a matrix of channels and pixels. With a window around every pixel, a convolution is a sum of products
/// of the image with one weight matrix for each place of the window, all in one op that reads the image once, as
/// hardware that keeps the rim of a tile does; the rim is left out. Other windows are gathered in slow memory (im2col).
enum ConvolutionOperators {
    static let rules: [String: OperatorTable.Rule] = [
        "Conv": { lowering, node, inputs in
            try convolution(
                &lowering, node, try inputs.required(0), try inputs.required(1), bias: inputs.optional(2))
        },
        "FusedConv": { lowering, node, inputs in
            var result = try convolution(
                &lowering, node, try inputs.required(0), try inputs.required(1), bias: inputs.optional(2))
            if let other = inputs.optional(3) { result = [try lowering.map("add", result + [other], part: "sum")] }
            return node.text("activation").map { $0.isEmpty } ?? true
                ? result : [try lowering.activated(result[0], node)]
        },
        "ConvInteger": { lowering, node, inputs in
            lowering.approximate("the numbers are quantized")
            return try convolution(&lowering, node, try inputs.required(0), try inputs.required(1), bias: nil)
        },
        "QLinearConv": { lowering, node, inputs in
            lowering.approximate("the numbers are quantized")
            return try convolution(
                &lowering, node, try inputs.required(0), try inputs.required(3), bias: inputs.optional(8))
        },
        "ConvTranspose": transposed,
    ]

    private static func convolution(
        _ lowering: inout Lowering, _ node: Node, _ image: ValueID, _ weights: ValueID, bias: ValueID?
    ) throws(ImportFault) -> [ValueID] {
        let (shape, sides) = (lowering.shape(image), lowering.shape(weights))
        let groups = node.int("group", default: 1)
        guard shape.count >= 3, sides.count == shape.count, groups > 0, shape[1] % groups == 0,
            sides[0] % groups == 0, sides[1] == shape[1] / groups
        else { throw ImportFault("has weights \(sides) for an image \(shape) in \(groups) groups") }
        let windows = try Windows(node, image: Array(shape[2...]), kernel: Array(sides[2...]))
        let channels = (input: sides[1], output: sides[0] / groups)
        let isDepthwise = channels.input == 1 && channels.output == 1 && groups > 1
        let part = bias == nil ? "" : "product"
        var result: ValueID
        if isDepthwise {
            result = try depthwise(&lowering, node, image, weights, windows, part)
        } else {
            let gathered = try pixels(&lowering, node, image, windows, groups)
            result = try product(&lowering, gathered, weights, windows, groups, channels, part)
        }
        if let bias {
            let vector = try lowering.aligned(bias, axis: 1, rank: 3)
            result = try lowering.map("add", [result, vector])
        }
        return [try lowering.reshape(result, [shape[0], sides[0]] + windows.output)]
    }

    /// The image as [batch, groups, channels, taps, pixels], with one tap where the windows are in the image itself.
    private static func pixels(
        _ lowering: inout Lowering, _ node: Node, _ image: ValueID, _ windows: Windows, _ groups: Int
    ) throws(ImportFault) -> ValueID {
        let shape = lowering.shape(image)
        let inner = shape[1] / groups
        if windows.isSame {
            if windows.taps > 1 {
                lowering.approximate("windows around every pixel read the image once; the rim of a tile is left out")
            }
            return try lowering.reshape(image, [shape[0], groups, inner, 1, windows.inputPixels])
        }
        let whole = [shape[0], groups, inner, windows.taps, windows.outputPixels]
        if windows.isTiling, lowering.isInput(image) {
            // Patches that tile an input of the model: the input itself, laid out patch by patch.
            return lowering.patches(of: image, kernel: windows.kernel, shape: whole)
        }
        let name = "\(node.name)/im2col"
        if windows.taps == 1 {
            lowering.rearrange("the pixels it reads are gathered in slow memory")
        } else if windows.isTiling {
            lowering.rearrange("its windows, which do not overlap, are gathered in slow memory")
        } else {
            lowering.approximate("its windows are gathered in slow memory (im2col)")
        }
        return try lowering.gathered(from: [image], name: name, shape: whole)
    }

    private static func product(
        _ lowering: inout Lowering, _ image: ValueID, _ weights: ValueID, _ windows: Windows, _ groups: Int,
        _ channels: (input: Int, output: Int), _ part: String
    ) throws(ImportFault) -> ValueID {
        let shape = lowering.shape(image)
        let batch = shape[0]
        let isWindowed = shape[3] == 1 && windows.taps > 1
        let pixelCount = shape[4]
        var operands: [(value: ValueID, letters: [Character])] = []
        if isWindowed {
            guard windows.taps <= 512 else { throw ImportFault("has windows of \(windows.taps) elements") }
            let all = try lowering.reshape(weights, [groups, channels.output, channels.input, windows.taps])
            for tap in 0..<windows.taps {
                let slice = try lowering.slice(all, axis: 3, start: tap, length: 1)
                operands.append((try lowering.squeeze(slice, axis: 3), ["g", "o", "c"]))
            }
        } else {
            let depth = channels.input * windows.taps
            operands = [(try lowering.reshape(weights, [groups, channels.output, depth]), ["g", "o", "c"])]
        }
        let depth = isWindowed ? channels.input : channels.input * windows.taps
        let flat = try lowering.reshape(image, [batch, groups, depth, pixelCount])
        operands.append((flat, ["n", "g", "c", "p"]))
        let result = try lowering.product(
            operands, to: ["n", "g", "o", "p"], function: isWindowed ? "convolution" : nil, part: part,
            copies: operands.count - 1)
        return try lowering.reshape(result, [batch, groups * channels.output, pixelCount])
    }

    /// Every channel by itself: a map of the image and one factor for each place of the window.
    private static func depthwise(
        _ lowering: inout Lowering, _ node: Node, _ image: ValueID, _ weights: ValueID, _ windows: Windows,
        _ part: String
    ) throws(ImportFault) -> ValueID {
        let shape = lowering.shape(image)
        guard windows.taps <= 512 else { throw ImportFault("has windows of \(windows.taps) elements") }
        let flat = try lowering.reshape(weights, [shape[1], windows.taps])
        var inputs: [ValueID] = []
        let whole = try pixels(&lowering, node, image, windows, 1)
        let (taps, pixelCount) = (lowering.shape(whole)[3], lowering.shape(whole)[4])
        for tap in 0..<taps {
            let slice = try lowering.slice(whole, axis: 3, start: tap, length: 1)
            inputs.append(try lowering.reshape(slice, [shape[0], shape[1], pixelCount]))
        }
        for tap in 0..<windows.taps {
            inputs.append(try lowering.slice(flat, axis: 1, start: tap, length: 1))
        }
        lowering.count(multiplyAdds: [shape[0], shape[1], windows.taps, pixelCount].reduce(1.0) { $0 * Double($1) })
        let function = windows.taps == 1 ? "mul" : taps == 1 ? "depthwise_convolution" : "sum_of_pairs"
        return try lowering.map(function, inputs, part: part)
    }

    private static let transposed: OperatorTable.Rule = { lowering, node, inputs in
        let (image, weights) = (try inputs.required(0), try inputs.required(1))
        let (shape, sides) = (lowering.shape(image), lowering.shape(weights))
        let (rank, groups) = (shape.count - 2, node.int("group", default: 1))
        guard rank > 0, sides.count == shape.count, sides[0] == shape[1], groups > 0, shape[1] % groups == 0
        else { throw ImportFault("has weights \(sides) for an image \(shape) in \(groups) groups") }
        let strides = node.ints("strides") ?? Array(repeating: 1, count: rank)
        let pads = node.ints("pads") ?? Array(repeating: 0, count: 2 * rank)
        let extra = node.ints("output_padding") ?? Array(repeating: 0, count: rank)
        guard strides.count == rank, pads.count == 2 * rank, extra.count == rank,
            (strides + pads + extra).allSatisfy({ (0...1 << 20).contains($0) })
        else { throw ImportFault("has windows that do not fit its image") }
        let dilations = node.ints("dilations") ?? Array(repeating: 1, count: rank)
        let given = node.ints("output_shape")
        guard dilations.count == rank, dilations.allSatisfy({ (1...1 << 20).contains($0) }),
            given?.count ?? rank == rank
        else { throw ImportFault("has windows that do not fit its image") }
        let mode = node.text("auto_pad") ?? "NOTSET"
        let output = (0..<rank).map { axis in
            if let given { return given[axis] }
            if mode.hasPrefix("SAME") { return shape[axis + 2] * strides[axis] }
            return (shape[axis + 2] - 1) * strides[axis] + (sides[axis + 2] - 1) * dilations[axis] + 1 + extra[axis]
                - pads[axis] - pads[axis + rank]
        }
        guard output.allSatisfy({ $0 > 0 }) else { throw ImportFault("has windows larger than its image") }
        let columns = try Checked.product(sides[1...])
        let inner = shape[1] / groups
        let flat = try lowering.reshape(image, [shape[0], groups, inner, try Checked.product(shape[2...])])
        let product = try lowering.product(
            [
                (try lowering.reshape(weights, [groups, inner, columns]), ["g", "c", "o"]),
                (flat, ["n", "g", "c", "p"]),
            ], to: ["n", "g", "o", "p"], part: "product")
        lowering.approximate("its windows are added up in slow memory (col2im)")
        var result = try lowering.gathered(
            from: [product], name: "\(node.name)/col2im", shape: [shape[0], groups * sides[1]] + output)
        if let bias = inputs.optional(2) {
            result = try lowering.map("add", [result, try lowering.aligned(bias, axis: 1, rank: shape.count)])
        }
        return [result]
    }
}
