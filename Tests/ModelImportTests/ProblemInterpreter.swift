import Foundation
import TensorGraph

/// Computes a problem op by op, by the functions that its ops carry.
struct ProblemInterpreter {
    struct Unknown: Error { let function: String }

    let problem: Problem

    /// All matrices, row by row, from those that no op writes.
    func run(_ inputs: [TensorID: [Double]]) throws -> [TensorID: [Double]] {
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

    private static func map(_ function: String, _ x: [Double]) throws -> Double {
        switch function {
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
