/// Who produces and who reads each tensor, and an order in which producers come before consumers.
public struct OpGraph: Sendable {
    /// The op that writes each tensor; nil for a graph input.
    public let producers: [OpID?]
    /// The ops that read each tensor, ascending; empty for a graph output.
    public let readers: [[OpID]]
    /// All ops, producers first; among ready ops the smallest id first.
    public let topologicalOrder: [OpID]
    /// Position of each op in ``topologicalOrder``.
    public let topologicalRank: [Int]

    /// Derives the graph.
    ///
    /// - Complexity: O(*ops* log *ops* + *edges*).
    /// - Throws: ``ProblemError`` when a tensor has two producers or the ops form a cycle.
    init(tensorCount: Int, ops: [Op], _ names: GraphNames = GraphNames()) throws(ProblemError) {
        var producers = [OpID?](repeating: nil, count: tensorCount)
        var readers = [[OpID]](repeating: [], count: tensorCount)
        for (index, op) in ops.enumerated() {
            for tensor in op.outputs {
                if let other = producers[tensor.index] {
                    throw ProblemError(
                        .tensor(tensor),
                        "is written by \(names.describe(other)) and by \(names.describe(OpID(index)))", names: names)
                }
                producers[tensor.index] = OpID(index)
            }
            // An op that reads a tensor twice is one reader.
            for tensor in op.inputs where readers[tensor.index].last != OpID(index) {
                readers[tensor.index].append(OpID(index))
            }
        }
        self.producers = producers
        self.readers = readers
        (topologicalOrder, topologicalRank) = try Self.sort(
            ops: ops, producers: producers, readers: readers, names)
    }

    private static func sort(
        ops: [Op], producers: [OpID?], readers: [[OpID]], _ names: GraphNames
    ) throws(ProblemError) -> (order: [OpID], rank: [Int]) {
        var waiting = [Int](repeating: 0, count: ops.count)
        for (tensor, producer) in producers.enumerated() where producer != nil {
            for reader in readers[tensor] { waiting[reader.index] += 1 }
        }
        var ready = ops.indices.filter { waiting[$0] == 0 }
        var order: [OpID] = []
        var rank = [Int](repeating: 0, count: ops.count)
        order.reserveCapacity(ops.count)
        var next = 0
        // Breadth first from the sources keeps ops of one depth together, which is how readers think of a graph.
        while next < ready.count {
            let op = ready[next]
            next += 1
            rank[op] = order.count
            order.append(OpID(op))
            for tensor in ops[op].outputs {
                for reader in readers[tensor.index] {
                    waiting[reader.index] -= 1
                    if waiting[reader.index] == 0 { ready.append(reader.index) }
                }
            }
        }
        if order.count < ops.count, let stuck = waiting.firstIndex(where: { $0 > 0 }) {
            throw ProblemError(
                .op(cycleMember(from: stuck, ops, producers, waiting)), "lies on a cycle of ops", names: names)
        }
        return (order, rank)
    }

    /// Walks back over unfinished producers until an op repeats: that one is on a cycle, not merely behind one.
    private static func cycleMember(from start: Int, _ ops: [Op], _ producers: [OpID?], _ waiting: [Int]) -> OpID {
        var visited = Set<Int>()
        var op = start
        while visited.insert(op).inserted {
            let previous = ops[op].inputs.lazy.compactMap { producers[$0.index]?.index }.first { waiting[$0] > 0 }
            guard let previous else { break }
            op = previous
        }
        return OpID(op)
    }
}

extension OpGraph {
    /// True when no op writes the tensor and some op reads it.
    public func isGraphInput(_ tensor: TensorID) -> Bool {
        producers[tensor.index] == nil && !readers[tensor.index].isEmpty
    }

    /// True when some op writes the tensor and no op reads it.
    public func isGraphOutput(_ tensor: TensorID) -> Bool {
        producers[tensor.index] != nil && readers[tensor.index].isEmpty
    }
}
