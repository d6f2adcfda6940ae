import TensorGraph

/// How the steps of a schedule depend on each other, with steps joined by hand-offs as one node.
struct ChainGraph {
    /// Positions in the schedule of each chain's steps, in order. Chains are numbered in the order of the schedule.
    let members: [[Int]]
    /// Chains that read what a chain evicts.
    let successors: [[Int]]
    /// Chains that a chain shares a tensor with: suppliers, readers, and readers of the same tensor, with the number of
    /// such tensors.
    let neighbours: [[(chain: Int, tensors: Int)]]
    /// Ops in each chain, those in several of its steps counted as often.
    let opCounts: [Int]

    /// Readers of one tensor looked at on either side of a chain.
    private static let reach = 4

    /// - Complexity: O(steps and tensors that they touch).
    init(_ steps: [Candidate], problem: Problem) {
        var members: [[Int]] = []
        var chainOf: [Int] = []
        for (index, step) in steps.enumerated() {
            if step.resident.isEmpty || members.isEmpty { members.append([]) }
            members[members.count - 1].append(index)
            chainOf.append(members.count - 1)
        }
        var supplier = [Int](repeating: -1, count: problem.tensors.count)
        var readers = [[Int]](repeating: [], count: problem.tensors.count)
        for (index, step) in steps.enumerated() {
            let chain = chainOf[index]
            for tensor in step.evicted where supplier[tensor.index] < 0 { supplier[tensor.index] = chain }
            for op in step.ops {
                for tensor in problem[op].inputs where readers[tensor.index].last != chain {
                    readers[tensor.index].append(chain)
                }
            }
        }
        var successors = [[Int]](repeating: [], count: members.count)
        var shared = [[Int: Int]](repeating: [:], count: members.count)
        func join(_ a: Int, _ b: Int) {
            guard a != b else { return }
            shared[a][b, default: 0] += 1
            shared[b][a, default: 0] += 1
        }
        for (index, step) in steps.enumerated() {
            for tensor in step.slowReads {
                let from = supplier[tensor.index]
                guard from >= 0, from != chainOf[index] else { continue }
                if successors[from].last != chainOf[index] { successors[from].append(chainOf[index]) }
            }
        }
        for tensor in problem.tensors.indices {
            let chains = readers[tensor]
            for (place, chain) in chains.enumerated() {
                if supplier[tensor] >= 0 { join(supplier[tensor], chain) }
                for other in chains[min(place + 1, chains.count)..<min(place + 1 + Self.reach, chains.count)] {
                    join(chain, other)
                }
            }
        }
        self.members = members
        self.successors = successors
        neighbours = shared.map { $0.sorted { $0.key < $1.key }.map { (chain: $0.key, tensors: $0.value) } }
        opCounts = members.map { $0.reduce(0) { $0 + steps[$1].ops.count } }
    }
}

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
