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
