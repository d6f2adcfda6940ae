import TensorGraph

/// What one native tile of an op costs on a chip, in cycles: a roofline, which nobody has calibrated.
///
/// A product is padded to the native tile, as a matrix unit pads it; a vector unit works on the elements that are
/// there. What is no product, and a product that vector lanes compute sooner, is the vector unit's.
struct RooflineCosts {
    let chip: ChipDescription

    /// The tile of an op.
    struct Tile {
        /// Columns and rows of the output, in elements.
        var width: Int
        var height: Int
        /// The length of the reduction; 1 for a map.
        var reduction: Int
        /// How often the product is computed with other weights.
        var copies = 1
    }

    /// `base_cost` of a product.
    func product(_ tile: Tile) -> Double {
        let depth = Double(tile.reduction) * Double(tile.copies)
        let padded = Double(chip.nativeTile[0]) * Double(chip.nativeTile[1])
        return min(padded * depth / chip.multiplyAddsPerCycle, clipped(tile) * depth / chip.vectorLanes)
    }

    /// `base_cost` of a map, or of a reduction that multiplies nothing.
    func vector(_ function: String, _ tile: Tile, inputs: Int) -> Double {
        clipped(tile) * Double(tile.reduction) * operations(function, inputs: inputs) / chip.vectorLanes
    }

    private func clipped(_ tile: Tile) -> Double {
        Double(min(tile.width, chip.nativeTile[0])) * Double(min(tile.height, chip.nativeTile[1]))
    }

    /// Vector operations for one element.
    private func operations(_ function: String, inputs: Int) -> Double {
        if let cost = chip.vectorCosts[function] { return cost }
        guard let parts = Self.compositions[function] else {
            // Sums and products of many inputs take one operation less than there are inputs, sums of products one for
            // each.
            let count =
                switch function {
                case "add", "mul", "max", "min", "depthwise_convolution": inputs - 1
                case "average", "norm2": inputs
                case "sum_of_pairs": inputs / 2
                default: 1
                }
            return cost("default") * Double(max(1, count))
        }
        return parts.reduce(0) { $0 + (chip.vectorCosts[$1] ?? cost("default")) }
    }

    private func cost(_ function: String) -> Double { chip.vectorCosts[function] ?? 1 }

    /// What functions consist of, where a chip has no cost for the whole.
    private static let compositions: [String: [String]] = [
        "identity": [], "exp_sub": ["sub", "exp"], "sub_log": ["log", "sub"], "rsqrt_add": ["add", "rsqrt"],
        "sigmoid": ["exp", "add", "div"], "silu": ["exp", "add", "div"], "softplus": ["exp", "add", "log"],
        "gelu": ["mul", "erf", "add", "mul", "mul"],
        "gelu_tanh": ["mul", "mul", "mul_add", "mul", "tanh", "add", "mul"],
        "quick_gelu": ["mul", "exp", "add", "div"], "elu": ["exp", "sub", "mul", "where"],
        "mish": ["exp", "add", "log", "tanh", "mul"],
        "sum_square": ["mul_add"], "mean_square": ["mul_add"], "norm2": ["mul_add"], "sum_exp": ["exp", "add"],
        "log_sum_exp": ["exp", "add"], "hard_sigmoid": ["mul_add", "max", "min"],
        "celu": ["div", "exp", "mul", "max"], "quantize": ["div", "add"],
        "dequantize": ["sub", "mul"], "selu": ["exp", "sub", "mul", "where"], "lrn": ["mul", "mul_add", "pow", "div"],
        "hard_swish": ["mul_add", "max", "min", "mul"], "clip": ["max", "min"],
    ]
}
