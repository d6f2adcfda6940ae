/// Bounds partial steps: a set S of ops that are in, a set U of ops that may join; all others are out.
///
/// Demand is derived backwards through S. An op is *settled* if none of its readers, direct or not, is undecided: then its
/// demands are known but for outputs, which are all known too. For any other op only the least over its roles is counted.
/// Keeps scratch space of the graph's size, so that bounding a partial step allocates nothing.
final class PartialStep {
    let tables: ClassTables
    let graph: PricingGraph
    let prices: PriceTables
    private(set) var potentials: [Potentials] = []

    /// An upper bound of value less cost over all steps with S in and any of U; set by ``bound(_:_:)``.
    private(set) var excess = 0.0
    /// A lower bound of the cost of all those steps.
    private(set) var leastCost = 0.0

    // By op of S.
    let isSettled: UnsafeMutablePointer<Bool>
    let isCrooked: UnsafeMutablePointer<Bool>
    let demands: UnsafeMutablePointer<UInt16>
    /// By tensor: kinds demanded by role, 16 bits each, and a bit for demands of unknown kind.
    private let sliceKinds: UnsafeMutablePointer<UInt64>
    /// Tensors that S reads from outside, and what is known of them.
    let external: UnsafeMutablePointer<Int>
    let externalTraffic: UnsafeMutablePointer<Double>
    let externalHeld: UnsafeMutablePointer<Double>
    let externalHeldPerDepth: UnsafeMutablePointer<Double>
    /// Reach prices lost if the tensor is read from slow memory.
    let externalLoss: UnsafeMutablePointer<Double>
    let externalKinds: UnsafeMutablePointer<UInt64>
    private let externalHasUndecided: UnsafeMutablePointer<Bool>
    private(set) var externalCount = 0
    /// Outputs of S that nobody can read any more in the step.
    let outputs: UnsafeMutablePointer<Int>
    let outputReward: UnsafeMutablePointer<Double>
    private(set) var outputCount = 0
    /// Tensors that S writes and undecided ops read; where their slots in ``refundSlots`` end; whether some op of S reads
    /// them too.
    private let openOutputs: UnsafeMutablePointer<Int>
    private let openEnd: UnsafeMutablePointer<Int>
    private let openIsRead: UnsafeMutablePointer<Bool>
    private let openReward: UnsafeMutablePointer<Double>
    private var openOutputCount = 0
    /// Internal tensors of the outputs' shape that can be held.
    let holdableInternals: UnsafeMutablePointer<Int>
    private(set) var holdableInternalCount = 0
    /// Slots of S whose producer is undecided; undecided slots whose producer is in S.
    private let pendingSlots: UnsafeMutablePointer<Int>
    private var pendingSlotCount = 0
    private let refundSlots: UnsafeMutablePointer<Int>
    private var refundSlotCount = 0
    /// Ops upstream of what S reads from outside.
    let upstream: UnsafeMutablePointer<UInt64>
    /// Ops of S and all upstream of them.
    private let upstreamOfSet: UnsafeMutablePointer<UInt64>
    /// Members of S, the last first.
    let members: UnsafeMutablePointer<Int>
    private(set) var memberCount = 0

    private(set) var compute = 0.0
    /// Elements held at least: slices and evicted outputs' tiles, for a depth of 1.
    private(set) var heldElements = 0.0
    private(set) var sinkCount = 0
    /// K of the sinks found; 0 if none.
    private(set) var sinkReduction = 0.0
    /// V but for rewards of open outputs and losses.
    private(set) var value = 0.0

    static let unknownKind: UInt64 = 1 << 63

    init(_ tables: ClassTables, _ prices: PriceTables) {
        self.tables = tables
        self.prices = prices
        graph = tables.graph
        let (ops, tensors, slots) = (graph.opCount, graph.tensorCount, graph.slotCount)
        isSettled = .filled(ops, false)
        isCrooked = .filled(ops, false)
        demands = .filled(ops, 0)
        sliceKinds = .filled(tensors, 0)
        external = .filled(tensors, 0)
        externalTraffic = .filled(tensors, 0)
        externalHeld = .filled(tensors, 0)
        externalHeldPerDepth = .filled(tensors, 0)
        externalLoss = .filled(tensors, 0)
        externalKinds = .filled(tensors, 0)
        externalHasUndecided = .filled(tensors, false)
        outputs = .filled(tensors, 0)
        outputReward = .filled(tensors, 0)
        openOutputs = .filled(tensors, 0)
        openEnd = .filled(tensors, 0)
        openIsRead = .filled(tensors, false)
        openReward = .filled(tensors, 0)
        holdableInternals = .filled(tensors, 0)
        pendingSlots = .filled(slots, 0)
        refundSlots = .filled(slots, 0)
        upstream = .filled(graph.words, 0)
        upstreamOfSet = .filled(graph.words, 0)
        members = .filled(ops, 0)
    }

