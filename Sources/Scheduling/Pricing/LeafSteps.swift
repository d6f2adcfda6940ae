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
    /// Elements of each item's tensor.
    private var sizes: [Double] = []
    /// For each item, not held and held, and potential: what it adds.
    private var gains: [Double] = []
    /// For each item and potential: the most that this item and all later ones add; what cannot be held comes last.
    private var suffix: [Double] = []
    /// For each item and potential: what the choices for the items before add.
    private var prefix: [Double] = []
    private var isHeld: [Bool] = []
    /// For each item: cost and value with the choices for the items before, hand-offs of several tensors left out; the
    /// least memory and the most value of this item and all later ones.
    private var costs: [StepBound] = []
    private var values: [Double] = []
    private var restHeld: [Double] = []
    private var restValue: [Double] = []
    /// Choices whose value less cost is no more than this are left out.
    private var floor = 0.0
    private var threshold = 0.0
    /// The choices kept at most, and what of them is worth most less its cost, ascending.
    private var most: Int?
    private var best: [Double] = []
    private var visits = 0
    private var fixed = StepBound()
    private var externals: [StepBound] = []
    private var baseValue = 0.0
    private var afterSink: [Bool]

    /// Partial choices looked at for one op set, where all are wanted and where some are.
    private static let (mostVisits, visitsForSome) = (50_000, 3_000)

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
    ///   - most: only so many choices are wanted, the best by the bound of their cost; nil for all.
    func enumerate(threshold: Double, listsAll: Bool, most: Int? = nil) {
        self.threshold = threshold
        floor = threshold
        self.most = most
        best.removeAll(keepingCapacity: true)
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
        sizes = items.map { graph.size[tensor($0)] }
        boundItems()
        startCosts()
        visit(0, heldElements: 0, bound: bound(0))
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
        let count = step.potentials.count
        gains = items.flatMap { item in
            [false, true].flatMap { held in step.potentials.map { added(item, held: held, $0) } }
        }
        prefix = Array(repeating: 0, count: (items.count + 1) * count)
        suffix = Array(repeating: 0, count: (items.count + 1) * count)
        for (number, potentials) in step.potentials.enumerated() {
            // What cannot be held.
            var rest = step.value - potentials.weight * step.compute + potentials.memoryPrice * graph.capacity
            for index in 0..<step.externalCount where !prices.canBeHeld[step.external[index]] {
                rest += added(.external(index), held: false, potentials)
            }
            for index in 0..<step.outputCount where !prices.canBeHeld[step.outputs[index]] {
                rest += added(.output(index), held: false, potentials)
            }
            suffix[items.count * count + number] = rest
            for index in stride(from: items.count - 1, through: 0, by: -1) {
                let gain = max(gains[2 * index * count + number], gains[(2 * index + 1) * count + number])
                suffix[index * count + number] = suffix[(index + 1) * count + number] + gain
            }
        }
    }

    /// The most that choices add which start as those for the first items do.
    private func bound(_ depth: Int) -> Double {
        let count = step.potentials.count
        var bound = Double.infinity
        for number in depth * count..<(depth + 1) * count { bound = min(bound, prefix[number] + suffix[number]) }
        return bound
    }

    /// The same where the next item is held, or not.
    private func bound(_ depth: Int, held: Bool) -> Double {
        let count = step.potentials.count
        var bound = Double.infinity
        for number in 0..<count {
            let gain = gains[(2 * depth + (held ? 1 : 0)) * count + number]
            bound = min(bound, prefix[depth * count + number] + gain + suffix[(depth + 1) * count + number])
        }
        return bound
    }

    private func visit(_ depth: Int, heldElements: Double, bound: Double) {
        guard bound > threshold else { return }
        guard bound > floor, visits < (most == nil ? Self.mostVisits : Self.visitsForSome) else {
            unseenExcess = max(unseenExcess, bound)
            return
        }
        visits += 1
        guard depth < items.count else { return complete() }
        // With what is decided, and no load of what is not.
        var least = costs[depth]
        least.held += restHeld[depth]
        guard values[depth] + restValue[depth] - least.latency(tables) > threshold else { return }
        let count = step.potentials.count
        let bounds = (self.bound(depth, held: false), self.bound(depth, held: true))
        // The better one first: it raises the floor for the other.
        for isSecond in [false, true] {
            let held = (bounds.1 > bounds.0) != isSecond
            let elements = heldElements + (held ? sizes[depth] : 0)
            guard elements <= graph.capacity else { continue }
            isHeld[depth] = held
            for number in 0..<count {
                prefix[(depth + 1) * count + number] =
                    prefix[depth * count + number] + gains[(2 * depth + (held ? 1 : 0)) * count + number]
            }
            (costs[depth + 1], values[depth + 1]) = (costs[depth], values[depth])
            decide(items[depth], held: held, &costs[depth + 1], &values[depth + 1])
            visit(depth + 1, heldElements: elements, bound: held ? bounds.1 : bounds.0)
        }
    }

    /// Costs and values with nothing decided, and what is known of later items.
    private func startCosts() {
        costs = Array(repeating: fixed, count: items.count + 1)
        values = Array(repeating: baseValue, count: items.count + 1)
        restHeld = Array(repeating: 0, count: items.count + 1)
        restValue = Array(repeating: 0, count: items.count + 1)
        for index in 0..<step.externalCount where !prices.canBeHeld[step.external[index]] {
            decide(.external(index), held: false, &costs[0], &values[0])
        }
        for index in 0..<step.outputCount {
            costs[0].outputCount += 1
            guard !prices.canBeHeld[step.outputs[index]] else { continue }
            decide(.output(index), held: false, &costs[0], &values[0])
        }
        for index in stride(from: items.count - 1, through: 0, by: -1) {
            var (slow, fast) = ((StepBound(), 0.0), (StepBound(), 0.0))
            decide(items[index], held: false, &slow.0, &slow.1)
            decide(items[index], held: true, &fast.0, &fast.1)
            restHeld[index] = restHeld[index + 1] + min(slow.0.held + slow.0.heldPerDepth, fast.0.held)
            restValue[index] = restValue[index + 1] + max(slow.1, fast.1)
        }
    }

    /// Adds what a choice costs and is worth at most.
    private func decide(_ item: Item, held: Bool, _ cost: inout StepBound, _ value: inout Double) {
        switch item {
        case .external(let index):
            if held {
                value -= prices.residentPrice[step.external[index]]
            } else {
                value -= step.externalLoss[index]
                cost.add(externals[index])
            }
        case .output(let index):
            if held {
                value += max(0, prices.retainedPrice[step.outputs[index]])
            } else {
                value += step.outputReward[index]
                cost.evictedTensors += 1
                cost.held += tables.tileElements
            }
        case .inner(let tensor):
            if held {
                value += max(0, prices.retainedPrice[tensor])
                cost.outputCount += 1
            }
        }
        if held { cost.held += graph.size[tensor(item)] }
    }

    private func tensor(_ item: Item) -> Int {
        switch item {
        case .external(let index): step.external[index]
        case .output(let index): step.outputs[index]
        case .inner(let tensor): tensor
        }
    }

    private func complete() {
        let cost = costs[items.count]
        let latency = cost.latency(tables)
        guard values[items.count] - latency > threshold else { return }
        var value = baseValue
        var (resident, retained): ([TensorID], [TensorID]) = ([], [])
        for index in 0..<step.externalCount where !prices.canBeHeld[step.external[index]] {
            value -= step.externalLoss[index]
        }
        for index in 0..<step.outputCount where !prices.canBeHeld[step.outputs[index]] {
            value += step.outputReward[index]
        }
        for (item, held) in zip(items, isHeld) {
            switch item {
            case .external(let index):
                if held { resident.append(TensorID(step.external[index])) } else { value -= step.externalLoss[index] }
            case .output(let index):
                if held { retained.append(TensorID(step.outputs[index])) } else { value += step.outputReward[index] }
            case .inner(let tensor):
                if held { retained.append(TensorID(tensor)) }
            }
        }
        resident.sort()
        retained.sort()
        value += prices.handOff(retained) - prices.handOff(resident)
        guard value - latency > threshold else { return }
        choices.append(Choice(resident: resident, retained: retained, value: value, cost: latency))
        keep(value - latency)
    }

    /// Raises the floor when there are as many choices as are wanted.
    private func keep(_ excess: Double) {
        guard let most else { return }
        let place = best.firstIndex { $0 > excess } ?? best.count
        best.insert(excess, at: place)
        if best.count > most { best.removeFirst() }
        if best.count == most { floor = max(floor, best[0]) }
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
