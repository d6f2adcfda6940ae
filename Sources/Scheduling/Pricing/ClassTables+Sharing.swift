// Tensors and ops of which a step cannot have all at once: demands that make each other cheaper, ops that fill fast
// memory.

extension ClassTables {
    func fillFragile() {
        for tensor in 0..<graph.tensorCount {
            var kinds = [UInt16](repeating: 0, count: 3)
            var least = (traffic: Double.infinity, held: Double.infinity)
            for reader in graph.readerStart[tensor]..<graph.readerStart[tensor + 1] {
                let slot = graph.readerSlot[reader]
                let demands = demands(slot)
                kinds[Int(graph.slotRole[slot])] |= demands
                for kind in 0..<DemandKind.count where demands & 1 << UInt16(kind) != 0 {
                    let index = tensor * DemandKind.count + kind
                    least.traffic = min(least.traffic, traffic[index])
                    least.held = min(least.held, held[index] + heldPerDepth[index])
                }
            }
            for role in kinds {
                for group in 0..<4 {
                    var most = (traffic: 0.0, held: 0.0)
                    for kind in 0..<DemandKind.count
                    where role & 1 << UInt16(kind) != 0 && DemandKind.wholeness(kind) == group {
                        let index = tensor * DemandKind.count + kind
                        most.traffic = max(most.traffic, traffic[index])
                        most.held = max(most.held, held[index] + heldPerDepth[index])
                    }
                    mostTraffic[tensor] += most.traffic
                    mostHeld[tensor] += most.held
                }
            }
            let all = kinds[0] | kinds[1] | kinds[2]
            isFragile[tensor] = Self.isFragile(kinds)
            if isFragile[tensor] { fillFragile(tensor) }
            // Where demands coincide, all that is sure is that each element comes in once.
            leastTraffic[tensor] = all == 0 ? 0 : min(least.traffic, graph.size[tensor])
            leastHeld[tensor] = all == 0 ? 0 : least.held
        }
    }

    /// See ``isBig``.
    func fillBig() {
        var count = 0
        for op in 0..<graph.opCount where possible[op] != 0 {
            var least = Double.infinity
            for role in roles(of: op) {
                var held = 0.0
                for slot in graph.slotStart[op]..<graph.slotStart[op + 1] {
                    let tensor = graph.slotTensor[slot]
                    let producer = graph.producer[tensor]
                    guard graph.readerStart[tensor + 1] - graph.readerStart[tensor] == 1,
                        producer < 0 || possible[producer] == 0
                    else { continue }
                    let kind = tensor * DemandKind.count + input(of: roles[role], slot)
                    let isFragile = isFragileAs[slot * 2 + (roles[role].isSink ? 1 : 0)]
                    // Resident it takes as much at least.
                    held += min(
                        graph.size[tensor], isFragile ? leastHeld[tensor] : self.held[kind] + heldPerDepth[kind])
                }
                least = min(least, held)
            }
            isBig[op] = 2 * least > graph.capacity - tileElements
            if isBig[op] { count += 1 }
        }
        hasSeveralBig = count > 1
    }

    /// Of a fragile tensor: whether it still is when one of its readers is a sink, or is none.
    private func fillFragile(_ tensor: Int) {
        for reader in graph.readerStart[tensor]..<graph.readerStart[tensor + 1] {
            let slot = graph.readerSlot[reader]
            for isSink in [false, true] {
                var kinds = [UInt16](repeating: 0, count: 3)
                for other in graph.readerStart[tensor]..<graph.readerStart[tensor + 1] {
                    let otherSlot = graph.readerSlot[other]
                    let isSame = graph.slotOp[otherSlot] == graph.slotOp[slot]
                    kinds[Int(graph.slotRole[otherSlot])] |= demands(otherSlot, isSink: isSame ? isSink : nil)
                }
                isFragileAs[slot * 2 + (isSink ? 1 : 0)] = Self.isFragile(kinds)
            }
        }
    }

    /// True when more of these kinds, by role, can mean less traffic.
    private static func isFragile(_ kinds: [UInt16]) -> Bool {
        let all = kinds[0] | kinds[1] | kinds[2]
        return all & 1 << UInt16(DemandKind.full) != 0 && all != 1 << UInt16(DemandKind.full)
            || kinds.contains { canCoincide($0) }
    }

    /// True when two of these kinds can name the same elements in some iterations, so that one may find loaded what the
    /// other held before. Kinds of different wholeness never do; kinds with a k-range on the same side change with
    /// every k-step, so that nothing is found loaded.
    @inline(__always)
    static func canCoincide(_ kinds: UInt16) -> Bool {
        guard kinds & (kinds &- 1) != 0 else { return false }
        for group in 0..<3 {
            var first = -1
            var (rowsReduce, columnsReduce, several) = (true, true, false)
            for kind in 0..<DemandKind.count
            where kinds & 1 << UInt16(kind) != 0 && DemandKind.wholeness(kind) == group {
                if first >= 0 { several = true }
                first = kind
                rowsReduce = rowsReduce && DemandKind.rows(kind) == SideExtent.reduction
                columnsReduce = columnsReduce && DemandKind.columns(kind) == SideExtent.reduction
            }
            if several, !rowsReduce, !columnsReduce { return true }
        }
        return false
    }
}