    deinit {
        isSettled.deallocate()
        isCrooked.deallocate()
        demands.deallocate()
        sliceKinds.deallocate()
        external.deallocate()
        externalTraffic.deallocate()
        externalHeld.deallocate()
        externalHeldPerDepth.deallocate()
        externalLoss.deallocate()
        externalKinds.deallocate()
        externalHasUndecided.deallocate()
        outputs.deallocate()
        outputReward.deallocate()
        openOutputs.deallocate()
        openEnd.deallocate()
        openIsRead.deallocate()
        openReward.deallocate()
        holdableInternals.deallocate()
        pendingSlots.deallocate()
        refundSlots.deallocate()
        upstream.deallocate()
        upstreamOfSet.deallocate()
        members.deallocate()
    }

    /// Bounds by these potentials from now on.
    func use(_ potentials: [Potentials]) { self.potentials = potentials }

    @inline(__always)
    static func contains(_ set: UnsafePointer<UInt64>, _ op: Int) -> Bool {
        set[op >> 6] & (1 << UInt64(op & 63)) != 0
    }

    /// Bounds all steps that contain the ops `set` and any of the ops `open`.
    ///
    /// - Parameter threshold: a bound no larger than this need not be improved.
    /// - Returns: false if there is no such step in the class.
    func bound(_ set: UnsafePointer<UInt64>, _ open: UnsafePointer<UInt64>, threshold: Double) -> Bool {
        guard derive(set, open) else { return false }
        guard sumExternal(set, open) else { return false }
        sumValue(set, open)
        excess = .infinity
        self.threshold = threshold
        leastCost = max(compute, unavoidableTraffic / graph.bandwidth)
        for potentials in potentials {
            excess = min(excess, bound(set, open, potentials))
            if excess <= threshold { break }
        }
        return true
    }

    // MARK: Demand

    private func derive(_ set: UnsafePointer<UInt64>, _ open: UnsafePointer<UInt64>) -> Bool {
        memberCount = 0
        for word in stride(from: graph.words - 1, through: 0, by: -1) {
            var bits = set[word]
            while bits != 0 {
                let bit = 63 - bits.leadingZeroBitCount
                members[memberCount] = word * 64 + bit
                memberCount += 1
                bits &= ~(1 << UInt64(bit))
            }
        }
        externalCount = 0
        outputCount = 0
        openOutputCount = 0
        holdableInternalCount = 0
        pendingSlotCount = 0
        refundSlotCount = 0
        compute = 0
        sinkCount = 0
        sinkReduction = 0
        var smallestReduction = Double.infinity
        for index in 0..<memberCount {
            let op = members[index]
            guard deriveOutputs(op, set, open), deriveInputs(op, set, open) else {
                clearSlices()
                return false
            }
            if graph.isReducing[op] { smallestReduction = min(smallestReduction, graph.reduction[op]) }
        }
        // One k-step is as deep as the sinks' reduction, and no deeper than any (RULES 3.3).
        if !tables.pricingClass.hasSeveralDepths, sinkCount > 0, sinkReduction > smallestReduction {
            clearSlices()
            return false
        }
        return true
    }

    private func clearSlices() {
        for index in 0..<externalCount { sliceKinds[external[index]] = 0 }
        externalCount = 0
    }

