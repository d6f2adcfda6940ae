/// Operators that work element by element, with broadcasting.
enum ElementwiseOperators {
    static let rules: [String: OperatorTable.Rule] = {
        var rules = special
        for (type, function) in named { rules[type] = plain(function) }
        for type in ["Identity", "Dropout", "Cast", "CastLike", "OptionalGetElement"] {
            rules[type] = { _, _, inputs in [try inputs.required(0)] }
        }
        return rules
    }()

    /// Operators that are one function of all their inputs.
    private static let named = [
        "Abs": "abs", "Acos": "acos", "Acosh": "acosh", "Asin": "asin", "Asinh": "asinh", "Atan": "atan",
        "Atanh": "atanh", "Ceil": "ceil", "Cos": "cos", "Cosh": "cosh", "Erf": "erf", "Exp": "exp", "Floor": "floor",
        "IsInf": "is_inf", "IsNaN": "is_nan", "Log": "log", "Mish": "mish", "Neg": "neg", "Not": "not",
        "Reciprocal": "reciprocal", "Relu": "relu", "Round": "round", "Selu": "selu", "Sigmoid": "sigmoid",
        "Sign": "sign", "Sin": "sin", "Sinh": "sinh", "Softplus": "softplus", "Softsign": "softsign", "Sqrt": "sqrt",
        "Tan": "tan", "Tanh": "tanh", "HardSwish": "hard_swish", "FastGelu": "gelu_tanh",
        "Add": "add", "Sub": "sub", "Mul": "mul", "Div": "div", "Pow": "pow", "Mod": "mod", "And": "and", "Or": "or",
        "Xor": "xor", "Equal": "equal", "Greater": "greater", "GreaterOrEqual": "greater_or_equal", "Less": "less",
        "LessOrEqual": "less_or_equal", "BitwiseAnd": "bitwise_and", "BitwiseOr": "bitwise_or",
        "BitwiseXor": "bitwise_xor", "BitwiseNot": "bitwise_not", "Where": "where", "PRelu": "prelu",
        "Max": "max", "Min": "min", "Sum": "add",
    ]

    private static func plain(_ function: String) -> OperatorTable.Rule {
        { lowering, _, inputs in
            var all = try inputs.all()
            // A bias of the fused Gelu of some exporters.
            if function == "gelu_tanh", all.count == 2 { all = [try lowering.map("add", all, part: "bias")] }
            if all.count == 1, ["add", "max", "min"].contains(function) { return all }
            return [try lowering.map(function, all)]
        }
    }

    /// A function whose numbers are attributes.
    private static func withNumbers(_ function: String, _ defaults: [(String, Double)]) -> OperatorTable.Rule {
        { lowering, node, inputs in
            var all = [try inputs.required(0)]
            for (attribute, value) in defaults { all.append(lowering.number(node.real(attribute, default: value))) }
            return [try lowering.map(function, all)]
        }
    }

