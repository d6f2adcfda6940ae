import TensorGraph

/// The steps of one op set in one class: every choice of what is resident and what is retained.
final class LeafSteps {
    /// A choice that may be worth more than it costs.
    struct Choice {
        var resident: [TensorID]
        var retained: [TensorID]
        var value: Double
        /// A lower bound of the cost in the class.
        var cost: Double
    }

    /// Choices worth more than their cost bound plus the threshold, and what the search for them left out.
    private(set) var choices: [Choice] = []
    /// An upper bound of value less cost over choices that were not looked at; minus infinity if all were.
    private(set) var unseenExcess = -Double.infinity
    /// Every choice costs at least this.
    private(set) var leastCost = 0.0

    private let step: PartialStep
    private let tables: ClassTables
    private let graph: PricingGraph
    private let prices: PriceTables

    /// What can be held or not.
    private enum Item {
        /// A tensor read from outside, by its place in ``PartialStep/external``.
        case external(Int)
        /// An output, by its place in ``PartialStep/outputs``.
        case output(Int)
        /// An internal tensor.
        case inner(Int)
    }

    private var items: [Item] = []
    /// For each potential and item: the most that this item and all later ones add.
    private var suffix: [[Double]] = []
    private var isHeld: [Bool] = []
    private var threshold = 0.0
    private var visits = 0
    private var fixed = StepBound()
    private var externals: [StepBound] = []
    private var baseValue = 0.0
    private var afterSink: [Bool]

    /// Partial choices looked at for one op set.
    private static let maximumVisits = 50_000

    init(_ step: PartialStep) {
        self.step = step
        tables = step.tables
        graph = step.graph
        prices = step.prices
        afterSink = Array(repeating: false, count: graph.opCount)
    }

    /// Looks at all choices for the op set that `step` has just bounded with nothing undecided.
    ///
    /// - Parameters:
    ///   - threshold: choices whose value less cost is above this are kept.
    ///   - listsAll: also choices that retain an internal tensor to no gain.
    func enumerate(threshold: Double, listsAll: Bool) {
        self.threshold = threshold
        choices.removeAll(keepingCapacity: true)
        items.removeAll(keepingCapacity: true)
        unseenExcess = -.infinity
        visits = 0
        leastCost = step.leastCost
        guard tables.pricingClass.sinkReduction == 0 || step.sinkCount > 0 else { return }
        splitCosts()
        for index in 0..<step.externalCount where prices.canBeHeld[step.external[index]] {
            items.append(.external(index))
        }
        for index in 0..<step.outputCount where prices.canBeHeld[step.outputs[index]] { items.append(.output(index)) }
        for index in 0..<step.holdableInternalCount {
            let tensor = step.holdableInternals[index]
            if listsAll || prices.retainedPrice[tensor] > 0 { items.append(.inner(tensor)) }
        }
        isHeld = Array(repeating: false, count: items.count)
        boundItems()
        visit(0, heldElements: 0)
    }

    // MARK: Costs

    /// Sorts compute and slices by the k-steps in which they fall.
    private func splitCosts() {
        fixed = StepBound()
        fixed.sinkCount = step.sinkCount
        fixed.sinkReduction = step.sinkReduction
        for index in stride(from: step.memberCount - 1, through: 0, by: -1) { addCompute(step.members[index]) }
        baseValue = step.value
        externals.removeAll(keepingCapacity: true)
        for index in 0..<step.externalCount { externals.append(slices(index)) }
    }

    private func addCompute(_ op: Int) {
        afterSink[op] = false
        for slot in graph.slotStart[op]..<graph.slotStart[op + 1] {
            let producer = graph.producer[graph.slotTensor[slot]]
            guard producer >= 0, step.isMember(producer) else { continue }
            if afterSink[producer] || step.isSink(producer) { afterSink[op] = true }
        }
        if graph.isReducing[op] { fixed.smallestReduction = min(fixed.smallestReduction, graph.reduction[op]) }
        let kinds = step.demands[op]
        let total = step.compute(op, kinds)
        if step.isSink(op) {
            fixed.computeStreamed += total
        } else if !graph.isReducing[op], afterSink[op] {
            fixed.computeLast += total
        } else if kinds & (kinds &- 1) == 0 {
            let kind = kinds.trailingZeroBitCount
            if DemandKind.rows(kind) == SideExtent.reduction || DemandKind.columns(kind) == SideExtent.reduction {
                fixed.computeStreamed += total
            } else {
                fixed.computeFirst += total
            }
        } else {
            fixed.computeAnywhere += total
        }
    }

    /// What one tensor read from slow memory adds.
    private func slices(_ index: Int) -> StepBound {
        var bound = StepBound()
        bound.held = step.externalHeld[index]
        bound.heldPerDepth = step.externalHeldPerDepth[index]
        let tensor = step.external[index]
        let kinds = step.externalKinds[index]
        if (kinds | kinds >> 16 | kinds >> 32) & (1 << UInt64(DemandKind.full)) != 0 {
            bound.constant = graph.size[tensor]
            return bound
        }
        for role in 0..<3 {
            let all = UInt16(truncatingIfNeeded: kinds >> UInt64(16 * role))
            guard all != 0 else { continue }
            guard all & (all &- 1) == 0 else {
                // Several kinds in one role are rare; when they fall is left open.
                bound.atLeastOnce = step.externalTraffic[index]
                (bound.constant, bound.byRow, bound.byColumn, bound.byTile, bound.streamed) = (0, 0, 0, 0, 0)
                return bound
            }
            let kind = all.trailingZeroBitCount
            let elements = tables.traffic[tensor * DemandKind.count + kind]
            let sides = [DemandKind.rows(kind), DemandKind.columns(kind)]
            if sides.contains(SideExtent.reduction) {
                bound.streamed += elements
            } else {
                switch (sides.contains(SideExtent.tileRows), sides.contains(SideExtent.tileColumns)) {
                case (true, true): bound.byTile += elements
                case (true, false): bound.byRow += elements
                case (false, true): bound.byColumn += elements
                case (false, false): bound.constant += elements
                }
            }
        }
        return bound
    }

