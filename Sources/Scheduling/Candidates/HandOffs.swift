import CostModel
import TensorGraph

/// The sets of tensors that steps can hand over to the next step, for a given list of op sets.
struct HandOffs: Sendable {
    /// Why some sets are left out; empty if none is.
    let omissions: [Omission]
    private let problem: Problem
    /// Sets that some step can retain.
    private let handedOver: [[TensorID]]
    /// Sets that each op set can retain, the empty one first; only for op sets that can retain anything.
    private let retainableByOps: [[OpID]: [[TensorID]]]
    /// Tensors that may be retained although the next step does not read them.
    private let throwAways: Set<TensorID>

    /// - Parameters:
    ///   - sets: the op sets of steps.
    ///   - limits: on what one step retains.
    ///   - canDiscard: looks for tensors that it can pay to retain although no step reads them: rare, and costly to tell
    ///     for large sets.
    init(_ subproblem: Subproblem, sets: [[OpID]], limits: EnumerationLimits, canDiscard: Bool) {
        let problem = subproblem.problem
        let border = subproblem.border
        self.problem = problem
        var handedOver: [[TensorID]] = []
        var known = Set<[TensorID]>()
        if !border.resident.isEmpty, known.insert(border.resident).inserted { handedOver.append(border.resident) }
        let owed = border.retained
        let owing = Set(owed.compactMap { problem.graph.producers[$0.index] })
        var retainableByOps: [[OpID]: [[TensorID]]] = [:]
        var throwAways = Set<TensorID>()
        var isTruncated = false
        for ops in sets {
            var tensors: [TensorID] = []
            for op in ops {
                for tensor in problem[op].outputs where problem[tensor].size < problem.hardware.fastMemoryCapacity {
                    let canBeThrownAway = canDiscard && ThrowAway.canPay(tensor, producer: op, in: ops, problem)
                    if canBeThrownAway { throwAways.insert(tensor) }
                    if canBeThrownAway || !problem.graph.readers[tensor.index].isEmpty { tensors.append(tensor) }
                }
            }
            let owes = !owed.isEmpty && owing.isSubset(of: ops)
            guard !tensors.isEmpty || owes else { continue }
            var subsets = Self.subsets(tensors.sorted(), problem, limits, &isTruncated)
            if owes, !subsets.contains(owed) { subsets.append(owed) }
            retainableByOps[ops] = [[]] + subsets
            for subset in subsets where known.insert(subset).inserted { handedOver.append(subset) }
        }
        self.handedOver = handedOver
        self.retainableByOps = retainableByOps
        self.throwAways = throwAways
        omissions = isTruncated ? [.handOffs(tensors: limits.retainedTensors, sets: limits.retainedSets)] : []
    }

    /// Sets that a step of these ops can retain, the empty one first.
    func retainable(_ ops: [OpID]) -> [[TensorID]] { retainableByOps[ops] ?? [[]] }

    /// Sets that can be resident for a step that reads these tensors from outside, the empty one first.
    func residents(_ reads: [TensorID]) -> [[TensorID]] {
        [[]] + handedOver.filter { set in set.allSatisfy { reads.contains($0) || throwAways.contains($0) } }
    }

    /// Non-empty subsets that fit in fast memory, small ones first.
    private static func subsets(
        _ tensors: [TensorID], _ problem: Problem, _ limits: EnumerationLimits, _ isTruncated: inout Bool
    ) -> [[TensorID]] {
        var found: [[TensorID]] = []
        var layer: [(set: [TensorID], next: Int, size: Int)] = [([], 0, 0)]
        while !layer.isEmpty {
            var larger: [(set: [TensorID], next: Int, size: Int)] = []
            for (set, next, size) in layer {
                for index in next..<max(next, tensors.count) {
                    let grown = size + problem[tensors[index]].size
                    guard grown < problem.hardware.fastMemoryCapacity else { continue }
                    guard set.count < limits.retainedTensors, found.count < limits.retainedSets else {
                        isTruncated = true
                        return found
                    }
                    larger.append((set + [tensors[index]], index + 1, grown))
                    found.append(set + [tensors[index]])
                }
            }
            layer = larger
        }
        return found
    }
}

/// Tells whether it can pay to retain a tensor that the next step does not read, so that it need not be evicted.
enum ThrowAway {
    /// False when a step without the tensor's producer does all that is useful at no more cost.
    ///
    /// A tensor that the step reads itself is not evicted anyway. Otherwise, if nobody needs the tensor, neither the
    /// producer nor the ops that feed only it are needed in the step. Without them each iteration has no more
    /// slices, regions and outputs than before, so the step costs no more, provided that they have no other output,
    /// that the rest is a step (not empty, connected), and that no reducing op of the rest becomes a sink by it. If the
    /// rest has no sink but the step had, its only k-step does at once what the step did in the first and the last, which
    /// takes no longer.
    static func canPay(_ tensor: TensorID, producer: OpID, in ops: [OpID], _ problem: Problem) -> Bool {
        let members = Set(ops)
        let graph = problem.graph
        if graph.readers[tensor.index].contains(where: members.contains) { return false }
        var useless: Set<OpID> = [producer]
        for op in ops.reversed() where op != producer {
            let readers = problem[op].outputs.flatMap { graph.readers[$0.index] }.filter(members.contains)
            if !readers.isEmpty, readers.allSatisfy(useless.contains) { useless.insert(op) }
        }
        if useless.contains(where: { problem[$0].outputs.count > 1 }) { return true }
        if isNeeded(useless, in: ops, problem) { return true }
        // One of the feeding ops may have to stay, with what feeds it, because the step retains its output as well.
        return useless.contains { kept in
            guard kept != producer else { return false }
            var staying: Set<OpID> = [kept]
            for op in ops.reversed() where useless.contains(op) && op != kept {
                if problem[op].outputs.contains(where: { graph.readers[$0.index].contains(where: staying.contains) }) {
                    staying.insert(op)
                }
            }
            return isNeeded(useless.subtracting(staying), in: ops, problem)
        }
    }

    /// True when the rest of the step is no step, or could cost more than the whole.
    private static func isNeeded(_ useless: Set<OpID>, in ops: [OpID], _ problem: Problem) -> Bool {
        let rest = ops.filter { !useless.contains($0) }
        guard !rest.isEmpty, isConnected(rest, problem) else { return true }
        // A reducing op of the rest whose way to the outputs was crooked by a useless op could now be a sink.
        let feeds = rest.contains { op in
            problem[op].outputs.contains { problem.graph.readers[$0.index].contains(where: useless.contains) }
        }
        return feeds
            && useless.contains { id in
                problem[id].isReducing || problem[id].einsum.inputs.contains { $0 != .elementwise }
            }
    }

    private static func isConnected(_ ops: [OpID], _ problem: Problem) -> Bool {
        var pending = ops
        var reached = Set<TensorID>()
        if let first = pending.popLast() { reached.formUnion(problem[first].inputs + problem[first].outputs) }
        while let index = pending.firstIndex(where: { op in
            (problem[op].inputs + problem[op].outputs).contains(where: reached.contains)
        }) {
            let op = pending.remove(at: index)
            reached.formUnion(problem[op].inputs + problem[op].outputs)
        }
        return pending.isEmpty
    }
}
