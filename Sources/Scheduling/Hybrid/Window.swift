import TensorGraph

/// Some steps of a schedule that large-neighbourhood search replaces by better ones.
struct Window: Sendable {
    /// How it was picked.
    var source: IncumbentSource
    /// Positions of its steps in the sequence of its ``WindowPlan``.
    var range: Range<Int>
    /// Sets of ops that no step divides, in the window's numbers; nil for single ops.
    var atoms: [OpSet]?
    var problem: WindowProblem
    /// The steps at hand, in the window's numbers.
    var current: [Candidate]

    /// Latency of the steps at hand, in units of time.
    var latency: Double { current.reduce(0) { $0 + $1.latency } }

    /// All that the result depends on, the steps at hand aside.
    struct Key: Hashable, Sendable {
        var signature: WindowProblem.Signature
        var atoms: [OpSet]?
    }

    var key: Key { Key(signature: problem.signature, atoms: atoms) }
}

/// A schedule's steps in an order in which the steps of each window follow each other.
struct WindowPlan {
    var sequence: [Candidate]
    /// Disjoint, ascending.
    var ranges: [(range: Range<Int>, source: IncumbentSource, isCoarse: Bool)] = []
}

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
