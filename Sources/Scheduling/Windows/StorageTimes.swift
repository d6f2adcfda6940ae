import TensorGraph

/// Where tensors are written to slow memory and last read from there, by position in a sequence of steps.
struct StorageTimes {
    private var firstEviction: [Int]
    private var lastRead: [Int]

    init(_ sequence: [Candidate], problem: Problem) {
        firstEviction = Array(repeating: .max, count: problem.tensors.count)
        lastRead = problem.tensors.indices.map { problem.graph.isGraphOutput(TensorID($0)) ? .max : -1 }
        for (index, step) in sequence.enumerated() {
            for tensor in step.evicted { firstEviction[tensor.index] = min(firstEviction[tensor.index], index) }
            for tensor in step.slowReads { lastRead[tensor.index] = max(lastRead[tensor.index], index) }
        }
    }

    /// True when the tensor is in slow memory before the step at a position.
    func isStored(_ tensor: TensorID, before position: Int) -> Bool { firstEviction[tensor.index] < position }

    /// True when a step from a position on reads the tensor from slow memory, or it is a graph output.
    func isNeeded(_ tensor: TensorID, from position: Int) -> Bool { lastRead[tensor.index] >= position }
}
