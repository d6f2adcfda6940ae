import TensorGraph

/// What the bound of an unfinished search takes for a step: ops and outputs that would be worth more than they cost. No
/// step may be like it, but no bound says so.
///
/// As a column of the master it makes the prices such that the next search is not left with the same: the master shares
/// out the loss where it costs least. It proves nothing, and bounds do not rest on it: each comes from a search with
/// whatever prices the master gives.
struct RelaxedStep: Sendable {
    /// Ops that count as running there for the first time, ascending.
    var first: [OpID]
    /// Ops of which a part may: what they add is used up by what others are charged, ascending.
    var partly: [OpID]
    /// Tensors that count as evicted, ascending.
    var evicted: [TensorID]
    /// By how much it is worth more than it costs, in units of time.
    var excess: Double
    /// What the ops that are decided cost at least, in units of time.
    var leastCost: Double
}

extension RootSearch {
    /// Notes what the bound of a waiting partial step is made of. Changes the partial step at hand.
    func relax(_ node: Int) {
        load(node)
        guard step.bound(set, open, threshold: -.infinity),
            let (excess, potentials) = step.potentials.map({ (step.bound(set, open, $0), $0) }).min(by: { $0.0 < $1.0 }
            ),
            excess > 0
        else { return }
        var first: [Int] = []
        var partly: [Int] = []
        for index in 0..<step.memberCount { first.append(step.members[index]) }
        let hasBig = first.contains { tables.isBig[$0] }
        let big = hasBig ? nil : potentials.big.first { PartialStep.contains(open, $0.op) }?.op
        for op in 0..<graph.opCount where PartialStep.contains(open, op) {
            if potentials.potential[op] > 0 || op == big {
                first.append(op)
            } else if isRead(op, potentials) {
                partly.append(op)
            }
        }
        func canBeFirst(_ op: Int) -> Bool { !PartialStep.contains(step.upstream, op) }
        var evicted: [TensorID] = []
        for index in 0..<step.outputCount where step.outputReward[index] > 0 {
            evicted.append(TensorID(step.outputs[index]))
        }
        for index in 0..<step.openOutputCount
        where step.openOutputs[index] >= 0 && !step.openIsRead[index] && step.openReward[index] > 0 {
            evicted.append(TensorID(step.openOutputs[index]))
        }
        outcome.relaxed.append(
            RelaxedStep(
                first: first.filter(canBeFirst).map { graph.opOfNumber[$0] }.sorted(),
                partly: partly.filter(canBeFirst).map { graph.opOfNumber[$0] }.sorted(),
                evicted: evicted.sorted(), excess: excess, leastCost: step.leastCost))
    }

    /// True when an op that is in, or would be worth it, reads what an undecided op writes.
    private func isRead(_ op: Int, _ potentials: Potentials) -> Bool {
        for output in graph.outputStart[op]..<graph.outputStart[op + 1] {
            let tensor = graph.outputTensor[output]
            for reader in graph.readerStart[tensor]..<graph.readerStart[tensor + 1] {
                let user = graph.slotOp[graph.readerSlot[reader]]
                if PartialStep.contains(set, user) { return true }
                if PartialStep.contains(open, user), potentials.potential[user] > 0 { return true }
            }
        }
        return false
    }
}
