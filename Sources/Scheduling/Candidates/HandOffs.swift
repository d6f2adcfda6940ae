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
    ///   - canDiscard: looks for tensors that it can pay to retain although no step reads them: rare, and costly to
    ///     tell for large sets.
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
        let analyzer = StepAnalyzer(problem)
        for ops in sets {
            var tensors: [TensorID] = []
            for op in ops {
                for tensor in problem[op].outputs where problem[tensor].size < problem.hardware.fastMemoryCapacity {
                    let canBeThrownAway =
                        canDiscard && ThrowAway.canPay(tensor, producer: op, in: ops, problem, analyzer: analyzer)
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
