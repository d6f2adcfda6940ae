/// The windows that a convolution or a pooling slides over an image of any number of dimensions.
struct Windows {
    /// Elements of a window by dimension.
    let kernel: [Int]
    /// Windows by dimension.
    let output: [Int]
    /// The image.
    let input: [Int]
    private let strides: [Int]
    private let isPadded: Bool
    private let isDilated: Bool

    /// - Throws: ``ImportFault`` when the attributes are at odds with the image.
    init(_ node: Node, image: [Int], kernel: [Int]) throws(ImportFault) {
        let rank = image.count
        let strides = node.ints("strides") ?? Array(repeating: 1, count: rank)
        let dilations = node.ints("dilations") ?? Array(repeating: 1, count: rank)
        let pads = node.ints("pads") ?? Array(repeating: 0, count: 2 * rank)
        guard rank > 0, kernel.count == rank, strides.count == rank, dilations.count == rank, pads.count == 2 * rank,
            (kernel + strides + dilations).allSatisfy({ (1...1 << 20).contains($0) }),
            pads.allSatisfy({ (0...1 << 20).contains($0) })
        else { throw ImportFault("has windows that do not fit its image") }
        let mode = node.text("auto_pad") ?? "NOTSET"
        let isCeiling = node.int("ceil_mode", default: 0) != 0
        var output: [Int] = []
        for axis in 0..<rank {
            let span = (kernel[axis] - 1) * dilations[axis] + 1
            if mode == "SAME_UPPER" || mode == "SAME_LOWER" {
                output.append((image[axis] + strides[axis] - 1) / strides[axis])
                continue
            }
            let padding = mode == "VALID" ? 0 : pads[axis] + pads[axis + rank]
            let room = image[axis] + padding - span
            guard room >= 0 else { throw ImportFault("has windows larger than its image") }
            output.append((room + (isCeiling ? strides[axis] - 1 : 0)) / strides[axis] + 1)
        }
        self.kernel = kernel
        self.output = output
        self.strides = strides
        input = image
        isPadded = mode.hasPrefix("SAME") ? output != image || kernel.contains { $0 > 1 } : pads.contains { $0 > 0 }
        isDilated = zip(dilations, kernel).contains { $0 > 1 && $1 > 1 }
    }

    /// Elements of a window.
    var taps: Int { kernel.reduce(1, *) }

    /// Pixels of the image, and windows.
    var inputPixels: Int { input.reduce(1, *) }
    var outputPixels: Int { output.reduce(1, *) }

    /// Every window is one pixel, and every pixel a window.
    var isPointwise: Bool { taps == 1 && output == input && strides.allSatisfy { $0 == 1 } }

    /// There is a window around every pixel.
    var isSame: Bool { output == input && strides.allSatisfy { $0 == 1 } }

    /// Windows tile the image.
    var isTiling: Bool {
        !isPadded && !isDilated && strides == kernel
            && zip(input, kernel).allSatisfy { $0 % $1 == 0 }
    }

    /// One window is the whole image.
    var isGlobal: Bool { outputPixels == 1 && kernel == input && !isPadded }
}
