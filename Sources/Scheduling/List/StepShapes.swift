import TensorGraph

/// Steps up to the names of their ops and tensors: large graphs are made of few kinds of steps.
///
/// What a step costs depends on its ops' einsums and base costs, the sizes of their tensors, which of these are the
/// same, and which are found or left in fast memory: on nothing around the step (``CostModel/StepAnalyzer``). So steps
/// of one shape are tuned once.
struct StepShapes {
    /// Equal for two steps whose ops and tensors, in order, can be put in each other's place.
    ///
    /// For each op its kind, then its inputs and outputs: a tensor is its size, negative, the first time, and its
    /// number from then on. A kind tells how many inputs and outputs follow, so that nothing is read in two ways.
    typealias Shape = [Int32]

    private struct OpKindKey: Hashable {
        let einsum: Einsum
        let outputs: Int
        let baseCost: Double
    }

    private let problem: Problem
    private let kindOfOp: [Int32]
    private let sizeOfTensor: [Int32]
    /// Numbers of tensors in the shape with the number ``stamp``.
    private var numbers: [(stamp: UInt32, number: Int32)]
    private var stamp: UInt32 = 0

    init(_ problem: Problem) {
        self.problem = problem
        var kinds: [OpKindKey: Int32] = [:]
        kindOfOp = problem.ops.map { op in
            let key = OpKindKey(einsum: op.einsum, outputs: op.outputs.count, baseCost: op.baseCost)
            return Self.number(of: key, in: &kinds)
        }
        var sizes: [Tensor: Int32] = [:]
        sizeOfTensor = problem.tensors.map { Self.number(of: $0, in: &sizes) }
        numbers = Array(repeating: (0, 0), count: problem.tensors.count)
    }

    private static func number<Key: Hashable>(of key: Key, in known: inout [Key: Int32]) -> Int32 {
        if let number = known[key] { return number }
        let number = Int32(known.count)
        known[key] = number
        return number
    }

    /// The shape of a step.
    ///
    /// - Complexity: O(inputs and outputs of its ops).
    mutating func shape(of key: StepKey) -> Shape {
        stamp += 1
        var count: Int32 = 0
        var shape: Shape = []
        shape.reserveCapacity(4 * key.ops.count + 2 + key.resident.count + key.retained.count)
        for id in key.ops {
            shape.append(kindOfOp[id.index])
            for tensor in problem[id].inputs { add(tensor, to: &shape, &count) }
            for tensor in problem[id].outputs { add(tensor, to: &shape, &count) }
        }
        for set in [key.resident, key.retained] {
            shape.append(.min)
            guard !set.isEmpty else { continue }
            // Ascending in one step may be descending in another.
            let start = shape.count
            for tensor in set { add(tensor, to: &shape, &count) }
            shape[start...].sort()
        }
        return shape
    }

    private mutating func add(_ tensor: TensorID, to shape: inout Shape, _ count: inout Int32) {
        if numbers[tensor.index].stamp == stamp {
            shape.append(numbers[tensor.index].number)
        } else {
            numbers[tensor.index] = (stamp, count)
            count += 1
            shape.append(-1 - sizeOfTensor[tensor.index])
        }
    }
}
