import MIP
import TensorGraph

/// The row C2' of an op o and a tensor t: o runs for the first time without reading t from slow memory, or an earlier
/// step evicted t (`models/README.md` derives it).
///
///     sum of x over steps that can run o for the first time and do not read t from slow memory
///     + sum of x over steps that evict t and neither have o nor find anything that o made  >=  1
///
/// *Proof.* Take the step of o's first execution; o is in its ``CandidateColumns/Column/first``. If it reads t from
/// slow memory, an earlier step evicted t. That step does not have o, or this would not be the first execution, and
/// nothing that it finds was made from what o writes, or o would have run before it. The two sums have no step in
/// common: those of the first have o, those of the second do not.
struct ReachRow: Hashable, Sendable {
    /// The op, by index.
    var op: Int
    /// The tensor, by its number in ``CandidateColumns/tensors``.
    var tensor: Int

    /// 1 if the row counts the column, else 0.
    func counts(_ column: CandidateColumns.Column) -> Bool {
        if column.ops.contains(op) { return !column.upstream.contains(op) && !column.slowReads.contains(tensor) }
        return column.evicted.contains(tensor) && !column.upstream.contains(op)
    }
}

/// Finds the rows C2' that a fractional point breaks.
struct ReachSeparation {
    private let columns: CandidateColumns
    /// Ops that every schedule has; the rows hold for these.
    private let ops: [Int]

    /// A row counts as broken when it falls short by more than this: smaller violations move no bound.
    private static let tolerance = 1e-4

    init(_ columns: CandidateColumns) {
        self.columns = columns
        ops = columns.mustRun.members
    }

    /// Rows that a choice of columns breaks, the most broken first.
    ///
    /// - Parameters:
    ///   - weights: columns and how much of each is chosen; those chosen not at all may be left out.
    ///   - limit: rows returned at most.
    /// - Complexity: O(*n t* + *s n*) for *n* ops, *t* tensors that ops write and *s* weights.
    func broken(by weights: [(column: Int, weight: Double)], limit: Int) -> [ReachRow] {
        let tensors = columns.tensors.count
        var first = [Double](repeating: 0, count: columns.opCount)
        var evicted = [Double](repeating: 0, count: tensors)
        // What the row does not count of its op's first executions, and of its tensor's evictions.
        var reading = [Double](repeating: 0, count: columns.opCount * tensors)
        var late = reading
        for (index, weight) in weights where weight > 0 {
            let column = columns.columns[index]
            let known = column.ops.union(column.upstream)
            column.first.forEach { op in
                first[op] += weight
                column.slowReads.forEach { reading[op * tensors + $0] += weight }
            }
            column.evicted.forEach { tensor in
                evicted[tensor] += weight
                known.forEach { late[$0 * tensors + tensor] += weight }
            }
        }
        var found: [(left: Double, row: ReachRow)] = []
        for op in ops {
            for tensor in 0..<tensors where reading[op * tensors + tensor] > 0 {
                let place = op * tensors + tensor
                let left = first[op] - reading[place] + evicted[tensor] - late[place]
                if left < 1 - Self.tolerance { found.append((left, ReachRow(op: op, tensor: tensor))) }
            }
        }
        found.sort { ($0.left, $0.row.op, $0.row.tensor) < ($1.left, $1.row.op, $1.row.tensor) }
        return found.prefix(limit).map(\.row)
    }
}

extension ScheduleFormulation {
    /// Rows C2' that a fractional point breaks, the most broken first; none at the level `partition`, whose supply rows
    /// say more.
    func reachRows(at point: [Double], limit: Int) -> [ReachRow] {
        guard level == .recompute else { return [] }
        return ReachSeparation(columns).broken(
            by: candidateOfColumn.indices.compactMap { point[$0] > 1e-9 ? (candidateOfColumn[$0], point[$0]) : nil },
            limit: limit)
    }

    /// The row of the model.
    func row(_ reach: ReachRow) -> Row {
        let terms = candidateOfColumn.enumerated().compactMap { index, candidate in
            reach.counts(columns.columns[candidate]) ? Term(1, ColumnID(index)) : nil
        }
        return Row("reach_o\(reach.op)_t\(columns.tensors[reach.tensor])", terms, .atLeast(1))
    }
}
