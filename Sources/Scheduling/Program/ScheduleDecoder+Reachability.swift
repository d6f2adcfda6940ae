import MIP
import TensorGraph

extension ScheduleDecoder {
    /// The row that forbids steps which the chosen ones alone cannot make possible in any order and any number of
    /// copies; nil when there are none of that kind.
    ///
    /// Run, as often as need be, whatever chosen step finds what it reads in slow memory and its resident set handed
    /// over by one that has run: the rest U is out of reach. *Proof of the row*: in a schedule with some step of U,
    /// take the first. What it lacks, a tensor in slow memory or its resident set, is due to a step that is not chosen
    /// here, since all chosen ones before it are within reach and do not supply it. So, with `help` for the steps that
    /// evict a tensor or retain a set that U lacks, sum of U <= (copies of U) * sum of help.
    func reachabilityCut(_ chosen: [Int]) -> OrderCut? {
        var left = Set(chosen)
        var stored = OpSet()
        var handedOver: Set<Int32> = [0]
        while let next = left.first(where: {
            columns.columns[$0].slowReads.isSubset(of: stored) && handedOver.contains(columns.columns[$0].resident)
        }) {
            left.remove(next)
            stored = stored.union(columns.columns[next].evicted)
            handedOver.insert(columns.columns[next].retained)
        }
        guard !left.isEmpty else { return nil }
        let lacking = left.reduce(OpSet()) { $0.union(columns.columns[$1].slowReads) }.subtracting(stored)
        let sets = Set(left.map { columns.columns[$0].resident }).subtracting(handedOver)
        let all = Set(chosen)
        var unreachable: [Term] = []
        var help: [ColumnID] = []
        var copies = 0.0
        for (index, candidate) in formulation.candidateOfColumn.enumerated() {
            let column = columns.columns[candidate]
            if left.contains(candidate) {
                unreachable.append(Term(1, ColumnID(index)))
                copies += formulation.model.columns[index].bounds.upper
            } else if !all.contains(candidate),
                !column.evicted.isDisjoint(with: lacking) || sets.contains(column.retained)
            {
                help.append(ColumnID(index))
            }
        }
        let name = "reach_" + left.sorted().prefix(8).map(String.init).joined(separator: "_")
        return OrderCut(row: Row(name, unreachable + help.map { Term(-copies, $0) }, .atMost(0)), isExact: true)
    }
}
