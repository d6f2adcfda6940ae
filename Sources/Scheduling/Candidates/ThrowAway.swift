import CostModel
import TensorGraph

/// Tells whether it can pay to retain a tensor that the next step does not read, so that it need not be evicted.
enum ThrowAway {
    /// False when a step without the tensor's producer does all that is useful at no more cost.
    ///
    /// A tensor that the step reads itself is not evicted anyway. Otherwise, if nobody needs the tensor, neither the
    /// producer nor the ops that feed only it are needed in the step. Without them each iteration has no more
    /// regions and outputs than before, so the step costs no more, provided
    /// - that they have no other output;
    /// - that the rest is a step: not empty, connected;
    /// - that no reducing op of the rest becomes a sink by it;
    /// - that of every tensor that the rest still reads from outside, it demands the same slices. Where a demand goes
    ///   and others stay, those may have been served by it: a slice of the whole tensor serves all others, and slices
    ///   that follow different ranges may be the same in some iterations (RULES 4). Then the rest may load more than
    ///   the step, and hold more. Where the demands on a tensor go all together, or none does, each iteration's slices
    ///   are some of those before.
    ///
    /// If the rest has no sink but the step had, its only k-step does at once what the step did in the first and the
    /// last, which takes no longer.
    ///
    /// - Parameter analyzer: of the problem; nil to make one.
    static func canPay(
        _ tensor: TensorID, producer: OpID, in ops: [OpID], _ problem: Problem, analyzer: StepAnalyzer? = nil
    ) -> Bool {
        let members = Set(ops)
        let graph = problem.graph
        if graph.readers[tensor.index].contains(where: members.contains) { return false }
        var useless: Set<OpID> = [producer]
        for op in ops.reversed() where op != producer {
            let readers = problem[op].outputs.flatMap { graph.readers[$0.index] }.filter(members.contains)
            if !readers.isEmpty, readers.allSatisfy(useless.contains) { useless.insert(op) }
        }
        if useless.contains(where: { problem[$0].outputs.count > 1 }) { return true }
        let analyzer = analyzer ?? StepAnalyzer(problem)
        if isNeeded(useless, in: ops, analyzer) { return true }
        // One of the feeding ops may have to stay, with what feeds it, because the step retains its output as well.
        return useless.contains { kept in
            guard kept != producer else { return false }
            var staying: Set<OpID> = [kept]
            for op in ops.reversed() where useless.contains(op) && op != kept {
                if problem[op].outputs.contains(where: { graph.readers[$0.index].contains(where: staying.contains) }) {
                    staying.insert(op)
                }
            }
            return isNeeded(useless.subtracting(staying), in: ops, analyzer)
        }
    }

    /// True when it could pay that a step retains tensors, any of these or all, of which the next one reads none.
    ///
    /// If it is false for all steps of which schedules below a cost are made, then some schedule that costs no more
    /// than the best of them retains nothing that the next step does not read.
    ///
    /// *Proof.* Of the schedules that cost no more, take one with the fewest executions of ops, and of these one that
    /// retains the fewest tensors; say that step i retains T, not empty, which step i + 1 does not read. The ops that
    /// only T needs are useless. If there are none, the step reads T itself, and need not retain it: an output that
    /// would have to be evicted then is ruled out. If others are left, the step without the useless ones costs no more
    /// and does all that is needed; the conditions are those of ``canPay(_:producer:in:_:analyzer:)``. Both contradict
    /// the choice. If no op is left, T is all that the step retains, and the step can go. What the step before it has
    /// retained for it is not read any more, all of it: the same holds for that step, with all that it retains in the
    /// place of T, and so on until some op is left or no step is; the next step then finds nothing. That no T is needed
    /// was asked for every step and every set. Each op still runs where its output is used: from a graph output
    /// upwards, some execution is not useless.
    static func canEverPay(ops: [OpID], retained: [TensorID], analyzer: StepAnalyzer) -> Bool {
        guard !retained.isEmpty else { return false }
        guard retained.count <= mostRetained else { return true }
        return (1..<(1 << retained.count)).contains { mask in
            let thrown = Set(retained.indices.filter { mask >> $0 & 1 == 1 }.map { retained[$0] })
            let kept = Set(retained).subtracting(thrown)
            let useless = uselessOps(ops, thrown, kept: kept, analyzer.problem)
            if leavesOutputs(ops, useless, thrown, kept: kept, analyzer.problem) { return true }
            return !useless.isEmpty && useless.count < ops.count && isNeeded(useless, in: ops, analyzer)
        }
    }

