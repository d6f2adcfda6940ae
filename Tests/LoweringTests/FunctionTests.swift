import CostModel
import Foundation
import TensorGraph
import TestSupport
import Testing

@testable import Lowering

/// The functions that an import writes are the same in C as they are where models are compared with their source.
@Suite("Functions in C", .enabled(if: CBatch.compiler.isInstalled, CBatch.compiler.absence))
struct FunctionTests {
    /// An op of one place: its function, and values of its inputs; a reduction's are in a row.
    private struct Sample {
        let function: String
        let inputs: [[Double]]
        let isReducing: Bool

        func op() -> Op {
            let ids = inputs.indices.map { TensorID($0) }
            let einsum =
                isReducing
                ? Einsum(inputs: ids.map { _ in Access(.row, .reduction) }, output: Access(.row, .one))
                : .pointwise(inputs: inputs.count)
            return Op(einsum, inputs: ids, outputs: [TensorID(inputs.count)], baseCost: 1, function: function)
        }

        func expected() throws -> Double {
            let length = inputs[0].count
            let problem = try Problem(
                tensors: inputs.map { _ in Tensor(width: length, height: 1) } + [Tensor(width: 1, height: 1)],
                ops: [op()],
                hardware: Hardware(fastMemoryCapacity: 1000, slowMemoryBandwidth: 1, nativeWidth: 8, nativeHeight: 8))
            let values = Dictionary(
                inputs.enumerated().map { (TensorID($0), $1) }, uniquingKeysWith: { $1 })
            return try ProblemInterpreter(problem: problem).run(values)[TensorID(inputs.count)]?.first ?? .nan
        }

        /// C statements that print the value.
        func program() -> String {
            let function = OpFunction(op())
            if !isReducing {
                return "printf(\"%.17g\\n\", \(function.value(of: inputs.map { "(\($0[0]))" })));"
            }
            let n = inputs[0].count
            let steps = (0..<n).map { place in "s = \(function.next("s", inputs.map { "(\($0[place]))" }));" }
            let finish = function.finish.map { "s = \($0);" } ?? ""
            return """
                { double s = \(function.initial), n = \(n); \(steps.joined(separator: " ")) (void)n; \(finish)
                printf("%.17g\\n", s); }
                """
        }
    }

    /// Arguments at which every function has a value: most of one sign, some of both where the function takes them.
    private func samples() -> [Sample] {
        var random = RandomSource(seed: 5)
        let unit: Set = ["acos", "asin", "atanh"]
        let positive: Set = [
            "log", "sqrt", "sub_log", "rsqrt_add", "pow", "lrn", "celu", "quantize", "quantization_zero", "mod", "div",
            "reciprocal", "log_sum",
        ]
        let whole: Set = ["bitwise_and", "bitwise_or", "bitwise_xor", "bitwise_not"]
        func value(_ function: String) -> Double {
            if unit.contains(function) { return Double.random(in: -0.9...0.9, using: &random) }
            if function == "acosh" { return Double.random(in: 1.1...4, using: &random) }
            if whole.contains(function) { return Double(Int.random(in: 0...200, using: &random)) }
            return Double.random(in: (positive.contains(function) ? 0.2 : -4)...4, using: &random)
        }
        var all: [Sample] = []
        for (function, count) in ImportedFunctions.maps.sorted(by: { $0.key < $1.key }) {
            for _ in 0..<6 {
                let inputs = (0..<(count ?? 4)).map { _ in [value(function)] }
                all.append(Sample(function: function, inputs: inputs, isReducing: false))
            }
        }
        // Truth values and equal ones, which random numbers are not.
        for function in ["and", "or", "xor", "equal", "greater_or_equal", "less_or_equal"] {
            for pair in [[0.0, 0], [0, 1], [1, 1]] {
                all.append(Sample(function: function, inputs: pair.map { [$0] }, isReducing: false))
            }
        }
        all.append(Sample(function: "not", inputs: [[0]], isReducing: false))
        all.append(Sample(function: "where", inputs: [[0], [2], [3]], isReducing: false))
        for function in ImportedFunctions.reductions {
            let row = (0..<5).map { _ in value(function) }
            all.append(Sample(function: function, inputs: [row], isReducing: true))
        }
        all.append(
            Sample(function: "convolution", inputs: (0..<4).map { _ in [0.5, -1, 2] }, isReducing: true))
        return all
    }

    @Test("Compute what they compute elsewhere, each that an import writes")
    func values() throws {
        let samples = samples()
        #expect(samples.filter { OpFunction($0.op()).isUnknown }.map(\.function) == [])
        let helpers = Set(samples.flatMap { OpFunction($0.op()).helpers }).sorted()
        let definitions = helpers.compactMap { name in
            FunctionTable.definitions[name].map { "static double \(name)(\($0)" }
        }
        let program = """
            #include <math.h>
            #include <stdio.h>
            \(definitions.joined(separator: "\n"))
            int main(void) {
            \(samples.map { $0.program() }.joined(separator: "\n"))
            return 0;
            }
            """
        let lines = try withTemporaryFolder { folder in
            try program.write(to: folder.appendingPathComponent("f.c"), atomically: true, encoding: .utf8)
            let built = try CBatch.compiler.run(CBatch.flags + ["f.c", "-o", "f", "-lm"], in: folder)
            guard built.exitCode == 0 else {
                throw CBatch.CompilerMessage(description: String(built.text.prefix(2000)))
            }
            return try InstalledTool.bash.run(["-c", "./f"], in: folder).text.split(separator: "\n")
        }
        try #require(lines.count == samples.count)
        for (sample, line) in zip(samples, lines) {
            let (found, wanted) = (Double(line) ?? .nan, try sample.expected())
            #expect(
                abs(found - wanted) <= 1e-9 * max(1, abs(wanted)), "\(sample.function) of \(sample.inputs): \(line)")
        }
    }
}
