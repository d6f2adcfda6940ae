import TensorGraph

/// Steps of two schedules that cover the same ops: the smallest such groups, so that what a group costs in one
/// schedule stands against what the same ops cost in the other.
struct StepAlignment {
    /// A group: positions of its steps in either schedule, ascending, and the ops that they have in common.
    struct Block {
        var ops: [OpID] = []
        var stepsA: [Int] = []
        var stepsB: [Int] = []
    }

    /// The groups, in the order of their first step in A; each step of either schedule is in exactly one.
    let blocks: [Block]

    /// Aligns the steps of two valid schedules of one problem.
    ///
    /// - Complexity: O(*n* log *n*) in the number of ops of all steps.
    init(_ a: [Step], _ b: [Step], opCount: Int) {
        // Steps are joined through the ops they hold: union-find with one node per op.
        var parent = Array(0..<opCount)
        func root(_ op: Int) -> Int {
            var node = op
            while parent[node] != node {
                parent[node] = parent[parent[node]]
                node = parent[node]
            }
            return node
        }
        for step in a + b {
            guard let first = step.ops.first else { continue }
            for op in step.ops.dropFirst() { parent[root(op.index)] = root(first.index) }
        }
        var positions: [Int: Int] = [:]
        var blocks: [Block] = []
        func block(of step: Step) -> Int? {
            guard let op = step.ops.first else { return nil }
            let root = root(op.index)
            if let known = positions[root] { return known }
            positions[root] = blocks.count
            blocks.append(Block())
            return blocks.count - 1
        }
        for (index, step) in a.enumerated() {
            if let block = block(of: step) { blocks[block].stepsA.append(index) }
        }
        for (index, step) in b.enumerated() {
            if let block = block(of: step) { blocks[block].stepsB.append(index) }
        }
        for op in 0..<opCount {
            if let block = positions[root(op)] { blocks[block].ops.append(OpID(op)) }
        }
        self.blocks = blocks
    }
}

extension StepAlignment.Block {
    /// Steps of A and of B with the same ops, in pairs; nil when the ops are grouped differently.
    func pairs(_ a: [Step], _ b: [Step]) -> [(a: Int, b: Int)]? {
        guard stepsA.count == stepsB.count else { return nil }
        var open = Dictionary(grouping: stepsB.reversed()) { Set(b[$0].ops) }
        var pairs: [(a: Int, b: Int)] = []
        for step in stepsA {
            guard let partner = open[Set(a[step].ops)]?.popLast() else { return nil }
            pairs.append((step, partner))
        }
        return pairs
    }
}