    // MARK: Choices

    /// What holding an item, or not, adds by a potential.
    private func added(_ item: Item, held: Bool, _ potentials: Potentials) -> Double {
        switch item {
        case .external(let index):
            let tensor = step.external[index]
            if held { return -prices.residentPrice[tensor] - potentials.memoryPrice * graph.size[tensor] }
            return -potentials.loadPrice * step.externalTraffic[index] - step.externalLoss[index]
                - potentials.memoryPrice * (step.externalHeld[index] + step.externalHeldPerDepth[index])
        case .output(let index):
            if held { return potentials.retainedValue(step.outputs[index]) }
            return step.outputReward[index] - potentials.loadPrice * tables.outputElements
                - potentials.memoryPrice * tables.tileElements
        case .inner(let tensor):
            return held ? potentials.retainedValue(tensor) : 0
        }
    }

    private func boundItems() {
        suffix = step.potentials.map { potentials in
            var sums = [Double](repeating: 0, count: items.count + 1)
            for index in stride(from: items.count - 1, through: 0, by: -1) {
                sums[index] =
                    sums[index + 1]
                    + max(
                        added(items[index], held: false, potentials), added(items[index], held: true, potentials))
            }
            // What cannot be held.
            var rest =
                step.value - potentials.weight * step.compute + potentials.memoryPrice * graph.capacity
            for index in 0..<step.externalCount where !prices.canBeHeld[step.external[index]] {
                rest += added(.external(index), held: false, potentials)
            }
            for index in 0..<step.outputCount where !prices.canBeHeld[step.outputs[index]] {
                rest += added(.output(index), held: false, potentials)
            }
            return sums.map { $0 + rest }
        }
        prefix = Array(repeating: 0, count: step.potentials.count)
    }

    private var prefix: [Double] = []

    private func visit(_ depth: Int, heldElements: Double) {
        var bound = Double.infinity
        for number in suffix.indices { bound = min(bound, prefix[number] + suffix[number][depth]) }
        guard bound > threshold else { return }
        visits += 1
        guard visits <= Self.maximumVisits else {
            unseenExcess = max(unseenExcess, bound)
            return
        }
        guard depth < items.count else { return complete() }
        for held in [false, true] {
            var elements = heldElements
            if held { elements += graph.size[tensor(items[depth])] }
            guard elements <= graph.capacity else { continue }
            isHeld[depth] = held
            let before = prefix
            for (number, potentials) in step.potentials.enumerated() {
                prefix[number] += added(items[depth], held: held, potentials)
            }
            visit(depth + 1, heldElements: elements)
            prefix = before
        }
    }

    private func tensor(_ item: Item) -> Int {
        switch item {
        case .external(let index): step.external[index]
        case .output(let index): step.outputs[index]
        case .inner(let tensor): tensor
        }
    }

    private func complete() {
        var cost = fixed
        var value = baseValue
        var (resident, retained): ([TensorID], [TensorID]) = ([], [])
        func evict(_ index: Int) {
            value += step.outputReward[index]
            cost.evictedTensors += 1
            cost.held += tables.tileElements
            cost.outputCount += 1
        }
        func load(_ index: Int) {
            value -= step.externalLoss[index]
            cost.add(externals[index])
        }
        for (item, held) in zip(items, isHeld) {
            switch item {
            case .external(let index):
                if held { resident.append(TensorID(step.external[index])) } else { load(index) }
            case .output(let index):
                if held { retained.append(TensorID(step.outputs[index])) } else { evict(index) }
            case .inner(let tensor):
                if held { retained.append(TensorID(tensor)) }
            }
            if held { cost.held += graph.size[tensor(item)] }
        }
        for index in 0..<step.externalCount where !prices.canBeHeld[step.external[index]] { load(index) }
        for index in 0..<step.outputCount where !prices.canBeHeld[step.outputs[index]] { evict(index) }
        cost.outputCount += retained.count
        resident.sort()
        retained.sort()
        value += prices.handOff(retained) - prices.handOff(resident)
        let latency = cost.latency(tables)
        if value - latency > threshold {
            choices.append(Choice(resident: resident, retained: retained, value: value, cost: latency))
        }
    }
}

extension StepBound {
    /// Adds the slices of one tensor.
    fileprivate mutating func add(_ slices: StepBound) {
        constant += slices.constant
        byRow += slices.byRow
        byColumn += slices.byColumn
        byTile += slices.byTile
        streamed += slices.streamed
        atLeastOnce += slices.atLeastOnce
        held += slices.held
        heldPerDepth += slices.heldPerDepth
    }
}
