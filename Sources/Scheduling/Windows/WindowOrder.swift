/// Chains of a schedule, merged into windows one after the other so that all can follow each other in some order.
final class WindowOrder {
    private let graph: ChainGraph
    private var order: AcyclicOrder
    /// For each chain the group that it has been merged into.
    private var group: [Int]
    private var members: [[Int]]

    init(_ graph: ChainGraph) {
        self.graph = graph
        order = AcyclicOrder(Array(graph.members.indices))
        group = Array(graph.members.indices)
        members = graph.members.indices.map { [$0] }
    }

    /// Merges a group's chains with one more chain, unless the result could not be ordered.
    func merge(_ first: Int, _ second: Int) -> Bool {
        let (head, tail) = (group[first], group[second])
        guard head != tail else { return false }
        let merged = order.merge([head, tail]) { node, body in
            for member in self.members[node] {
                for next in self.graph.successors[member] where self.group[next] != node { body(self.group[next]) }
            }
        }
        guard merged else { return false }
        for member in members[tail] { group[member] = head }
        members[head] = (members[head] + members[tail]).sorted()
        members[tail] = []
        return true
    }

    /// True when the chain is still by itself.
    func isAlone(_ chain: Int) -> Bool { group[chain] == chain && members[chain].count == 1 }

    /// All groups in an order in which they can run, each with its chains in the order of the schedule.
    var groups: [[Int]] { order.nodes.map { members[$0] } }
}
