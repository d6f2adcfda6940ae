/// Functions of maps in C, by name.
enum FunctionTable {
    /// Names that libm has.
    static let library = [
        "abs": "fabs", "tanh": "tanh", "sin": "sin", "cos": "cos", "tan": "tan", "erf": "erf", "ceil": "ceil",
        "floor": "floor", "round": "rint", "atan": "atan", "asinh": "asinh",
    ]

    /// The function of our own for a name without underscores; nil for none.
    static func own(_ name: String) -> String? { definitions["f_" + name] == nil ? nil : "f_" + name }

    /// How many arguments a function takes.
    static func arity(_ function: String) -> Int {
        guard let definition = definitions[function] else { return 1 }
        let arguments = definition.prefix { $0 != ")" }
        return arguments.count { $0 == "," } + 1
    }

    /// The functions of our own that one calls; they come first by the alphabet, and call no others.
    static func calls(_ function: String) -> [String] {
        guard let body = definitions[function] else { return [] }
        return definitions.keys.filter { $0 != function && body.contains($0 + "(") }.sorted()
    }

    /// What our own functions do, without `static double NAME(`. Where a name has no value, as the root of a negative
    /// number or a quotient by zero, they take another one nearby, so that random inputs give numbers.
    static let definitions: [String: String] = [
        // Of one argument.
        "f_exp": "double x) { return exp(fmin(x, 60)); }",
        "f_log": "double x) { return log(x > 0 ? x : 1e-3 - x); }",
        "f_sqrt": "double x) { return sqrt(fabs(x)); }",
        "f_rsqrt": "double x) { return 1 / sqrt(fmax(fabs(x), 1e-6)); }",
        "f_reciprocal": "double x) { return 1 / (fabs(x) < 1e-6 ? (x < 0 ? -1e-6 : 1e-6) : x); }",
        "f_neg": "double x) { return -x; }",
        "f_square": "double x) { return x * x; }",
        "f_relu": "double x) { return fmax(x, 0); }",
        "f_sigmoid": "double x) { return 1 / (1 + exp(-x)); }",
        "f_silu": "double x) { return x / (1 + exp(-x)); }",
        "f_gelu": "double x) { return 0.5 * x * (1 + erf(x * 0.70710678118654752)); }",
        "f_gelutanh":
            "double x) { return 0.5 * x * (1 + tanh(0.79788456080286536 * (x + 0.044715 * x * x * x))); }",
        "f_softplus": "double x) { return fmax(x, 0) + log(1 + exp(-fabs(x))); }",
        "f_softsign": "double x) { return x / (1 + fabs(x)); }",
        "f_mish": "double x) { return x * tanh(fmax(x, 0) + log(1 + exp(-fabs(x)))); }",
        "f_selu":
            "double x) { return 1.0507009873554805 * (x > 0 ? x : 1.6732632423543772 * (exp(x) - 1)); }",
        "f_hardswish": "double x) { return x * fmax(0, fmin(1, x / 6 + 0.5)); }",
        "f_sign": "double x) { return (x > 0) - (x < 0); }",
        "f_not": "double x) { return !(x > 0 || x < 0); }",
        "f_acos": "double x) { return acos(fmax(-1, fmin(1, x))); }",
        "f_asin": "double x) { return asin(fmax(-1, fmin(1, x))); }",
        "f_acosh": "double x) { return acosh(fmax(1, x)); }",
        "f_atanh": "double x) { return atanh(fmax(-0.999999, fmin(0.999999, x))); }",
        "f_cosh": "double x) { return cosh(fmax(-60, fmin(60, x))); }",
        "f_sinh": "double x) { return sinh(fmax(-60, fmin(60, x))); }",
        "f_isnan": "double x) { return x != x; }",
        "f_isinf": "double x) { return x > 1e300 || x < -1e300; }",
        "f_bitwisenot": "double x) { return (double)~(long long)x; }",
        // Of two.
        "f_div": "double x, double y) { return x / (fabs(y) < 1e-6 ? (y < 0 ? -1e-6 : 1e-6) : y); }",
        "f_pow": """
        double x, double y) {
            const double base = fabs(x) < 1e-6 && y < 0 ? 1e-6 : x < 0 && floor(y) < y ? -x : x;
            return fmax(-1e30, fmin(1e30, pow(base, y)));
        }
        """,
        "f_mod": "double x, double y) { return fabs(y) < 1e-6 ? 0 : x - y * floor(x / y); }",
        "f_expsub": "double x, double y) { return exp(fmin(x - y, 60)); }",
        "f_sublog": "double x, double y) { return x - f_log(y); }",
        "f_rsqrtadd": "double x, double y) { return f_rsqrt(x + y); }",
        "f_prelu": "double x, double a) { return x < 0 ? a * x : x; }",
        "f_leakyrelu": "double x, double a) { return x < 0 ? a * x : x; }",
        "f_elu": "double x, double a) { return x > 0 ? x : a * (exp(x) - 1); }",
        "f_celu":
            "double x, double a) { return fmax(x, 0) + fmin(0, a * (exp(fmin(60, x / (a > 0 ? a : 1e-6))) - 1)); }",
        "f_thresholdedrelu": "double x, double a) { return x > a ? x : 0; }",
        "f_quickgelu": "double x, double a) { return x / (1 + exp(-a * x)); }",
        "f_and": "double x, double y) { return (x > 0 || x < 0) && (y > 0 || y < 0); }",
        "f_or": "double x, double y) { return x > 0 || x < 0 || y > 0 || y < 0; }",
        "f_xor": "double x, double y) { return (x > 0 || x < 0) != (y > 0 || y < 0); }",
        "f_equal": "double x, double y) { return x >= y && x <= y; }",
        "f_greater": "double x, double y) { return x > y; }",
        "f_greaterorequal": "double x, double y) { return x >= y; }",
        "f_less": "double x, double y) { return x < y; }",
        "f_lessorequal": "double x, double y) { return x <= y; }",
        "f_bitwiseand": "double x, double y) { return (double)((long long)x & (long long)y); }",
        "f_bitwiseor": "double x, double y) { return (double)((long long)x | (long long)y); }",
        "f_bitwisexor": "double x, double y) { return (double)((long long)x ^ (long long)y); }",
        "f_quantizationscale": "double low, double high) { return (fmax(high, 0) - fmin(low, 0)) / 255; }",
        "f_quantizationzero": "double low, double scale) { return rint(f_div(-fmin(low, 0), scale)); }",
        // Of three and four.
        "f_muladd": "double x, double y, double z) { return x * y + z; }",
        "f_where": "double c, double x, double y) { return c > 0 || c < 0 ? x : y; }",
        "f_hardsigmoid": "double x, double a, double b) { return fmax(0, fmin(1, a * x + b)); }",
        "f_shrink": "double x, double b, double l) { return x < -l ? x + b : x > l ? x - b : 0; }",
        "f_quantize": "double x, double s, double z) { return rint(f_div(x, s)) + z; }",
        "f_dequantize": "double x, double s, double z) { return (x - z) * s; }",
        "f_lrn": "double x, double a, double b, double c) { return f_div(x, pow(fabs(c + a * x * x), b)); }",
    ]
}
