// The upper bound of value less cost by one pair of weight and memory price.

extension PartialStep {
    func bound(
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
                // Undecided readers have been charged for their shares already; of big ones at most one joins.
                var big = 0.0
                for reader in graph.readerStart[tensor]..<graph.readerStart[tensor + 1] {
                    let slot = graph.readerSlot[reader]
                    let op = graph.slotOp[slot]
                    guard Self.contains(open, op) else { continue }
                    if tables.isBig[op] {
                        big = max(big, potentials.mostCharge[slot])
                    } else {
                        cost -= potentials.mostCharge[slot]
                    }
                }
                cost = max(0, cost - big)
            }
            externalCost[index] = cost
            bound -= cost
        }
        for index in 0..<pendingSlotCount { bound -= potentials.leastCharge[pendingSlots[index]] }
        bound += gainOfLargeTensor(set, open, potentials)
        if !potentials.big.isEmpty { bound += gainOfBigOp(set, open, potentials) }
        return bound + sumOpen(open, potentials, known: bound)
    }

    /// The most that tensors of S add which undecided ops read: charges of these are taken back if one joins; else the
    /// tensor is an output.
    @inline(__always)
    func sumOpenOutputs(_ potentials: Potentials) -> Double {
        var sum = 0.0
        var slot = 0
        for index in 0..<openOutputCount {
            var (read, big) = (0.0, 0.0)
            while slot < openEnd[index] {
                let charge = potentials.mostCharge[refundSlots[slot]]
                if tables.isBig[graph.slotOp[refundSlots[slot]]] { big = max(big, charge) } else { read += charge }
                slot += 1
            }
            read += big
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
    ///
    /// A resident one frees S of its cost and undecided readers of their charges; a retained one is not evicted.
    func gainOfLargeTensor(
        _ set: UnsafePointer<UInt64>, _ open: UnsafePointer<UInt64>, _ potentials: Potentials
    ) -> Double {
        var most = 0.0
        for (tensor, limit) in potentials.large where limit > most {
            var resident = -potentials.residentCost(tensor)
            for index in 0..<externalCount where external[index] == tensor { resident += externalCost[index] }
            for reader in graph.readerStart[tensor]..<graph.readerStart[tensor + 1] {
                let slot = graph.readerSlot[reader]
                let op = graph.slotOp[slot]
                if Self.contains(open, op) {
                    resident += potentials.residentGain[slot]
                } else if Self.contains(set, op) {
                    // Charged if its producer is undecided.
                    resident += potentials.leastCharge[slot]
                }
            }
            var retained = 0.0
            let producer = graph.producer[tensor]
            if Self.contains(open, producer) {
                retained = potentials.retainedGain[tensor]
            } else if Self.contains(set, producer), tables.hasShape(tensor) {
                retained = max(0, potentials.gainOfRetaining(tensor), potentials.retainedValue(tensor))
            }
            most = max(most, max(0, resident) + retained)
        }
        return most
    }

    /// The most that one undecided op adds of those of which a step has one at most.
    func gainOfBigOp(
        _ set: UnsafePointer<UInt64>, _ open: UnsafePointer<UInt64>, _ potentials: Potentials
    ) -> Double {
        for index in 0..<memberCount where tables.isBig[members[index]] { return 0 }
        for (op, potential) in potentials.big where Self.contains(open, op) { return potential }
        return 0
    }

    /// The most that undecided ops add.
    ///
    /// Those upstream of S may all join. Any other joins only with an output that it or an op downstream of it opens,
    /// one that is not upstream of S either; each such output takes a tile of memory. So of the outputs, each with
    /// all undecided ops upstream of it, at most as many count as there is room for tiles.
    func sumOpen(_ open: UnsafePointer<UInt64>, _ potentials: Potentials, known: Double) -> Double {
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

    func sumOutputs(_ open: UnsafePointer<UInt64>, _ potentials: Potentials, _ room: Int) -> Double {
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
    func sum(_ bits: UInt64, _ word: Int, _ values: UnsafePointer<Double>) -> Double {
        var bits = bits
        var sum = 0.0
        while bits != 0 {
            sum += values[word * 64 + bits.trailingZeroBitCount]
            bits &= bits &- 1
        }
        return sum
    }
}
