import TensorGraph

/// What an op computes of its inputs, as C expressions (RULES 1, `op_functions`).
///
/// Inputs are drawn at random, so functions are made total: `sqrt` and `log` take the absolute value, a divisor is kept
/// away from zero, and `exp` stops at e^20. A function of one argument takes the sum of the inputs, as where an import fused
/// a subtraction into it.
struct OpFunction {
    /// The name in C of the function of one argument; nil for none.
    let helper: String?
    /// How two inputs of a map, or a reduction's value and the next term, become one.
    let fold: Fold
    /// What a reduction starts with.
    let initial: String
    /// What becomes of a reduction's value `s` at its end; nil for nothing. `n` is the length of the reduction.
    let finish: String?
    /// Whether the op names a function that is not known here; the default stands in for it.
    let isUnknown: Bool

    enum Fold {
        case sum, difference, product, quotient, power, largest, smallest

        func joined(_ left: String, _ right: String) -> String {
            switch self {
            case .sum: "\(left) + \(right)"
            case .difference: "\(left) - \(right)"
            case .product: "\(left) * \(right)"
            case .quotient: "f_div(\(left), \(right))"
            case .power: "f_pow(\(left), \(right))"
            case .largest: "fmax(\(left), \(right))"
            case .smallest: "fmin(\(left), \(right))"
            }
        }

        /// The helper that it calls; nil for none.
        var helper: String? {
            switch self {
            case .quotient: "f_div"
            case .power: "f_pow"
            default: nil
            }
        }
    }

    /// The function of an op; the sum of products, or the sum of the inputs, where none is named.
    init(_ op: Op) {
        let name = op.function?.lowercased().filter { $0.isLetter || $0.isNumber } ?? ""
        let stem = name.hasPrefix("reduce") ? String(name.dropFirst(6)) : name
        (helper, fold, initial, finish, isUnknown) =
            op.isReducing ? Self.reduction(stem) : Self.map(name)
    }

    private static func reduction(_ name: String) -> (String?, Fold, String, String?, Bool) {
        switch name {
        case "", "sum", "matmul", "gemm", "dot": (nil, .sum, "0", nil, false)
        case "max": (nil, .largest, "-HUGE_VAL", nil, false)
        case "min": (nil, .smallest, "HUGE_VAL", nil, false)
        case "mean": (nil, .sum, "0", "s / n", false)
        case "sumsquare", "sumofsquares": ("f_square", .sum, "0", nil, false)
        case "meansquare": ("f_square", .sum, "0", "s / n", false)
        case "l1": ("fabs", .sum, "0", nil, false)
        case "l2", "norm": ("f_square", .sum, "0", "sqrt(s)", false)
        case "sumexp": ("f_exp", .sum, "0", nil, false)
        case "logsumexp": ("f_exp", .sum, "0", "log(s)", false)
        default: (nil, .sum, "0", nil, true)
        }
    }

    private static func map(_ name: String) -> (String?, Fold, String, String?, Bool) {
        let folds: [String: Fold] = [
            "": .sum, "sum": .sum, "add": .sum, "identity": .sum, "copy": .sum, "transpose": .sum, "cast": .sum,
            "reshape": .sum, "sub": .difference, "subtract": .difference, "mul": .product, "multiply": .product,
            "div": .quotient, "divide": .quotient, "pow": .power, "max": .largest, "maximum": .largest,
            "min": .smallest, "minimum": .smallest,
        ]
        let own: [String: String] = ["abs": "fabs", "tanh": "tanh", "sin": "sin", "cos": "cos", "erf": "erf"]
        let other = [
            "silu": "f_silu", "swish": "f_silu", "reciprocal": "f_reciprocal", "negate": "f_neg",
            "logistic": "f_sigmoid",
        ]
        if let fold = folds[name] { return (nil, fold, "0", nil, false) }
        if let helper = own[name] ?? other[name] { return (helper, .sum, "0", nil, false) }
        let isKnown = definitions["f_" + name] != nil
        return (isKnown ? "f_" + name : nil, .sum, "0", nil, !isKnown)
    }

    /// The helpers that it calls.
    var helpers: [String] { [helper, fold.helper].compactMap { $0 } }

    /// What a map makes of its inputs.
    func value(of inputs: [String]) -> String {
        let value = inputs.dropFirst().reduce(inputs.first ?? "0") { fold.joined($0, $1) }
        return helper.map { "\($0)(\(value))" } ?? value
    }

    /// What a reduction makes of its value so far and the inputs at the next place.
    func next(_ value: String, _ inputs: [String]) -> String {
        let product = inputs.joined(separator: " * ")
        return fold.joined(value, helper.map { "\($0)(\(product))" } ?? product)
    }

    /// The helpers' definitions, by name; what is not here is in libm.
    static let definitions: [String: String] = [
        "f_exp": "double x) { return exp(fmin(x, 20)); }",
        "f_log": "double x) { return log(fabs(x) + 1e-3); }",
        "f_sqrt": "double x) { return sqrt(fabs(x)); }",
        "f_rsqrt": "double x) { return 1 / sqrt(fabs(x) + 0.1); }",
        "f_reciprocal": "double x) { return (x < 0 ? -1 : 1) / (fabs(x) + 0.1); }",
        "f_neg": "double x) { return -x; }",
        "f_square": "double x) { return x * x; }",
        "f_relu": "double x) { return fmax(x, 0); }",
        "f_sigmoid": "double x) { return 1 / (1 + exp(-x)); }",
        "f_silu": "double x) { return x / (1 + exp(-x)); }",
        "f_gelu": "double x) { return 0.5 * x * (1 + erf(x * 0.70710678118654752)); }",
        "f_softplus": "double x) { return fmax(x, 0) + log(1 + exp(-fabs(x))); }",
        "f_div": "double x, double y) { return (y < 0 ? -x : x) / (fabs(y) + 0.1); }",
        "f_pow": "double x, double y) { return pow(fabs(x) + 0.1, fmin(y, 4)); }",
    ]
}
