import CostModel
import TensorGraph

/// Candidates in the form that searches and programs need: sets as bits, hand-offs by number.
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
        /// Ops that have run before, because all that the step finds was made by them or from what they made.
        var upstream = OpSet()

        /// Ops that can run here for the first time.
        var first: OpSet { ops.subtracting(upstream) }
    }

    let opCount: Int
    let columns: [Column]
    /// Sets of tensors handed over; number 0 is the empty set.
    let handOffs: [[TensorID]]
    /// Candidates that retain each hand-off.
    let retaining: [[Int32]]
    /// Candidates that retain nothing, by each tensor that they evict.
    let evicting: [[Int32]]
    /// Candidates that retain nothing and are handed something.
    let endingLifetimes: [Int32]
    /// Tensors that ops write, by number.
    let tensors: [TensorID]
    /// Tensors that have to be in slow memory in the end, by number: the graph outputs, or what a window owes to
    /// others.
    let required: OpSet
    /// Ops that have to run so that they are.
    let mustRun: OpSet
    /// Number of the set that is handed to the first step; 0 for none.
    let start: Int
    /// Numbers of the sets that the last step may retain.
    private(set) var endings: [Int] = [0]
    /// Number of the set that the last step has to retain, because a step outside takes it; 0 for none.
    private(set) var owed = 0
    /// For each written tensor, the ops that have to run so that it exists.
    let ancestorsOfTensor: [OpSet]
    /// For each hand-off, the ops that have to run so that it exists.
    let ancestorsOfHandOff: [OpSet]

    /// Numbers the candidates' sets; nil when the problem has more ops or written tensors than a set holds.
    ///
    /// - Parameter cost: what a candidate costs: its latency, or a lower bound of it.
    init?(
        _ candidates: [Candidate], of subproblem: Subproblem, cost: (Candidate) -> Double = { $0.latency }
    ) {
        let problem = subproblem.problem
        let border = subproblem.border
        let given = border.resident
        let available = Set(border.available)
        let written = Self.writtenTensors(problem, given: given)
        guard written.count <= OpSet.capacity, problem.ops.count <= OpSet.capacity else { return nil }
        opCount = problem.ops.count
        tensors = written
        var number = [Int](repeating: -1, count: problem.tensors.count)
        for (index, tensor) in written.enumerated() { number[tensor.index] = index }
        var handOffs: [[TensorID]] = [[]]
        var numberOfSet: [[TensorID]: Int32] = [[]: 0]
        func handOff(_ set: [TensorID]) -> Int32 {
            if let known = numberOfSet[set] { return known }
            numberOfSet[set] = Int32(handOffs.count)
            handOffs.append(set)
            return Int32(handOffs.count - 1)
        }
        var columns = candidates.map { candidate in
            Column(
                ops: OpSet(candidate.ops.map(\.index)), latency: cost(candidate),
                slowReads: OpSet(candidate.slowReads.lazy.filter { !available.contains($0) }.map { number[$0.index] }),
                evicted: OpSet(candidate.evicted.map { number[$0.index] }),
                resident: handOff(candidate.resident), retained: handOff(candidate.retained))
        }
        start = Int(handOff(given))
        let owed = Int(handOff(border.retained))
        self.handOffs = handOffs
        let ancestors = Self.ancestors(problem, given: given, available: available)
        let ofTensor = written.map { tensor in
            problem.graph.producers[tensor.index].map { ancestors[$0.index] } ?? OpSet()
        }
        var ofHandOff = handOffs.map { set in
            set.reduce(OpSet()) { $0.union(ofTensor[number[$1.index]]) }
        }
        ofHandOff[start] = OpSet()
        for index in columns.indices {
            var upstream = ofHandOff[Int(columns[index].resident)]
            columns[index].slowReads.forEach { upstream = upstream.union(ofTensor[$0]) }
            columns[index].upstream = upstream
        }
        self.columns = columns
        ancestorsOfTensor = ofTensor
        ancestorsOfHandOff = ofHandOff
        var retaining = [[Int32]](repeating: [], count: handOffs.count)
        for (index, column) in columns.enumerated() { retaining[Int(column.retained)].append(Int32(index)) }
        self.retaining = retaining
        var evicting = [[Int32]](repeating: [], count: written.count)
        for index in retaining[0] { columns[Int(index)].evicted.forEach { evicting[$0].append(index) } }
        self.evicting = evicting
        endingLifetimes = retaining[0].filter { columns[Int($0)].resident != 0 }
        let wanted = Set(border.required)
        required = OpSet(written.indices.filter { wanted.contains(written[$0]) })
        var mustRun = ofHandOff[owed]
        required.forEach { mustRun = mustRun.union(ofTensor[$0]) }
        self.mustRun = mustRun
        if border.endsSchedule {
            endings += handOffs.indices.dropFirst().filter(canBeThrownAway)
        } else {
            self.owed = owed
            endings = [owed]
        }
    }

    /// The tensors that ops write, and those given: the position of each is its number.
    static func writtenTensors(_ problem: Problem, given: [TensorID] = []) -> [TensorID] {
        problem.tensors.indices.map { TensorID($0) }.filter {
            problem.graph.producers[$0.index] != nil || given.contains($0)
        }
    }

    /// For each op, itself and the ops that have to run before it.
    private static func ancestors(_ problem: Problem, given: [TensorID], available: Set<TensorID>) -> [OpSet] {
        var ancestors = [OpSet](repeating: OpSet(), count: problem.ops.count)
        for op in problem.graph.topologicalOrder {
            ancestors[op.index].insert(op.index)
            for tensor in problem[op].inputs {
                // What is handed to the first step can be read without being made, even if an op here makes it as well.
                if let producer = problem.graph.producers[tensor.index], !available.contains(tensor),
                    !given.contains(tensor)
                {
                    ancestors[op.index] = ancestors[op.index].union(ancestors[producer.index])
                }
            }
        }
        return ancestors
    }

    /// True when a last step can retain this set: it then throws it away, and is of use only if it evicts a graph
    /// output.
    private func canBeThrownAway(_ handOff: Int) -> Bool {
        retaining[handOff].contains { !columns[Int($0)].evicted.isDisjoint(with: required) }
    }

    /// True when the last step can retain this set although no step takes it over.
    func canEnd(_ handOff: Int) -> Bool { handOff != owed && endings.contains(handOff) }
}