    /// More retained tensors than these have too many subsets to try.
    private static let mostRetained = 4

    /// The ops that nothing but the thrown tensors needs.
    private static func uselessOps(
        _ ops: [OpID], _ thrown: Set<TensorID>, kept: Set<TensorID>, _ problem: Problem
    ) -> Set<OpID> {
        let members = Set(ops)
        var useless = Set<OpID>()
        // Readers come after producers.
        for op in ops.reversed() {
            let isUseless = problem[op].outputs.allSatisfy { tensor in
                let readers = problem.graph.readers[tensor.index].filter(members.contains)
                guard !kept.contains(tensor), thrown.contains(tensor) || !readers.isEmpty else { return false }
                return readers.allSatisfy(useless.contains)
            }
            if isUseless { useless.insert(op) }
        }
        return useless
    }

    /// True when an op that stays has an output that the step would have to evict without the useless ops, or when a
    /// useless op has several outputs.
    private static func leavesOutputs(
        _ ops: [OpID], _ useless: Set<OpID>, _ thrown: Set<TensorID>, kept: Set<TensorID>, _ problem: Problem
    ) -> Bool {
        let members = Set(ops)
        return ops.contains { op in
            if useless.contains(op) { return problem[op].outputs.count > 1 }
            return problem[op].outputs.contains { tensor in
                let readers = problem.graph.readers[tensor.index].filter(members.contains)
                guard !kept.contains(tensor), thrown.contains(tensor) || !readers.isEmpty else { return false }
                return readers.allSatisfy(useless.contains)
            }
        }
    }

    /// True when the rest of the step is no step, or could cost more than the whole.
    private static func isNeeded(_ useless: Set<OpID>, in ops: [OpID], _ analyzer: StepAnalyzer) -> Bool {
        let problem = analyzer.problem
        let rest = ops.filter { !useless.contains($0) }
        guard !rest.isEmpty, isConnected(rest, problem) else { return true }
        // A reducing op of the rest whose way to the outputs was crooked by a useless op could now be a sink.
        let feeds = rest.contains { op in
            problem[op].outputs.contains { problem.graph.readers[$0.index].contains(where: useless.contains) }
        }
        let isCrooked = useless.contains { id in
            problem[id].isReducing || problem[id].einsum.inputs.contains { $0 != .elementwise }
        }
        return (feeds && isCrooked) || changesDemands(rest, of: ops, analyzer)
    }

    /// True when the rest of a step demands a tensor from outside in some of the ways in which the step does, but not
    /// in all.
    private static func changesDemands(_ rest: [OpID], of ops: [OpID], _ analyzer: StepAnalyzer) -> Bool {
        guard let whole = try? analyzer.analyze(ops: ops, retained: []) else { return true }
        let demands = Dictionary(grouping: whole.slices, by: \.tensor)
        // A tensor that is demanded in one way is demanded in that way or not at all.
        guard demands.values.contains(where: { $0.count > 1 }) else { return false }
        guard let part = try? analyzer.analyze(ops: rest, retained: []) else { return true }
        let left = Dictionary(grouping: part.slices, by: \.tensor)
        return left.contains { tensor, slices in Set(slices) != Set(demands[tensor] ?? []) }
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
