import Foundation
import TensorGraph

/// Computes a problem op by op, by the functions that its ops carry.
public struct ProblemInterpreter {
    /// A function whose name is not known here.
    public struct Unknown: Error { let function: String }

    let problem: Problem

    /// Creates an interpreter.
    public init(problem: Problem) { self.problem = problem }

    /// All matrices, row by row, from those that no op writes.
    public func run(_ inputs: [TensorID: [Double]]) throws -> [TensorID: [Double]] {
        var values = inputs
        for id in problem.graph.topologicalOrder {
            let op = problem[id]
            let result = try compute(op, op.inputs.map { values[$0] ?? [] }, reduction: problem.reduction(of: id))
            for output in op.outputs { values[output] = result }
        }
        return values
    }

    private func compute(_ op: Op, _ inputs: [[Double]], reduction: Int) throws -> [Double] {
        let output = problem[op.outputs[0]]
        var result: [Double] = []
        result.reserveCapacity(output.size)
        var elements = Array(repeating: 0.0, count: inputs.count)
        for row in 0..<output.height {
            for column in 0..<output.width {
                var accumulator = Accumulator(op.isReducing ? op.function ?? "sum_of_products" : "map")
                for k in 0..<reduction {
                    for (index, access) in op.einsum.inputs.enumerated() {
                        func place(_ letter: Letter) -> Int {
                            switch letter {
                            case .row: row
                            case .column: column
                            case .reduction: k
                            case .one: 0
                            }
                        }
                        let width = problem[op.inputs[index]].width
                        elements[index] = inputs[index][place(access.rows) * width + place(access.columns)]
                    }
                    if op.isReducing {
                        try accumulator.add(elements)
                    } else {
                        result.append(try Self.map(op.function ?? "add", elements))
                    }
                }
                if op.isReducing { result.append(accumulator.result(count: reduction)) }
            }
        }
        return result
    }

    private struct Accumulator {
        let function: String
        var value: Double

        init(_ function: String) {
            self.function = function
            switch function {
            case "max": value = -.infinity
            case "min": value = .infinity
            case "product": value = 1
            default: value = 0
            }
        }

        mutating func add(_ elements: [Double]) throws {
            let x = elements[0]
            switch function {
            case "sum_of_products": value += elements.reduce(1, *)
            case "convolution": value += elements.dropLast().reduce(0, +) * (elements.last ?? 0)
            case "sum", "mean", "log_sum": value += x
            case "max": value = max(value, x)
            case "min": value = min(value, x)
            case "product": value *= x
            case "sum_square", "mean_square", "norm2": value += x * x
            case "norm1": value += abs(x)
            case "sum_exp", "log_sum_exp": value += exp(x)
            default: throw Unknown(function: function)
            }
        }

        func result(count: Int) -> Double {
            switch function {
            case "mean", "mean_square": value / Double(count)
            case "norm2": value.squareRoot()
            case "log_sum", "log_sum_exp": log(value)
            default: value
            }
        }
    }

