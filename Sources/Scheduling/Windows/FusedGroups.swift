import TensorGraph

/// Sets of ops that no step of a coarse window divides, so that windows of many ops have few candidates.
enum FusedGroups {
    /// Groups of ops, together all of them: ops of one step that touch a common tensor are joined at random until there
    /// are about so many groups.
    static func groups(
        of window: Subproblem, current: [Candidate], count: Double, using random: inout RandomSource
    ) -> [OpSet] {
        let count = Int((count * Double.random(in: 0.7...1.1, using: &random)).rounded())
        var groupOf = Array(window.ops.indices)
        var left = window.ops.count
        // Pairs of ops that touch a common tensor and share all of their steps.
        var stepsOf = [OpSet](repeating: OpSet(), count: window.ops.count)
        for (index, step) in current.prefix(OpSet.capacity).enumerated() {
            for op in step.ops { stepsOf[op.index].insert(index) }
        }
        var pairs: [(Int, Int)] = []
        var last = [Int](repeating: -1, count: window.tensors.count)
        for op in window.problem.opIDs {
            for tensor in window.problem[op].inputs + window.problem[op].outputs {
                let other = last[tensor.index]
                if other >= 0, stepsOf[other] == stepsOf[op.index] { pairs.append((other, op.index)) }
                last[tensor.index] = op.index
            }
        }
        for (first, second) in pairs.shuffled(using: &random) where left > count {
            let (a, b) = (groupOf[first], groupOf[second])
            guard a != b else { continue }
            for op in groupOf.indices where groupOf[op] == b { groupOf[op] = a }
            left -= 1
        }
        var groups: [Int: OpSet] = [:]
        for (op, group) in groupOf.enumerated() { groups[group, default: OpSet()].insert(op) }
        return groups.sorted { $0.key < $1.key }.map(\.value)
    }
}
