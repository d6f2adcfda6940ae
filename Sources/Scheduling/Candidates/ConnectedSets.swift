import CostModel
import TensorGraph

/// Enumerates the connected op sets of a graph, each once, leaving out those that no step can have.
///
/// A set is grown from its most downstream op by neighbours (ops that touch a common tensor); each branch of the
/// search decides for one neighbour whether it is in or out (after Wernicke, "Efficient Detection of Network Motifs",
/// 2006). A branch is cut only for what every set in it has in common; see ``BranchPruner``.
struct ConnectedSets {
    /// Ops renumbered: 0 is the last in topological order, so that whatever reads an op has a smaller number.
    let opOfNumber: [OpID]
    /// Sets that have been looked at, allowed or not.
    private(set) var visited = 0
    private let neighbours: [OpSet]
    /// For each op, the ops that are in a set if and only if it is, itself included.
    private let group: [OpSet]
    private let all: OpSet
    private var pruner: BranchPruner

    /// Number of ops.
    var count: Int { opOfNumber.count }

    /// Prepares the enumeration; the graph has at most ``OpSet/capacity`` ops.
    ///
    /// - Parameter groups: disjoint connected sets of ops, together all of them, that no set divides; nil for single
    ///   ops.
    init(_ problem: Problem, reductionCap: ReductionCap, groups: [OpSet]? = nil) {
        let order = Array(problem.graph.topologicalOrder.reversed())
        opOfNumber = order
        var touching = [OpSet](repeating: OpSet(), count: problem.tensors.count)
        for (index, op) in order.enumerated() {
            for tensor in problem[op].inputs + problem[op].outputs { touching[tensor.index].insert(index) }
        }
        var group = order.indices.map { OpSet([$0]) }
        if let groups {
            var number = [Int](repeating: 0, count: order.count)
            for (index, op) in order.enumerated() { number[op.index] = index }
            for ops in groups {
                let numbers = OpSet(ops.members.map { number[$0] })
                numbers.forEach { group[$0] = numbers }
            }
        }
        self.group = group
        neighbours = order.indices.map { index in
            var joined = OpSet()
            group[index].forEach { member in
                let op = problem[order[member]]
                for tensor in op.inputs + op.outputs { joined = joined.union(touching[tensor.index]) }
            }
            return joined.subtracting(group[index])
        }
        all = OpSet(order.indices)
        pruner = BranchPruner(problem, order: order, deepest: reductionCap.limit(problem.hardware))
    }

    /// Calls `visit` with every connected set whose smallest number is `root` and whose outputs have one shape.
    ///
    /// - Parameters:
    ///   - continues: asked at every set looked at, with their number so far; false ends the enumeration.
    ///   - visit: also told whether the set can fit in fast memory: false when it does at no granularity, but true is
    ///     no promise.
    /// - Returns: whether the enumeration ran to its end.
    mutating func enumerate(
        root: Int, continues: (Int) -> Bool = { _ in true }, visit: (_ set: OpSet, _ canFit: Bool) -> Void
    ) -> Bool {
        let set = group[root]
        guard set.first == root else { return true }
        var excluded = OpSet()
        for number in 0..<root { excluded = excluded.union(group[number]) }
        return grow(set, neighbours[root].subtracting(excluded), excluded, continues, visit)
    }

    /// - Parameters:
    ///   - candidates: neighbours of the set about which nothing is decided.
    ///   - excluded: ops that are out.
    private mutating func grow(
        _ set: OpSet, _ candidates: OpSet, _ excluded: OpSet, _ continues: (Int) -> Bool,
        _ visit: (_ set: OpSet, _ canFit: Bool) -> Void
    ) -> Bool {
        guard pruner.allowSteps(including: set, excluding: excluded) else { return true }
        visited += 1
        guard continues(visited) else { return false }
        if pruner.haveOneShape(set) {
            let canFit = pruner.allowSteps(including: set, excluding: all.subtracting(set))
            visit(set, canFit)
        }
        var candidates = candidates
        var excluded = excluded
        while let next = candidates.first {
            candidates = candidates.subtracting(group[next])
            let larger = set.union(group[next])
            let added = neighbours[next].subtracting(excluded).subtracting(larger)
            guard grow(larger, candidates.union(added), excluded, continues, visit) else { return false }
            excluded = excluded.union(group[next])
            guard pruner.allowSteps(including: set, excluding: excluded) else { return true }
        }
        return true
    }
}
