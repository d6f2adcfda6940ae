import MIP
import TensorGraph

extension ScheduleFormulation {
    /// Rows of C6 that forbid a step to take over what only it leaves: for each set H, steps that find H and retain H
    /// again are there only if a step retains H that does not find it.
    ///
    /// Valid for every schedule: the first step of all that retains H cannot have found it. Another solver needs them,
    /// since a step with both adds nothing to its hand-off's row, and order cuts are written only where branch and
    /// bound met one.
    func beginRows() -> [Row] {
        columns.handOffs.indices.dropFirst().compactMap { number in
            guard number != columns.start else { return nil }
            var passing: [ColumnID] = []
            var beginning: [ColumnID] = []
            var most = 0.0
            for (index, candidate) in candidateOfColumn.enumerated() where columns.columns[candidate].retained == number
            {
                if columns.columns[candidate].resident == number {
                    passing.append(ColumnID(index))
                    most += model.columns[index].bounds.upper
                } else {
                    beginning.append(ColumnID(index))
                }
            }
            guard !passing.isEmpty else { return nil }
            let name = "begin_" + columns.handOffs[number].map { "t\($0)" }.joined(separator: "_")
            return Row(
                String(name.prefix(100)), passing.map { Term(1, $0) } + beginning.map { Term(-most, $0) }, .atMost(0))
        }
    }
}
