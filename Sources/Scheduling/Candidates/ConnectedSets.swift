import CostModel
import TensorGraph

/// Enumerates the connected op sets of a graph, each once, leaving out those that no step can have.
///
/// A set is grown from its most downstream op by neighbours (ops that touch a common tensor); each branch of the
/// search decides for one neighbour whether it is in or out (after Wernicke, "Efficient Detection of Network Motifs",
/// 2006). A branch is cut only for what every set in it has in common; see ``BranchFacts``.
struct ConnectedSets {
    /// Ops renumbered: 0 is the last in topological order, so that whatever reads an op has a smaller number.
    let opOfNumber: [OpID]
    /// Sets that have been looked at, allowed or not.
    private(set) var visited = 0
    private let neighbours: [OpSet]
    private let all: OpSet
    private var facts: BranchFacts

    /// Number of ops.
    var count: Int { opOfNumber.count }

    /// Prepares the enumeration; the graph has at most ``OpSet/capacity`` ops.
    init(_ problem: Problem, reductionCap: ReductionCap) {
        let order = Array(problem.graph.topologicalOrder.reversed())
        opOfNumber = order
        var touching = [OpSet](repeating: OpSet(), count: problem.tensors.count)
        for (index, op) in order.enumerated() {
            for tensor in problem[op].inputs + problem[op].outputs { touching[tensor.index].insert(index) }
        }
        neighbours = order.enumerated().map { index, op in
            var joined = OpSet()
            for tensor in problem[op].inputs + problem[op].outputs { joined = joined.union(touching[tensor.index]) }
            joined.remove(index)
            return joined
        }
        all = OpSet(order.indices)
        facts = BranchFacts(problem, order: order, deepest: reductionCap.limit(problem.hardware))
    }

    /// Calls `visit` with every connected set whose smallest number is `root` and whose outputs have one shape.
    ///
    /// - Parameter visit: also told whether the set can fit in fast memory: false when it does at no granularity, but
    ///   true is no promise. Returns false to end the enumeration.
    /// - Returns: whether the enumeration ran to its end.
    mutating func enumerate(root: Int, visit: (_ set: OpSet, _ canFit: Bool) -> Bool) -> Bool {
        var excluded = OpSet()
        for number in 0..<root { excluded.insert(number) }
        var set = OpSet()
        set.insert(root)
        return grow(set, neighbours[root].subtracting(excluded), excluded, visit)
    }

    /// - Parameters:
    ///   - candidates: neighbours of the set about which nothing is decided.
    ///   - excluded: ops that are out.
    private mutating func grow(
        _ set: OpSet, _ candidates: OpSet, _ excluded: OpSet, _ visit: (_ set: OpSet, _ canFit: Bool) -> Bool
    ) -> Bool {
        guard facts.allowSteps(including: set, excluding: excluded) else { return true }
        visited += 1
        if facts.haveOneShape(set) {
            let canFit = facts.allowSteps(including: set, excluding: all.subtracting(set))
            guard visit(set, canFit) else { return false }
        }
        var candidates = candidates
        var excluded = excluded
        while let next = candidates.first {
            candidates.remove(next)
            var larger = set
            larger.insert(next)
            let added = neighbours[next].subtracting(excluded).subtracting(larger)
            guard grow(larger, candidates.union(added), excluded, visit) else { return false }
            excluded.insert(next)
            guard facts.allowSteps(including: set, excluding: excluded) else { return true }
        }
        return true
    }
}