    /// Collects what is demanded of an op; false if it cannot be in a step of the class.
    @inline(__always)
    private func deriveOutputs(
        _ op: Int, _ set: UnsafePointer<UInt64>, _ open: UnsafePointer<UInt64>
    ) -> Bool {
        var kinds: UInt16 = 0
        var (settled, crooked) = (true, false)
        for output in graph.outputStart[op]..<graph.outputStart[op + 1] {
            let tensor = graph.outputTensor[output]
            var (isInternal, isOpen, isTensorCrooked) = (false, false, false)
            for reader in graph.readerStart[tensor]..<graph.readerStart[tensor + 1] {
                let slot = graph.readerSlot[reader]
                let other = graph.slotOp[slot]
                if Self.contains(set, other) {
                    isInternal = true
                    guard graph.isReducing[op] || tables.allowsMap(before: slot) else { return false }
                    if isSettled[other] {
                        if isCrooked[other] || !graph.isElementwise[slot] { isTensorCrooked = true }
                        kinds |= demanded(slot, by: other, demands[other])
                    } else {
                        settled = false
                    }
                } else if Self.contains(open, other) {
                    isOpen = true
                    refundSlots[refundSlotCount] = slot
                    refundSlotCount += 1
                }
            }
            crooked = crooked || isTensorCrooked
            if isOpen { settled = false }
            let hasShape =
                Int(graph.width[tensor]) == tables.pricingClass.outputWidth
                && Int(graph.height[tensor]) == tables.pricingClass.outputHeight
            if isOpen {
                openOutputs[openOutputCount] = hasShape ? tensor : ~tensor
                openEnd[openOutputCount] = refundSlotCount
                openIsRead[openOutputCount] = isInternal
                openOutputCount += 1
            }
            if isInternal {
                if hasShape, prices.canBeHeld[tensor], !isTensorCrooked {
                    holdableInternals[holdableInternalCount] = tensor
                    holdableInternalCount += 1
                }
            } else if !isOpen {
                guard hasShape else { return false }
                kinds |= 1 << UInt16(tables.tileKind)
                outputs[outputCount] = tensor
                outputCount += 1
            }
        }
        isSettled[op] = settled
        isCrooked[op] = crooked
        demands[op] = kinds
        return true
    }

    @inline(__always)
    private func demanded(_ slot: Int, by op: Int, _ kinds: UInt16) -> UInt16 {
        let row = tables.demanded + (slot * 2 + (isSink(op) ? 1 : 0)) * DemandKind.count
        var bits = kinds
        var found: UInt16 = 0
        while bits != 0 {
            found |= 1 << UInt16(row[bits.trailingZeroBitCount])
            bits &= bits &- 1
        }
        return found
    }

    /// Whether an op is in S.
    func isMember(_ op: Int) -> Bool {
        for index in 0..<memberCount where members[index] == op { return true }
        return false
    }

    /// Whether a settled op of S is a sink.
    @inline(__always)
    func isSink(_ op: Int) -> Bool { graph.isReducing[op] && !isCrooked[op] }

    @inline(__always)
    private func deriveInputs(
        _ op: Int, _ set: UnsafePointer<UInt64>, _ open: UnsafePointer<UInt64>
    ) -> Bool {
        let settled = isSettled[op]
        if settled {
            if isSink(op) {
                guard tables.canBeSink(op), sinkCount == 0 || sinkReduction == graph.reduction[op] else {
                    return false
                }
                sinkCount += 1
                sinkReduction = graph.reduction[op]
            }
            compute += compute(op, demands[op])
        } else {
            guard tables.leastCompute[op].isFinite else { return false }
            compute += tables.leastCompute[op]
        }
        for slot in graph.slotStart[op]..<graph.slotStart[op + 1] {
            let tensor = graph.slotTensor[slot]
            let producer = graph.producer[tensor]
            if producer >= 0 {
                if Self.contains(set, producer) { continue }
                if Self.contains(open, producer) {
                    pendingSlots[pendingSlotCount] = slot
                    pendingSlotCount += 1
                    continue
                }
            }
            if sliceKinds[tensor] == 0 {
                external[externalCount] = tensor
                externalCount += 1
            }
            if settled {
                let kinds = demanded(slot, by: op, demands[op])
                sliceKinds[tensor] |= UInt64(kinds) << UInt64(16 * graph.slotRole[slot])
            } else {
                sliceKinds[tensor] |= Self.unknownKind
            }
        }
        return true
    }

