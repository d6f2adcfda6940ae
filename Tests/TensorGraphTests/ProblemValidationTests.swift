import TensorGraph
import TestSupport
import Testing

@Suite("A problem that breaks RULES 1 is refused by name")
struct ProblemValidationTests {
    private static let hardware = Hardware(
        fastMemoryCapacity: 100, slowMemoryBandwidth: 1, nativeWidth: 4, nativeHeight: 4)

    /// Tensors 0 and 1 are 3 x 2 (width x height), 2 is 5 x 3, 3 is 5 x 2.
    private static let tensors = [
        Tensor(width: 3, height: 2), Tensor(width: 3, height: 2), Tensor(width: 5, height: 3),
        Tensor(width: 5, height: 2),
    ]

    private func error(
        tensors: [Tensor] = tensors, _ ops: [Op] = [], hardware: Hardware = hardware
    ) -> String? {
        do throws(ProblemError) {
            _ = try Problem(tensors: tensors, ops: ops, hardware: hardware)
            return nil
        } catch {
            return error.description
        }
    }

    private func op(_ kind: OpKind, _ inputs: [Int], _ outputs: [Int], cost: Double = 1) -> Op {
        Op(kind: kind, inputs: inputs.map { TensorID($0) }, outputs: outputs.map { TensorID($0) }, baseCost: cost)
    }

    @Test("while a sound one is accepted")
    func sound() {
        #expect(error([op(.pointwise, [0], [1]), op(.matMul, [1, 2], [3])]) == nil)
    }

    @Test("A tensor index out of range, on either side", arguments: [-1, 4, Int.max])
    func indexOutOfRange(index: Int) {
        let message = "op 1: names tensor \(index); there are 4 tensors, 0 first"
        #expect(error([op(.pointwise, [0], [1]), op(.pointwise, [index], [3])]) == message)
        #expect(error([op(.pointwise, [0], [1]), op(.pointwise, [3], [index])]) == message)
    }

    @Test("A tensor with two producers names both")
    func twoProducers() {
        #expect(
            error([op(.pointwise, [], [1]), op(.pointwise, [0], [1])]) == "tensor 1: is written by op 0 and by op 1")
    }

    @Test("An op that reads a tensor twice is sound, one that writes it twice or reads what it writes is not")
    func duplicates() {
        #expect(error([op(.pointwise, [0, 0], [1])]) == nil)
        #expect(error([op(.pointwise, [0], [1, 1])]) == "op 0: writes tensor 1 twice")
        #expect(error([op(.pointwise, [0], [0])]) == "op 0: reads and writes tensor 0")
    }

    @Test("A cycle names an op on it, not one behind it")
    func cycle() {
        let square = Array(repeating: Tensor(width: 2, height: 2), count: 5)
        let ops = [
            op(.pointwise, [3], [4]), op(.pointwise, [0, 2], [1]), op(.pointwise, [1], [2]), op(.pointwise, [2], [3]),
        ]
        let message = error(tensors: square, ops)
        #expect(message == "op 1: lies on a cycle of ops" || message == "op 2: lies on a cycle of ops")
    }

    @Test("A MatMul whose operands do not fit, or do not give its output")
    func matMulShapes() {
        #expect(
            error([op(.matMul, [0, 3], [2])])
                == "op 0: LHS tensor 0 is 3 wide, RHS tensor 3 is 2 high; a MatMul needs them equal")
        #expect(
            error([op(.matMul, [0, 2], [1])])
                == "op 0: writes tensor 1 of 3 x 2 (width x height); its inputs give 5 x 2")
    }

    @Test("A MatMul with another number of operands", arguments: [([0], [3]), ([0, 2, 1], [3]), ([0, 2], [3, 1])])
    func matMulOperands(inputs: [Int], outputs: [Int]) {
        #expect(
            error([op(.matMul, inputs, outputs)])
                == "op 0: a MatMul has two inputs and one output; this one has \(inputs.count) and \(outputs.count)")
    }

    @Test("A Pointwise op on tensors of several shapes")
    func pointwiseShapes() {
        #expect(
            error([op(.pointwise, [0, 3], [1])])
                == "op 0: all tensors of a Pointwise op have one shape; tensor 1 is 3 x 2, tensor 3 is 5 x 2")
        #expect(
            error([op(.pointwise, [0], [1, 3])])
                == "op 0: all tensors of a Pointwise op have one shape; tensor 1 is 3 x 2, tensor 3 is 5 x 2")
    }

    @Test("An op that writes nothing")
    func noOutput() {
        #expect(error([op(.pointwise, [0], [])]) == "op 0: writes no tensor")
    }

    @Test("A base cost that is negative or no number", arguments: [-1, .nan, .infinity, 0x1p54])
    func baseCost(cost: Double) {
        #expect(
            error([op(.pointwise, [0], [1], cost: cost)])
                == "op 0: base cost is \(cost); it must be between 0 and 2^53")
    }

    @Test("A side that is not positive", arguments: [0, -3])
    func sides(side: Int) {
        #expect(error(tensors: [Tensor(width: side, height: 2)]) == "tensor 0: width is \(side); it must be positive")
        #expect(error(tensors: [Tensor(width: 2, height: side)]) == "tensor 0: height is \(side); it must be positive")
    }

    @Test("Hardware that is not positive names the number")
    func hardwareNumbers() {
        func message(capacity: Int = 1, bandwidth: Double = 1, width: Int = 1, height: Int = 1) -> String? {
            error(
                hardware: Hardware(
                    fastMemoryCapacity: capacity, slowMemoryBandwidth: bandwidth, nativeWidth: width,
                    nativeHeight: height))
        }
        #expect(message() == nil)
        #expect(message(capacity: 0) == "fast_memory_capacity is 0; it must be between 1 and 2^53")
        #expect(message(width: -1) == "native width is -1; it must be between 1 and 2^53")
        #expect(message(height: 0) == "native height is 0; it must be between 1 and 2^53")
        #expect(message(capacity: Int.max)?.hasPrefix("fast_memory_capacity") == true)
        for bandwidth in [0, -1, Double.nan, .infinity] {
            #expect(message(bandwidth: bandwidth)?.hasPrefix("slow_memory_bandwidth is") == true)
        }
    }

    @Test("Sizes may add up to 2^53 and not to one more")
    func largestSum() {
        let half = Tensor(width: 1 << 30, height: 1 << 22)
        #expect(error(tensors: [half, half]) == nil)
        #expect(
            error(tensors: [half, half, Tensor(width: 1, height: 1)])
                == "tensor 2: 1 x 1 elements bring the sum of all tensor sizes above 2^53")
        #expect(error(tensors: [half, Tensor(width: .max, height: .max)])?.hasPrefix("tensor 1:") == true)
        #expect(error(tensors: [Tensor(width: 1 << 32, height: 1 << 32)])?.hasPrefix("tensor 0:") == true)
    }

    @Test("A tensor that no op touches is fine (#53)")
    func untouched() throws {
        let problem = try Problem(
            tensors: Self.tensors, ops: [op(.pointwise, [0], [1])], hardware: Self.hardware)
        #expect(!problem.graph.isGraphInput(TensorID(3)))
        #expect(!problem.graph.isGraphOutput(TensorID(3)))
    }
}
