import TensorGraph

/// Listed steps that two others, one after the other, replace at no more cost: a proof over the list needs none of
/// them.
///
/// Where equal heads share an operand, a step of three often costs as much as three steps of one: many schedules cost
/// the same, and branch and bound looks at all of them.
///
/// Steps A and B replace S if
/// - A finds what S finds, B finds what A retains, and B retains what S does;
/// - A reads nothing from slow memory that S does not, and B nothing but that and what A evicts;
/// - they have the ops of S, each op in one of them, and evict what S does;
/// - their latencies add up to at most the lower bound of S.
///
/// *Proof.* In a schedule with S, A and B can take its place: what they read is there, the step before retains what A
/// finds, the step after finds what B retains, and A or B evicts what others read of S. The schedule costs no more. Say
/// that a schedule is simpler than another if the numbers of ops in its steps, the largest first, come earlier in the
/// order of words; then A and B made it simpler. A simplest one of all schedules that cost least has no step that two
/// others replace. Nor does it retain what the next step does not read where ``ThrowAway`` says that this cannot pay,
/// since taking that away makes it simpler too. So where a list has every step of the best schedules but such ones, the
/// simplest of them is still made of what is left.
struct SplitSteps {
    private let columns: [CandidateColumns.Column]
    private let latencies: [Double]
    private let byOps: [OpSet: [Int32]]

    /// Steps with more ops have too many parts to try.
    private static let mostOps = 10

    /// - Parameter columns: of the candidates, with their lower bounds as costs.
    init(_ columns: CandidateColumns, _ candidates: [Candidate]) {
        self.columns = columns.columns
        latencies = candidates.map(\.latency)
        var byOps: [OpSet: [Int32]] = [:]
        for (index, column) in columns.columns.enumerated() { byOps[column.ops, default: []].append(Int32(index)) }
        self.byOps = byOps
    }

    /// For each candidate, whether it is dropped.
    ///
    /// - Parameter isStopped: polled; once it is true no more are looked at, and those stay.
    func dropped(isStopped: () -> Bool = { false }) -> [Bool] {
        columns.indices.map { !isStopped() && isReplaced($0) }
    }

    /// Whether two others replace this one.
    private func isReplaced(_ index: Int) -> Bool {
        let whole = columns[index]
        let ops = whole.ops.members
        guard (2...Self.mostOps).contains(ops.count) else { return false }
        for mask in 1..<(1 << ops.count) - 1 {
            var part = OpSet()
            for (position, op) in ops.enumerated() where mask >> position & 1 == 1 { part.insert(op) }
            guard let firsts = byOps[part], let seconds = byOps[whole.ops.subtracting(part)] else { continue }
            for first in firsts where canBegin(Int(first), whole) {
                if seconds.contains(where: { replaces(Int(first), Int($0), whole) }) { return true }
            }
        }
        return false
    }

    @inline(__always)
    private func canBegin(_ first: Int, _ whole: CandidateColumns.Column) -> Bool {
        columns[first].resident == whole.resident && columns[first].slowReads.isSubset(of: whole.slowReads)
            && latencies[first] <= whole.latency
    }

    @inline(__always)
    private func replaces(_ first: Int, _ second: Int, _ whole: CandidateColumns.Column) -> Bool {
        let (a, b) = (columns[first], columns[second])
        return b.resident == a.retained && b.retained == whole.retained
            && b.slowReads.isSubset(of: whole.slowReads.union(a.evicted))
            && whole.evicted.isSubset(of: a.evicted.union(b.evicted))
            && latencies[first] + latencies[second] <= whole.latency
    }
}