    /// Compute over all tiles of the regions of these kinds: of regions that can coincide, the dearest.
    @inline(__always)
    func compute(_ op: Int, _ kinds: UInt16) -> Double {
        if kinds & (kinds &- 1) == 0 { return tables.compute[op * DemandKind.count + kinds.trailingZeroBitCount] }
        var (none, columns, rows, both) = (0.0, 0.0, 0.0, 0.0)
        var bits = kinds
        while bits != 0 {
            let kind = bits.trailingZeroBitCount
            bits &= bits &- 1
            let charge = tables.compute[op * DemandKind.count + kind]
            switch DemandKind.wholeness(kind) {
            case 0: none = max(none, charge)
            case 1: columns = max(columns, charge)
            case 2: rows = max(rows, charge)
            default: both = max(both, charge)
            }
        }
        return none + columns + rows + both
    }

    // MARK: Sums

    private var unavoidableTraffic = 0.0
    private var threshold = 0.0

    /// Traffic and memory of what is read from outside; false if it does not fit.
    private func sumExternal(_ set: UnsafePointer<UInt64>, _ open: UnsafePointer<UInt64>) -> Bool {
        unavoidableTraffic = 0
        heldElements = 0
        for output in 0..<outputCount where !prices.canBeHeld[outputs[output]] {
            unavoidableTraffic += tables.outputElements
        }
        heldElements += Double(outputCount) * tables.tileElements
        for index in 0..<externalCount {
            let tensor = external[index]
            let kinds = sliceKinds[tensor]
            sliceKinds[tensor] = 0
            externalKinds[index] = kinds
            let hasUndecided = hasOpenReader(tensor, open)
            externalHasUndecided[index] = hasUndecided
            if kinds == Self.unknownKind
                || (kinds & Self.unknownKind != 0 || hasUndecided) && tables.isFragile[tensor]
            {
                externalTraffic[index] = tables.leastTraffic[tensor]
                externalHeld[index] = tables.leastHeld[tensor]
                externalHeldPerDepth[index] = 0
            } else {
                sumSlices(tensor, kinds, index)
            }
            let held = externalHeld[index] + externalHeldPerDepth[index]
            heldElements += prices.canBeHeld[tensor] ? min(held, graph.size[tensor]) : held
            if !prices.canBeHeld[tensor] { unavoidableTraffic += externalTraffic[index] }
        }
        return heldElements <= graph.capacity
    }

    @inline(__always)
    private func hasOpenReader(_ tensor: Int, _ open: UnsafePointer<UInt64>) -> Bool {
        for reader in graph.readerStart[tensor]..<graph.readerStart[tensor + 1]
        where Self.contains(open, graph.slotOp[graph.readerSlot[reader]]) { return true }
        return false
    }

    /// Slices of one tensor: a full one serves all demands; others add up by role and by which sides are whole.
    @inline(__always)
    private func sumSlices(_ tensor: Int, _ kinds: UInt64, _ index: Int) {
        let base = tensor * DemandKind.count
        if (kinds | kinds >> 16 | kinds >> 32) & (1 << UInt64(DemandKind.full)) != 0 {
            externalTraffic[index] = graph.size[tensor]
            externalHeld[index] = graph.size[tensor]
            externalHeldPerDepth[index] = 0
            return
        }
        var (traffic, held, perDepth) = (0.0, 0.0, 0.0)
        for role in 0..<3 {
            let all = UInt16(truncatingIfNeeded: kinds >> UInt64(16 * role))
            guard all != 0 else { continue }
            if all & (all &- 1) == 0 {
                let kind = base + all.trailingZeroBitCount
                traffic += tables.traffic[kind]
                held += tables.held[kind]
                perDepth += tables.heldPerDepth[kind]
            } else {
                let sums = sumSeveral(base, all, tensor)
                traffic += sums.traffic
                held += sums.held
                perDepth += sums.perDepth
            }
        }
        externalTraffic[index] = traffic
        externalHeld[index] = held
        externalHeldPerDepth[index] = perDepth
    }

