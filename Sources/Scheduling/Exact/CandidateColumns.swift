import CostModel
import TensorGraph

/// Candidates in the form that searches and programs need: sets as bits, hand-overs by number.
struct CandidateColumns: Sendable {
    struct Column: Sendable {
        var ops: OpSet
        var latency: Double
        /// Tensors read from slow memory that some op writes, by number.
        var slowReads: OpSet
        /// Tensors evicted, by number.
        var evicted: OpSet
        /// Number of the set that must be resident; 0 for none.
        var resident: Int32
        /// Number of the set retained; 0 for none.
        var retained: Int32
    }

    let opCount: Int
    let columns: [Column]
    /// Sets of tensors handed over; number 0 is the empty set.
    let handOvers: [[TensorID]]
    /// Candidates that retain each hand-over.
    let retaining: [[Int32]]
    /// Candidates that retain nothing, by each tensor that they evict.
    let evicting: [[Int32]]
    /// Candidates that retain nothing and are handed something.
    let endingLifetimes: [Int32]
    /// Tensors that ops write, by number.
    let tensors: [TensorID]
    /// Graph outputs, by number.
    let graphOutputs: OpSet
    /// For each written tensor, the ops that have to run so that it exists.
    let ancestorsOfTensor: [OpSet]
    /// For each hand-over, the ops that have to run so that it exists.
    let ancestorsOfHandOver: [OpSet]

    /// Numbers the candidates' sets; nil when the problem has more ops or written tensors than a set holds.
    ///
    /// - Parameter cost: what a candidate costs: its latency, or a lower bound of it.
    init?(_ candidates: [Candidate], problem: Problem, cost: (Candidate) -> Double = { $0.latency }) {
        let written = problem.tensors.indices.map { TensorID($0) }.filter {
            problem.graph.producers[$0.index] != nil
        }
        guard written.count <= OpSet.capacity, problem.ops.count <= OpSet.capacity else { return nil }
        opCount = problem.ops.count
        tensors = written
        var number = [Int](repeating: -1, count: problem.tensors.count)
        for (index, tensor) in written.enumerated() { number[tensor.index] = index }
        var handOvers: [[TensorID]] = [[]]
        var numberOfSet: [[TensorID]: Int32] = [[]: 0]
        func handOver(_ set: [TensorID]) -> Int32 {
            if let known = numberOfSet[set] { return known }
            numberOfSet[set] = Int32(handOvers.count)
            handOvers.append(set)
            return Int32(handOvers.count - 1)
        }
        columns = candidates.map { candidate in
            Column(
                ops: OpSet(candidate.ops.map(\.index)), latency: cost(candidate),
                slowReads: OpSet(candidate.slowReads.map { number[$0.index] }),
                evicted: OpSet(candidate.evicted.map { number[$0.index] }),
                resident: handOver(candidate.resident), retained: handOver(candidate.retained))
        }
        self.handOvers = handOvers
        var retaining = [[Int32]](repeating: [], count: handOvers.count)
        for (index, column) in columns.enumerated() { retaining[Int(column.retained)].append(Int32(index)) }
        self.retaining = retaining
        var evicting = [[Int32]](repeating: [], count: written.count)
        for index in retaining[0] { columns[Int(index)].evicted.forEach { evicting[$0].append(index) } }
        self.evicting = evicting
        let all = columns
        endingLifetimes = retaining[0].filter { all[Int($0)].resident != 0 }
        graphOutputs = OpSet(written.indices.filter { problem.graph.readers[written[$0].index].isEmpty })
        var ancestors = [OpSet](repeating: OpSet(), count: problem.ops.count)
        for op in problem.graph.topologicalOrder {
            ancestors[op.index].insert(op.index)
            for tensor in problem[op].inputs {
                if let producer = problem.graph.producers[tensor.index] {
                    ancestors[op.index] = ancestors[op.index].union(ancestors[producer.index])
                }
            }
        }
        ancestorsOfTensor = written.map { tensor in
            problem.graph.producers[tensor.index].map { ancestors[$0.index] } ?? OpSet()
        }
        let ofTensor = ancestorsOfTensor
        ancestorsOfHandOver = handOvers.map { set in
            set.reduce(OpSet()) { $0.union(ofTensor[number[$1.index]]) }
        }
    }

    /// True when a last step can retain this set: it then throws it away, and is of use only if it evicts a graph output.
    func canEnd(_ handOver: Int) -> Bool {
        retaining[handOver].contains { !columns[Int($0)].evicted.isDisjoint(with: graphOutputs) }
    }
}
