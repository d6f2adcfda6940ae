// What is demanded of the ops of a partial step, derived backwards: which are settled, internal, outputs; and what they
// compute.

extension PartialStep {
    func derive(_ set: UnsafePointer<UInt64>, _ open: UnsafePointer<UInt64>) -> Bool {
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

    func clearSlices() {
        for index in 0..<externalCount { sliceKinds[external[index]] = 0 }
        externalCount = 0
    }

    /// Collects what is demanded of an op; false if it cannot be in a step of the class.
    @inline(__always)
    func deriveOutputs(
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
            let hasShape = tables.hasShape(tensor)
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
    func demanded(_ slot: Int, by op: Int, _ kinds: UInt16) -> UInt16 {
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
    func deriveInputs(
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
}
