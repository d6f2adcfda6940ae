import TensorGraph

/// Listed steps whose hand-offs save nothing: a proof over the list needs none of them.
///
/// Where compute takes all the time, a tensor may be handed over or not, and schedules differ in nothing else.
///
/// Step A retains the set H, and step B finds it. A' has the ops of A and finds what A finds, reads no more from slow
/// memory, retains nothing, and evicts what A does; of H it evicts or has read all that an op made. B' has the ops of B
/// and retains what B does, finds nothing, evicts what B does, and reads nothing from slow memory but H and what B
/// reads. So A' and B' can take the places of A and B, and where they cost no more, the pair is in vain. B is dropped
/// where it is in vain after each A that is left; A where it is before each B that is left, and, if it can end the
/// schedule, where A' costs no more than A.
///
/// *Proof.* Of the simplest of the schedules that cost least (``SplitSteps``), take one that retains the fewest
/// tensors. It has no pair in vain: the steps that take its place have the same ops and retain less. So in turn none of
/// its steps is dropped.
struct VainHandOffs {
    private let columns: CandidateColumns
    /// By column: what doing without the hand-off that it makes, or finds, costs more; infinite where that is not
    /// listed.
    private var makingLess: [Double]
    private var findingLess: [Double]

    /// - Parameter columns: of the candidates, with their lower bounds as costs.
    init(_ columns: CandidateColumns, _ candidates: [Candidate]) {
        self.columns = columns
        makingLess = [Double](repeating: .infinity, count: candidates.count)
        findingLess = makingLess
        let numbers = Dictionary(uniqueKeysWithValues: columns.tensors.enumerated().map { ($1, $0) })
        let sets = columns.handOffs.map { OpSet($0.lazy.compactMap { numbers[$0] }) }
        for alike in Dictionary(grouping: columns.columns.indices, by: { columns.columns[$0].ops }).values {
            for index in alike {
                for other in alike {
                    compare(index, other, costing: candidates[other].latency - columns.columns[index].latency, sets)
                }
            }
        }
    }

    /// Notes what it costs more to take another step of the same ops, where that does without a hand-off.
    private mutating func compare(_ index: Int, _ other: Int, costing more: Double, _ sets: [OpSet]) {
        let (column, instead) = (columns.columns[index], columns.columns[other])
        guard column.evicted.isSubset(of: instead.evicted) else { return }
        if column.retained != 0, instead.retained == 0, instead.resident == column.resident,
            instead.slowReads.isSubset(of: column.slowReads),
            sets[Int(column.retained)].isSubset(of: instead.evicted.union(instead.slowReads))
        {
            makingLess[index] = min(makingLess[index], more)
        }
        if column.resident != 0, instead.resident == 0, instead.retained == column.retained,
            instead.slowReads.isSubset(of: column.slowReads.union(sets[Int(column.resident)]))
        {
            findingLess[index] = min(findingLess[index], more)
        }
    }

    /// For each column, whether it is dropped.
    func dropped() -> [Bool] {
        var dropped = [Bool](repeating: false, count: columns.columns.count)
        var makers = [[Int]](repeating: [], count: columns.handOffs.count)
        var finders = makers
        for (index, column) in columns.columns.enumerated() {
            makers[Int(column.retained)].append(index)
            finders[Int(column.resident)].append(index)
        }
        var hasChanged = true
        while hasChanged {
            hasChanged = false
            for handOff in columns.handOffs.indices.dropFirst() {
                func most(_ steps: [Int], _ less: [Double]) -> Double {
                    steps.lazy.filter { !dropped[$0] }.map { less[$0] }.max() ?? -.infinity
                }
                let mostMaking = most(makers[handOff], makingLess)
                for step in finders[handOff] where !dropped[step] && mostMaking + findingLess[step] <= 0 {
                    dropped[step] = true
                    hasChanged = true
                }
                var mostFinding = most(finders[handOff], findingLess)
                if columns.canEnd(handOff) { mostFinding = max(0, mostFinding) }
                for step in makers[handOff] where !dropped[step] && mostFinding + makingLess[step] <= 0 {
                    dropped[step] = true
                    hasChanged = true
                }
            }
        }
        return dropped
    }
}
