import TensorGraph

/// What an op computes of its inputs, as C expressions (RULES 1, `op_functions`).
///
/// Names are those that an import writes, and the usual ones of other sources, whatever their case. Inputs are drawn
/// at random, so functions are made total: they are what their names say where that is a number, and go on outside
/// without one that is none (see ``FunctionTable``).
struct OpFunction {
    /// How the inputs of a map become its value.
    enum Shape: Equatable {
        /// One after the other: sums, products, largest.
        case fold(Fold)
        /// A function in C of as many arguments as there are inputs.
        case call(String)
        /// A function in C of the inputs' sum: a name of one argument on an op that reads several.
        case callOfSum(String)
        /// The mean of the inputs, or the root of the sum of their squares.
        case mean, norm
        /// The products of inputs and weights, the first half with the second, or the first with all weights.
        case pairs, weighted
    }

    /// How two values become one.
    enum Fold: Equatable {
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

    /// How a map's inputs become its value.
    private var shape = Shape.fold(.sum)
    /// How a reduction's value and the next term become one.
    private var fold = Fold.sum
    /// The function in C of a reduction's term; nil for none.
    private var term: String?
    /// Whether the last input is multiplied with the sum of the others, as windows with their weights are.
    private var isWindowed = false
    /// What a reduction starts with.
    private(set) var initial = "0"
    /// What becomes of a reduction's value `s` at its end; nil for nothing. `n` is the length of the reduction.
    private(set) var finish: String?
    /// Whether the op names a function that is not known here; the default stands in for it.
    private(set) var isUnknown = false

    /// The function of an op; the sum of products, or the sum of the inputs, where none is named.
    init(_ op: Op) {
        let name = op.function?.lowercased().filter { $0.isLetter || $0.isNumber } ?? ""
        if op.isReducing {
            setReduction(name.hasPrefix("reduce") ? String(name.dropFirst(6)) : name)
        } else {
            setMap(name, inputCount: op.inputs.count)
        }
    }

    private mutating func setReduction(_ name: String) {
        switch name {
        case "", "sum", "matmul", "gemm", "dot": break
        case "max": (fold, initial) = (.largest, "-HUGE_VAL")
        case "min": (fold, initial) = (.smallest, "HUGE_VAL")
        case "product", "prod": (fold, initial) = (.product, "1")
        case "mean": finish = "s / n"
        case "sumsquare", "sumofsquares": term = "f_square"
        case "meansquare": (term, finish) = ("f_square", "s / n")
        case "l1", "norm1": term = "fabs"
        case "l2", "norm", "norm2": (term, finish) = ("f_square", "sqrt(s)")
        case "sumexp": term = "f_exp"
        case "logsumexp": (term, finish) = ("f_exp", "log(s)")
        case "logsum": finish = "f_log(s)"
        case "convolution": isWindowed = true
        default: isUnknown = true
        }
    }

    private mutating func setMap(_ name: String, inputCount: Int) {
        let folds: [String: Fold] = [
            "": .sum, "sum": .sum, "add": .sum, "identity": .sum, "copy": .sum, "transpose": .sum, "cast": .sum,
            "reshape": .sum, "sub": .difference, "subtract": .difference, "mul": .product, "multiply": .product,
            "div": .quotient, "divide": .quotient, "pow": .power, "max": .largest, "maximum": .largest,
            "min": .smallest, "minimum": .smallest,
            // A window around every pixel reads the pixel itself: its rim is left out.
            "maxpool": .sum, "averagepool": .sum,
        ]
        let synonyms = [
            "swish": "silu", "negate": "neg", "logistic": "sigmoid", "norm2pool": "abs", "tanhgelu": "gelutanh",
        ]
        let stem = synonyms[name] ?? name
        switch stem {
        case "average": shape = .mean
        case "norm2": shape = .norm
        case "sumofpairs": shape = .pairs
        case "depthwiseconvolution": shape = .weighted
        default:
            if let fold = folds[stem] {
                shape = .fold(fold)
            } else if let function = FunctionTable.library[stem] ?? FunctionTable.own(stem) {
                let arity = FunctionTable.arity(function)
                shape = arity == inputCount ? .call(function) : .callOfSum(function)
                isUnknown = arity != 1 && arity != inputCount
                if isUnknown { shape = .fold(.sum) }
            } else {
                isUnknown = true
            }
        }
    }

    /// The helpers that it calls.
    var helpers: [String] {
        var all = [term, fold.helper, finish.flatMap { $0.hasPrefix("f_log") ? "f_log" : nil }]
        switch shape {
        case .fold(let fold): all.append(fold.helper)
        case .call(let function), .callOfSum(let function): all.append(function)
        case .norm: all.append("f_square")
        case .mean, .pairs, .weighted: break
        }
        return all.compactMap { $0 }.flatMap { [$0] + FunctionTable.calls($0) }
    }

    /// What a map makes of its inputs.
    func value(of inputs: [String]) -> String {
        func folded(_ fold: Fold, _ inputs: some Collection<String>) -> String {
            inputs.dropFirst().reduce(inputs.first ?? "0") { fold.joined($0, $1) }
        }
        switch shape {
        case .fold(let fold): return folded(fold, inputs)
        case .call(let function): return "\(function)(\(inputs.joined(separator: ", ")))"
        case .callOfSum(let function): return "\(function)(\(folded(.sum, inputs)))"
        case .mean: return "(\(folded(.sum, inputs))) / \(max(1, inputs.count))"
        case .norm: return "sqrt(\(inputs.map { "f_square(\($0))" }.joined(separator: " + ")))"
        case .pairs:
            let half = inputs.count / 2
            return (0..<half).map { "\(inputs[$0]) * \(inputs[half + $0])" }.joined(separator: " + ")
        case .weighted:
            return "\(inputs.first ?? "0") * (\(folded(.sum, inputs.dropFirst())))"
        }
    }

    /// What a reduction makes of its value so far and the inputs at the next place.
    func next(_ value: String, _ inputs: [String]) -> String {
        if isWindowed, inputs.count > 1, let last = inputs.last {
            return "\(value) + (\(inputs.dropLast().joined(separator: " + "))) * \(last)"
        }
        let product = inputs.joined(separator: " * ")
        return fold.joined(value, term.map { "\($0)(\(product))" } ?? product)
    }
}
