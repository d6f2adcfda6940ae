/// The names of functions that imported ops carry (RULES 1, `op_functions`).
///
/// A map applies its function to one element of each input. An op without a function sums products.
enum OpFunction {
    /// Functions of a reduction over one input.
    struct Reduction {
        /// The map that a reduction over one element is; nil for none.
        var element: String?
        /// What a part of the reduction computes when the reduced index is computed in parts.
        let partial: String
        /// The map that joins the parts.
        let combine: String
        /// Applied at the end to the joined parts.
        var finish = Finish.none
    }

    /// Functions of maps, and how many inputs each takes; nil for any number.
    static let maps: [String: Int?] = {
        var maps: [String: Int?] = [:]
        for name in [
            "identity", "abs", "acos", "acosh", "asin", "asinh", "atan", "atanh", "ceil", "cos", "cosh", "erf", "exp",
            "floor", "is_inf", "is_nan", "log", "mish", "neg", "not", "reciprocal", "relu", "round", "selu", "sigmoid",
            "sign", "sin", "sinh", "softplus", "softsign", "sqrt", "tan", "tanh", "hard_swish", "gelu", "gelu_tanh",
            "silu", "square", "bitwise_not", "max_pool", "average_pool", "norm2_pool",
        ] {
            maps[name] = 1
        }
        for name in [
            "sub", "div", "pow", "mod", "and", "or", "xor", "equal", "greater", "greater_or_equal", "less",
            "less_or_equal", "bitwise_and", "bitwise_or", "bitwise_xor", "prelu", "exp_sub", "sub_log", "rsqrt_add",
            "leaky_relu", "elu", "celu", "thresholded_relu", "quick_gelu", "quantization_scale", "quantization_zero",
        ] {
            maps[name] = 2
        }
        for name in ["mul_add", "where", "hard_sigmoid", "shrink", "quantize", "dequantize"] { maps[name] = 3 }
        maps["lrn"] = 4
        for name in [
            "add", "mul", "max", "min", "average", "norm2", "depthwise_convolution", "sum_of_pairs",
        ] {
            maps[name] = .some(nil)
        }
        return maps
    }()

    /// What is left to do when all parts are joined.
    enum Finish {
        case none
        case divideByLength
        case map(String)
    }

    /// How reductions split into parts, by name.
    static let reductions: [String: Reduction] = [
        "sum": Reduction(partial: "sum", combine: "add"),
        "max": Reduction(partial: "max", combine: "max"),
        "min": Reduction(partial: "min", combine: "min"),
        "product": Reduction(partial: "product", combine: "mul"),
        "mean": Reduction(partial: "sum", combine: "add", finish: .divideByLength),
        "sum_square": Reduction(element: "square", partial: "sum_square", combine: "add"),
        "mean_square": Reduction(
            element: "square", partial: "sum_square", combine: "add", finish: .divideByLength),
        "norm1": Reduction(element: "abs", partial: "norm1", combine: "add"),
        "norm2": Reduction(element: "square", partial: "sum_square", combine: "add", finish: .map("sqrt")),
        "sum_exp": Reduction(element: "exp", partial: "sum_exp", combine: "add"),
        "log_sum_exp": Reduction(element: "exp", partial: "sum_exp", combine: "add", finish: .map("log")),
        "log_sum": Reduction(partial: "sum", combine: "add", finish: .map("log")),
    ]
}