    private func sumSeveral(
        _ base: Int, _ all: UInt16, _ tensor: Int
    ) -> (traffic: Double, held: Double, perDepth: Double) {
        let coincide = ClassTables.canCoincide(all)
        var sums = (traffic: 0.0, held: 0.0, perDepth: 0.0)
        for group in 0..<3 {
            var most = (traffic: 0.0, held: 0.0, perDepth: 0.0, both: 0.0)
            for kind in 0..<DemandKind.count
            where all & 1 << UInt16(kind) != 0 && DemandKind.wholeness(kind) == group {
                most.traffic = max(most.traffic, coincide ? graph.size[tensor] : tables.traffic[base + kind])
                let (held, perDepth) = (tables.held[base + kind], tables.heldPerDepth[base + kind])
                if held + perDepth > most.both {
                    (most.held, most.perDepth, most.both) = (held, perDepth, held + perDepth)
                }
            }
            sums.traffic = coincide ? max(sums.traffic, most.traffic) : sums.traffic + most.traffic
            sums.held += most.held
            sums.perDepth += most.perDepth
        }
        return sums
    }

    private func sumValue(_ set: UnsafePointer<UInt64>, _ open: UnsafePointer<UInt64>) {
        for word in 0..<graph.words { upstream[word] = 0 }
        for index in 0..<externalCount {
            let producer = graph.producer[external[index]]
            guard producer >= 0 else { continue }
            let row = graph.upstream + producer * graph.words
            for word in 0..<graph.words { upstream[word] |= row[word] }
        }
        for word in 0..<graph.words { upstreamOfSet[word] = 0 }
        for index in 0..<memberCount {
            let row = graph.upstream + members[index] * graph.words
            for word in 0..<graph.words { upstreamOfSet[word] |= row[word] }
        }
        value = 0
        for index in 0..<memberCount where !Self.contains(upstream, members[index]) {
            value += prices.firstAndReach[members[index]]
        }
        for index in 0..<externalCount {
            let tensor = external[index]
            externalLoss[index] = 0
            for row in prices.reachStart[tensor]..<prices.reachStart[tensor + 1] {
                let op = prices.reachOp[row]
                if Self.contains(set, op), !Self.contains(upstream, op) {
                    externalLoss[index] += prices.reachPrice[row]
                }
            }
        }
        for index in 0..<outputCount { outputReward[index] = reward(outputs[index], set) }
        for index in 0..<openOutputCount where openOutputs[index] >= 0 && !openIsRead[index] {
            openReward[index] = reward(openOutputs[index], set)
        }
    }

    @inline(__always)
    private func reward(_ tensor: Int, _ set: UnsafePointer<UInt64>) -> Double {
        var reward = prices.output[tensor]
        for row in prices.reachStart[tensor]..<prices.reachStart[tensor + 1] {
            let op = prices.reachOp[row]
            if !Self.contains(set, op), !Self.contains(upstream, op) { reward += prices.reachPrice[row] }
        }
        return reward
    }

    // MARK: Bound

    private func bound(
        _ set: UnsafePointer<UInt64>, _ open: UnsafePointer<UInt64>, _ potentials: Potentials
    ) -> Double {
        var bound = value - potentials.weight * compute + potentials.memoryPrice * graph.capacity
        for index in 0..<outputCount {
            bound += potentials.outputValue(outputs[index], reward: outputReward[index])
        }
        bound += sumOpenOutputs(potentials)
        if prices.hasHandOffs {
            for index in 0..<holdableInternalCount where !prices.isLarge[holdableInternals[index]] {
                bound += max(0, potentials.retainedValue(holdableInternals[index]))
            }
        }
        for index in 0..<externalCount {
            let tensor = external[index]
            let held = externalHeld[index] + externalHeldPerDepth[index]
            var cost =
                potentials.loadPrice * externalTraffic[index] + potentials.memoryPrice * held + externalLoss[index]
            if prices.canBeHeld[tensor], !prices.isLarge[tensor] {
                cost = min(cost, prices.residentPrice[tensor] + potentials.memoryPrice * graph.size[tensor])
            }
            if externalHasUndecided[index] {
                // Undecided readers have been charged for their shares already.
                for reader in graph.readerStart[tensor]..<graph.readerStart[tensor + 1] {
                    let slot = graph.readerSlot[reader]
                    if Self.contains(open, graph.slotOp[slot]) { cost -= potentials.mostCharge[slot] }
                }
                cost = max(0, cost)
            }
            bound -= cost
        }
        for index in 0..<pendingSlotCount { bound -= potentials.leastCharge[pendingSlots[index]] }
        bound += gainOfLargeTensor(set, open, potentials)
        return bound + sumOpen(open, potentials, known: bound)
    }