    private static let special: [String: OperatorTable.Rule] = [
        "LeakyRelu": withNumbers("leaky_relu", [("alpha", 0.01)]),
        "Elu": withNumbers("elu", [("alpha", 1)]),
        "Celu": withNumbers("celu", [("alpha", 1)]),
        "ThresholdedRelu": withNumbers("thresholded_relu", [("alpha", 1)]),
        "HardSigmoid": withNumbers("hard_sigmoid", [("alpha", 0.2), ("beta", 0.5)]),
        "QuickGelu": withNumbers("quick_gelu", [("alpha", 1.702)]),
        "Swish": withNumbers("quick_gelu", [("alpha", 1)]),
        "Shrink": withNumbers("shrink", [("bias", 0), ("lambd", 0.5)]),
        "Gelu": { lowering, node, inputs in
            [try lowering.map(node.text("approximate") == "tanh" ? "gelu_tanh" : "gelu", [try inputs.required(0)])]
        },
        "BiasGelu": { lowering, _, inputs in
            let sum = try lowering.map("add", [try inputs.required(0), try inputs.required(1)], part: "bias")
            return [try lowering.map("gelu", [sum])]
        },
        "BiasSplitGelu": { lowering, _, inputs in
            let sum = try lowering.map("add", [try inputs.required(0), try inputs.required(1)], part: "bias")
            let rank = lowering.shape(sum).count
            guard rank > 0, let width = lowering.shape(sum).last, width % 2 == 0 else {
                throw ImportFault("splits what has no halves")
            }
            let left = try lowering.slice(sum, axis: rank - 1, start: 0, length: width / 2)
            let right = try lowering.slice(sum, axis: rank - 1, start: width / 2, length: width / 2)
            return [try lowering.map("mul", [left, try lowering.map("gelu", [right], part: "gelu")])]
        },
        "BiasAdd": { lowering, _, inputs in [try lowering.map("add", try inputs.all())] },
        "BiasDropout": { lowering, _, inputs in
            let all = [0, 1, 2].compactMap { inputs.optional($0) }
            return [try lowering.map("add", all)]
        },
        "SwiGLU": { lowering, node, inputs in
            let value = try inputs.required(0)
            let rank = lowering.shape(value).count
            let axis = try lowering.axis(node.int("axis", default: -1), rank: rank)
            let width = lowering.shape(value)[axis]
            guard width % 2 == 0 else { throw ImportFault("splits what has no halves") }
            let gate = try lowering.slice(value, axis: axis, start: 0, length: width / 2)
            let up = try lowering.slice(value, axis: axis, start: width / 2, length: width / 2)
            let factor = lowering.number(node.real("alpha", default: 1))
            let active = try lowering.map("quick_gelu", [gate, factor], part: "silu")
            return [try lowering.map("mul", [active, up])]
        },
        "DynamicQuantizeLinear": { lowering, _, inputs in
            let value = try inputs.required(0)
            lowering.approximate("the numbers are quantized")
            var (low, high) = (value, value)
            for axis in lowering.shape(value).indices {
                low = try lowering.reduce("min", low, axis: axis, part: "min \(axis)")
                high = try lowering.reduce("max", high, axis: axis, part: "max \(axis)")
            }
            (low, high) = (try lowering.reshape(low, []), try lowering.reshape(high, []))
            let scale = try lowering.map("quantization_scale", [low, high], part: "scale")
            let zero = try lowering.map("quantization_zero", [low, scale], part: "zero")
            return [try lowering.map("quantize", [value, scale, zero]), scale, zero]
        },
        "QLinearAdd": quantizedPair("add"), "QLinearMul": quantizedPair("mul"),
        "QLinearSigmoid": quantizedMap("sigmoid"), "QLinearLeakyRelu": quantizedMap("leaky_relu"),
        "Clip": { lowering, node, inputs in
            var value = try inputs.required(0)
            let low = inputs.optional(1) ?? node.real("min").map { lowering.number($0) }
            let high = inputs.optional(2) ?? node.real("max").map { lowering.number($0) }
            if let low { value = try lowering.map("max", [value, low], part: high == nil ? "" : "low") }
            if let high { value = try lowering.map("min", [value, high]) }
            return [value]
        },
        "Mean": { lowering, _, inputs in
            let all = try inputs.all()
            let sum = try lowering.map("add", all, part: "sum")
            return [try lowering.map("mul", [sum, lowering.number(1 / Double(all.count))])]
        },
        "Trilu": { lowering, _, inputs in
            lowering.approximate("which elements are kept depends on their places")
            return [try lowering.map("identity", [try inputs.required(0)])]
        },
        "QuantizeLinear": quantization("quantize"),
        "DequantizeLinear": quantization("dequantize"),
    ]

    private static func quantizedPair(_ function: String) -> OperatorTable.Rule {
        { lowering, _, inputs in
            lowering.approximate("the numbers are quantized")
            return [try lowering.map(function, [try inputs.required(0), try inputs.required(3)])]
        }
    }

    private static func quantizedMap(_ function: String) -> OperatorTable.Rule {
        { lowering, node, inputs in
            lowering.approximate("the numbers are quantized")
            let slope = function == "leaky_relu" ? [lowering.number(node.real("alpha", default: 0.01))] : []
            return [try lowering.map(function, [try inputs.required(0)] + slope)]
        }
    }

    /// Scales and zero points are one number or a vector along a dimension.
    private static func quantization(_ function: String) -> OperatorTable.Rule {
        { lowering, node, inputs in
            let value = try inputs.required(0)
            let rank = lowering.shape(value).count
            var all = [value]
            for index in 1...2 {
                guard let other = inputs.optional(index) else { continue }
                guard lowering.shape(other).count <= 1 else { throw ImportFault("is quantized in blocks") }
                let isScalar = lowering.shape(other).allSatisfy { $0 == 1 }
                let axis = isScalar ? 0 : try lowering.axis(node.int("axis", default: 1), rank: rank)
                all.append(isScalar ? other : try lowering.aligned(other, axis: axis, rank: rank))
            }
            if all.count == 2 { all.append(lowering.number(0)) }
            lowering.approximate("the numbers are quantized")
            return [try lowering.map(function, all)]
        }
    }
}
