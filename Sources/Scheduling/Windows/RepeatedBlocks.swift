import TensorGraph

/// Finds places of a graph that look the same: the blocks that a network repeats.
///
/// Ops are coloured by what they and their surroundings look like (Weisfeiler and Leman, 1968). From an op of the same
/// colour as one of the given ops, the rest is found by walking both places at once, input by input and reader by
/// reader.
struct RepeatedBlocks: Sendable {
    private let problem: Problem
    private let colors: [Int]
    /// Ops of each colour, ascending.
    private let opsOfColor: [[OpID]]

    /// How far the surroundings reach that give an op its colour, in ops.
    private static let radius = 2

    /// - Complexity: O(*ops* + *edges*) hash operations.
    init(_ problem: Problem) {
        self.problem = problem
        var einsums: [Einsum: Int] = [:]
        var names: [[Int]: Int] = [:]
        func name(_ description: [Int]) -> Int {
            if let known = names[description] { return known }
            names[description] = names.count
            return names.count - 1
        }
        var colors = problem.ops.map { op -> Int in
            let shapes = (op.inputs + op.outputs).flatMap { [problem[$0].width, problem[$0].height] }
            let next = einsums.count
            let einsum = einsums[op.einsum, default: next]
            einsums[op.einsum] = einsum
            return name([einsum, op.inputs.count, Int(op.baseCost.bitPattern >> 1)] + shapes)
        }
        for _ in 0..<Self.radius {
            let last = colors
            colors = problem.opIDs.map { id in
                let op = problem[id]
                var description = [-1, last[id.index]]
                for tensor in op.inputs {
                    description.append(problem.graph.producers[tensor.index].map { last[$0.index] } ?? -2)
                }
                for tensor in op.outputs {
                    description.append(-3)
                    description += problem.graph.readers[tensor.index].map { last[$0.index] }.sorted()
                }
                return name(description)
            }
        }
        self.colors = colors
        var opsOfColor = [[OpID]](repeating: [], count: names.count)
        for op in problem.opIDs { opsOfColor[colors[op.index]].append(op) }
        self.opsOfColor = opsOfColor
    }

    /// Places that look like these ops, each with its ops in the same order.
    ///
    /// - Parameter limit: places at most.
    func repeats(of ops: [OpID], limit: Int) -> [[OpID]] {
        guard let anchor = ops.min(by: { count($0) < count($1) }), count(anchor) > 1 else { return [] }
        let members = Set(ops)
        var found: [[OpID]] = []
        for place in opsOfColor[colors[anchor.index]] where place != anchor && found.count < limit {
            guard let map = walk(from: anchor, to: place, members) else { continue }
            let repeated = ops.compactMap { map[$0] }
            if repeated.count == ops.count, Set(repeated).count == repeated.count { found.append(repeated) }
        }
        return found
    }

    private func count(_ op: OpID) -> Int { opsOfColor[colors[op.index]].count }

    /// Where each member lies when the anchor lies at a place; nil when the surroundings differ.
    private func walk(from anchor: OpID, to place: OpID, _ members: Set<OpID>) -> [OpID: OpID]? {
        var map = [anchor: place]
        var pending = [anchor]
        func pair(_ member: OpID, _ image: OpID) -> Bool {
            if let known = map[member] { return known == image }
            guard problem[member].einsum == problem[image].einsum, problem[member].baseCost == problem[image].baseCost
            else {
                return false
            }
            map[member] = image
            pending.append(member)
            return true
        }
        while let op = pending.popLast(), let image = map[op] {
            let (here, there) = (problem[op], problem[image])
            guard here.inputs.count == there.inputs.count, here.outputs.count == there.outputs.count else { return nil }
            for (a, b) in zip(here.inputs, there.inputs) {
                if let producer = problem.graph.producers[a.index], members.contains(producer) {
                    guard let other = problem.graph.producers[b.index], pair(producer, other) else { return nil }
                }
                // Members may also be joined by nothing but an input that they share.
                guard pairReaders(a, b, members, map, pair) else { return nil }
            }
            for (a, b) in zip(here.outputs, there.outputs) {
                guard pairReaders(a, b, members, map, pair) else { return nil }
            }
        }
        return map
    }

    /// Pairs members that read a tensor with readers of its counterpart that look the same, in order.
    private func pairReaders(
        _ here: TensorID, _ there: TensorID, _ members: Set<OpID>, _ map: [OpID: OpID],
        _ pair: (OpID, OpID) -> Bool
    ) -> Bool {
        let (own, others) = (problem.graph.readers[here.index], problem.graph.readers[there.index])
        let open = own.filter { members.contains($0) && map[$0] == nil }
        guard !open.isEmpty else { return true }
        let taken = Set(map.values)
        var free = others.filter { !taken.contains($0) }
        for reader in open {
            // Blocks that were written in one order are walked in that order, which keeps readers of several tensors
            // together.
            if own.count == others.count, let rank = own.firstIndex(of: reader),
                colors[others[rank].index] == colors[reader.index], let index = free.firstIndex(of: others[rank])
            {
                guard pair(reader, free.remove(at: index)) else { return false }
                continue
            }
            guard
                let index = free.firstIndex(where: { colors[$0.index] == colors[reader.index] })
                    ?? free.firstIndex(where: { problem[$0].einsum == problem[reader].einsum })
            else { return false }
            guard pair(reader, free.remove(at: index)) else { return false }
        }
        return true
    }
}