    /// The most that tensors of S add which undecided ops read: charges of these are taken back if one joins; else the
    /// tensor is an output.
    @inline(__always)
    private func sumOpenOutputs(_ potentials: Potentials) -> Double {
        var sum = 0.0
        var slot = 0
        for index in 0..<openOutputCount {
            var read = 0.0
            while slot < openEnd[index] {
                read += potentials.mostCharge[refundSlots[slot]]
                slot += 1
            }
            let tensor = openOutputs[index]
            guard tensor >= 0, !openIsRead[index] else {
                sum += read
                continue
            }
            if prices.canBeHeld[tensor], !prices.isLarge[tensor] {
                read += max(0, potentials.retainedValue(tensor))
            }
            sum += max(read, potentials.outputValue(tensor, reward: openReward[index]))
        }
        return sum
    }

    /// The most that holding one large tensor of those that S and U touch gains.
    private func gainOfLargeTensor(
        _ set: UnsafePointer<UInt64>, _ open: UnsafePointer<UInt64>, _ potentials: Potentials
    ) -> Double {
        for (tensor, gain) in potentials.large {
            let producer = graph.producer[tensor]
            if Self.contains(set, producer) || Self.contains(open, producer) { return gain }
            for reader in graph.readerStart[tensor]..<graph.readerStart[tensor + 1] {
                let op = graph.slotOp[graph.readerSlot[reader]]
                if Self.contains(set, op) || Self.contains(open, op) { return gain }
            }
        }
        return 0
    }

    /// The most that undecided ops add.
    ///
    /// Those upstream of S may all join. Any other joins only with an output that it or an op downstream of it opens,
    /// one that is not upstream of S either; each such output takes a tile of memory. So of the outputs, each with
    /// all undecided ops upstream of it, at most as many count as there is room for tiles.
    private func sumOpen(_ open: UnsafePointer<UInt64>, _ potentials: Potentials, known: Double) -> Double {
        var (within, beside) = (0.0, 0.0)
        for word in 0..<graph.words {
            let (later, now) = (open[word] & upstream[word], open[word] & ~upstream[word])
            let near = upstreamOfSet[word]
            within += sum(later & near, word, potentials.laterPotential) + sum(now & near, word, potentials.potential)
            beside +=
                sum(later & ~near, word, potentials.laterPotential) + sum(now & ~near, word, potentials.potential)
        }
        guard beside > 0, known + within + beside > threshold else { return within + beside }
        let room = ((graph.capacity - heldElements) / tables.tileElements + 1e-9).rounded(.down)
        guard room < 8 else { return within + beside }
        guard room >= 1 else { return within }
        return within + min(beside, sumOutputs(open, potentials, Int(room)))
    }

    private func sumOutputs(_ open: UnsafePointer<UInt64>, _ potentials: Potentials, _ room: Int) -> Double {
        var largest = SIMD8<Double>(repeating: 0)
        for word in 0..<graph.words {
            var bits = open[word] & ~upstreamOfSet[word]
            while bits != 0 {
                let op = word * 64 + bits.trailingZeroBitCount
                bits &= bits &- 1
                guard tables.hasOutputShape[op] else { continue }
                let row = graph.upstream + op * graph.words
                var value = 0.0
                for other in 0..<graph.words {
                    let reached = open[other] & ~upstreamOfSet[other] & row[other]
                    guard reached != 0 else { continue }
                    value += sum(reached & upstream[other], other, potentials.laterPotential)
                    value += sum(reached & ~upstream[other], other, potentials.potential)
                }
                var place = room - 1
                guard value > largest[place] else { continue }
                while place > 0, largest[place - 1] < value {
                    largest[place] = largest[place - 1]
                    place -= 1
                }
                largest[place] = value
            }
        }
        return largest.sum()
    }

    @inline(__always)
    private func sum(_ bits: UInt64, _ word: Int, _ values: UnsafePointer<Double>) -> Double {
        var bits = bits
        var sum = 0.0
        while bits != 0 {
            sum += values[word * 64 + bits.trailingZeroBitCount]
            bits &= bits &- 1
        }
        return sum
    }
}