    /// A map's value at one place.
    public static func map(_ function: String, _ x: [Double]) throws -> Double {
        func truth(_ value: Bool) -> Double { value ? 1 : 0 }
        func sigmoid(_ value: Double) -> Double { 1 / (1 + exp(-value)) }
        return switch function {
        case "acos": acos(x[0])
        case "acosh": acosh(x[0])
        case "asin": asin(x[0])
        case "asinh": asinh(x[0])
        case "atan": atan(x[0])
        case "atanh": atanh(x[0])
        case "ceil": x[0].rounded(.up)
        case "floor": x[0].rounded(.down)
        case "round": x[0].rounded(.toNearestOrEven)
        case "cos": cos(x[0])
        case "cosh": cosh(x[0])
        case "sin": sin(x[0])
        case "sinh": sinh(x[0])
        case "tan": tan(x[0])
        case "is_inf": truth(x[0].isInfinite)
        case "is_nan": truth(x[0].isNaN)
        case "not": truth(x[0] == 0)
        case "sign": x[0] > 0 ? 1 : x[0] < 0 ? -1 : 0
        case "mish": x[0] * tanh(log(1 + exp(x[0])))
        case "selu": 1.0507009873554805 * (x[0] > 0 ? x[0] : 1.6732632423543772 * (exp(x[0]) - 1))
        case "softplus": log(1 + exp(x[0]))
        case "softsign": x[0] / (1 + abs(x[0]))
        case "silu": x[0] * sigmoid(x[0])
        case "max_pool", "average_pool": x[0]
        case "norm2_pool": abs(x[0])
        case "bitwise_not": Double(~Int(x[0]))
        case "mod": x[0] - x[1] * (x[0] / x[1]).rounded(.down)
        case "and": truth(x[0] != 0 && x[1] != 0)
        case "or": truth(x[0] != 0 || x[1] != 0)
        case "xor": truth((x[0] != 0) != (x[1] != 0))
        case "equal": truth(x[0] == x[1])
        case "greater": truth(x[0] > x[1])
        case "greater_or_equal": truth(x[0] >= x[1])
        case "less": truth(x[0] < x[1])
        case "less_or_equal": truth(x[0] <= x[1])
        case "bitwise_and": Double(Int(x[0]) & Int(x[1]))
        case "bitwise_or": Double(Int(x[0]) | Int(x[1]))
        case "bitwise_xor": Double(Int(x[0]) ^ Int(x[1]))
        case "prelu", "leaky_relu": x[0] < 0 ? x[1] * x[0] : x[0]
        case "elu": x[0] > 0 ? x[0] : x[1] * (exp(x[0]) - 1)
        case "celu": max(0, x[0]) + min(0, x[1] * (exp(x[0] / x[1]) - 1))
        case "thresholded_relu": x[0] > x[1] ? x[0] : 0
        case "quick_gelu": x[0] * sigmoid(x[1] * x[0])
        case "quantization_scale": (max(x[1], 0) - min(x[0], 0)) / 255
        case "quantization_zero": (-min(x[0], 0) / x[1]).rounded(.toNearestOrEven)
        case "hard_sigmoid": max(0, min(1, x[1] * x[0] + x[2]))
        case "shrink": x[0] < -x[2] ? x[0] + x[1] : x[0] > x[2] ? x[0] - x[1] : 0
        case "quantize": (x[0] / x[1]).rounded(.toNearestOrEven) + x[2]
        case "dequantize": (x[0] - x[2]) * x[1]
        case "lrn": x[0] / pow(x[3] + x[1] * x[0] * x[0], x[2])
        case "average": x.reduce(0, +) / Double(x.count)
        case "norm2": x.reduce(0) { $0 + $1 * $1 }.squareRoot()
        case "depthwise_convolution": x[0] * x.dropFirst().reduce(0, +)
        case "sum_of_pairs": zip(x.prefix(x.count / 2), x.suffix(x.count / 2)).reduce(0) { $0 + $1.0 * $1.1 }
        case "identity": x[0]
        case "add": x.reduce(0, +)
        case "mul": x.reduce(1, *)
        case "max": x.reduce(-.infinity, max)
        case "min": x.reduce(.infinity, min)
        case "sub": x[0] - x[1]
        case "div": x[0] / x[1]
        case "pow": pow(x[0], x[1])
        case "mul_add": x[0] * x[1] + x[2]
        case "where": x[0] != 0 ? x[1] : x[2]
        case "exp_sub": exp(x[0] - x[1])
        case "sub_log": x[0] - log(x[1])
        case "rsqrt_add": 1 / (x[0] + x[1]).squareRoot()
        case "square": x[0] * x[0]
        case "abs": abs(x[0])
        case "neg": -x[0]
        case "exp": exp(x[0])
        case "log": log(x[0])
        case "sqrt": x[0].squareRoot()
        case "reciprocal": 1 / x[0]
        case "erf": erf(x[0])
        case "tanh": tanh(x[0])
        case "relu": max(0, x[0])
        case "sigmoid": 1 / (1 + exp(-x[0]))
        case "hard_swish": x[0] * max(0, min(1, x[0] / 6 + 0.5))
        case "gelu": x[0] * (1 + erf(x[0] / 2.0.squareRoot())) / 2
        case "gelu_tanh": x[0] * (1 + tanh((2 / Double.pi).squareRoot() * (x[0] + 0.044715 * x[0] * x[0] * x[0]))) / 2
        default: throw Unknown(function: function)
        }
    }
}
