import MIP
import TensorGraph

extension ScheduleFormulation {
    /// Cuts `x <= sum of evictors` that a fractional point breaks, the most broken first; valid at both levels.
    ///
    /// A step that reads a tensor from slow memory needs some step that evicts it.
    func supplyCuts(at point: [Double], limit: Int) -> [Row] {
        var cuts: [(excess: Double, row: Row)] = []
        for (number, tensor) in columns.tensors.enumerated() {
            var evictors: [Term] = []
            var supplied = 0.0
            for (index, candidate) in candidateOfColumn.enumerated()
            where columns.columns[candidate].evicted.contains(number) {
                evictors.append(Term(-1, ColumnID(index)))
                supplied += point[index]
            }
            guard supplied < 1 - Tolerance.violation else { continue }
            for (index, candidate) in candidateOfColumn.enumerated()
            where columns.columns[candidate].slowReads.contains(number) {
                let copies = model.columns[index].bounds.upper
                let excess = point[index] / copies - supplied
                guard excess > Tolerance.violation else { continue }
                cuts.append(
                    (
                        excess,
                        Row("read_t\(tensor)_x\(candidate)", [Term(1 / copies, ColumnID(index))] + evictors, .atMost(0))
                    ))
            }
        }
        return cuts.sorted { $0.excess > $1.excess }.prefix(limit).map(\.row)
    }
}
