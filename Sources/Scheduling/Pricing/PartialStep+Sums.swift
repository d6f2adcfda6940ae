// Traffic and memory of what a partial step reads from outside, and what it is worth by the prices.

extension PartialStep {
    /// Traffic and memory of what is read from outside; false if it does not fit.
    func sumExternal(_ set: UnsafePointer<UInt64>, _ open: UnsafePointer<UInt64>) -> Bool {
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
    func hasOpenReader(_ tensor: Int, _ open: UnsafePointer<UInt64>) -> Bool {
        for reader in graph.readerStart[tensor]..<graph.readerStart[tensor + 1]
        where Self.contains(open, graph.slotOp[graph.readerSlot[reader]]) { return true }
        return false
    }

    /// Slices of one tensor: a full one serves all demands; others add up by role and by which sides are whole.
    @inline(__always)
    func sumSlices(_ tensor: Int, _ kinds: UInt64, _ index: Int) {
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

    func sumSeveral(
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

    func sumValue(_ set: UnsafePointer<UInt64>, _ open: UnsafePointer<UInt64>) {
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
    func reward(_ tensor: Int, _ set: UnsafePointer<UInt64>) -> Double {
        var reward = prices.output[tensor]
        for row in prices.reachStart[tensor]..<prices.reachStart[tensor + 1] {
            let op = prices.reachOp[row]
            if !Self.contains(set, op), !Self.contains(upstream, op) { reward += prices.reachPrice[row] }
        }
        return reward
    }
}
