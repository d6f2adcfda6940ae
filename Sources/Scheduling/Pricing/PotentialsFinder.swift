/// Finds ``Potentials``, in scratch space of its own: a search asks for them by the thousand.
///
/// Charges are pushed upstream from ops that have something left to ops that can pay for it, in a few sweeps from the
/// last op to the first: an approximate maximum flow. Any charges are valid; better ones leave less.
final class PotentialsFinder {
    let tables: ClassTables
    let graph: PricingGraph
    private let prices: PriceTables
    /// Ops in play, ascending, and what is known of each op.
    private var ops: [Int] = []
    let state: UnsafeMutablePointer<State>
    /// By slot: the share of its tensor's cost, and the most that it is charged.
    let share: UnsafeMutablePointer<Double>
    let limit: UnsafeMutablePointer<Double>
    /// By tensor: what is granted to its producer, and to one that is a sink: nothing is for readers that make it none.
    /// Minus infinity where there is such a reader in any case.
    let grant: UnsafeMutablePointer<Double>
    let sinkGrant: UnsafeMutablePointer<Double>
    /// By output of an undecided op: what it adds if nobody in the step reads it, and beside grants if somebody does.
    let unread: UnsafeMutablePointer<Double>
    private let readBesides: UnsafeMutablePointer<Double>
    private let readBesidesTile: UnsafeMutablePointer<Double>
    /// By tensor: the sum of its shares; negative before it has any. Of ops of which a step has one at most the largest
    /// share counts, ``sharedBig``.
    let shared: UnsafeMutablePointer<Double>
    let sharedBig: UnsafeMutablePointer<Double>
    /// Cost of each slot of each role, in a row: `roleSlot[role]` and on.
    let slotCost: UnsafeMutablePointer<Double>
    let roleSlot: UnsafeMutablePointer<Int>
    /// What a role is worth before charges and grants, and what is left of that after them.
    private let roleValue: UnsafeMutablePointer<Double>
    private let surplus: UnsafeMutablePointer<Double>
    /// What is being filled.
    private var found: Potentials

    enum State: UInt8 {
        case out
        case open
        case member
    }

    init(_ tables: ClassTables, _ prices: PriceTables) {
        self.tables = tables
        graph = tables.graph
        self.prices = prices
        found = Potentials(tables, prices, weight: 0, memoryPrice: 0)
        share = .filled(graph.slotCount, 0)
        limit = .filled(graph.slotCount, 0)
        grant = .filled(graph.tensorCount, 0)
        sinkGrant = .filled(graph.tensorCount, 0)
        unread = .filled(graph.tensorCount, 0)
        readBesides = .filled(graph.tensorCount, 0)
        readBesidesTile = .filled(graph.tensorCount, 0)
        shared = .filled(graph.tensorCount, 0)
        sharedBig = .filled(graph.tensorCount, 0)
        state = .filled(graph.opCount, .out)
        roleSlot = .filled(tables.roleCount, 0)
        roleValue = .filled(tables.roleCount, 0)
        surplus = .filled(tables.roleCount, 0)
        var count = 0
        for op in 0..<graph.opCount {
            for role in tables.roles(of: op) {
                roleSlot[role] = count
                count += graph.slotStart[op + 1] - graph.slotStart[op]
            }
        }
        slotCost = .filled(count, 0)
    }

    deinit {
        share.deallocate()
        limit.deallocate()
        grant.deallocate()
        sinkGrant.deallocate()
        unread.deallocate()
        readBesides.deallocate()
        readBesidesTile.deallocate()
        shared.deallocate()
        sharedBig.deallocate()
        state.deallocate()
        slotCost.deallocate()
        roleSlot.deallocate()
        roleValue.deallocate()
        surplus.deallocate()
    }

    /// Potentials for all steps that contain the ops `set` and any of the ops `open`.
    func find(
        weight: Double, memoryPrice: Double, set: UnsafePointer<UInt64>, open: UnsafePointer<UInt64>, sweeps: Int = 6
    ) -> Potentials {
        found = Potentials(tables, prices, weight: weight, memoryPrice: memoryPrice)
        enter(set, open)
        price()
        for op in ops {
            for slot in graph.slotStart[op]..<graph.slotStart[op + 1] { startShares(graph.slotTensor[slot]) }
        }
        for _ in 0..<sweeps where !push() { break }
        finish()
        for (tensor, _) in found.large { holdLarge(tensor) }
        if tables.hasSeveralBig { countBigOnce() }
        for op in ops { state[op] = .out }
        return found
    }

    /// Notes which ops are in play, and clears what is known of them.
    private func enter(_ set: UnsafePointer<UInt64>, _ open: UnsafePointer<UInt64>) {
        ops.removeAll(keepingCapacity: true)
        for word in 0..<graph.words {
            var bits = set[word] | open[word]
            while bits != 0 {
                let op = word * 64 + bits.trailingZeroBitCount
                bits &= bits &- 1
                guard tables.possible[op] != 0 else { continue }
                state[op] = PartialStep.contains(set, op) ? .member : .open
                ops.append(op)
            }
        }
        for op in ops {
            for slot in graph.slotStart[op]..<graph.slotStart[op + 1] {
                share[slot] = 0
                limit[slot] = .infinity
                let tensor = graph.slotTensor[slot]
                shared[tensor] = -1
                sharedBig[tensor] = 0
                grant[tensor] = 0
                sinkGrant[tensor] = 0
            }
            for output in graph.outputStart[op]..<graph.outputStart[op + 1] {
                let tensor = graph.outputTensor[output]
                grant[tensor] = 0
                sinkGrant[tensor] = 0
                unread[tensor] = -.infinity
                readBesides[tensor] = -.infinity
                readBesidesTile[tensor] = -.infinity
            }
        }
    }

    private func price() {
        for op in ops {
            for output in graph.outputStart[op]..<graph.outputStart[op + 1] { priceOutput(graph.outputTensor[output]) }
            for number in tables.roles(of: op) {
                let role = tables.roles[number]
                roleValue[number] = prices.firstAndReach[op] - found.weight * role.compute
                var index = roleSlot[number]
                for slot in graph.slotStart[op]..<graph.slotStart[op + 1] {
                    let tensor = graph.slotTensor[slot]
                    let kind = tensor * DemandKind.count + tables.input(of: role, slot)
                    // More demands by the same or another op may make a fragile tensor cheaper.
                    let isFragile = tables.isFragileAs[slot * 2 + (role.isSink ? 1 : 0)]
                    slotCost[index] = found.readCost(
                        tensor, traffic: isFragile ? tables.leastTraffic[tensor] : tables.traffic[kind],
                        held: isFragile ? tables.leastHeld[tensor] : tables.held[kind] + tables.heldPerDepth[kind])
                    index += 1
                }
            }
        }
    }

    /// What an output of an undecided op adds.
    private func priceOutput(_ tensor: Int) {
        let hasShape = tables.hasShape(tensor)
        if hasShape { unread[tensor] = found.outputValue(tensor, reward: prices.outputAndReach[tensor]) }
        for number in graph.readerStart[tensor]..<graph.readerStart[tensor + 1] {
            let slot = graph.readerSlot[number]
            let reader = state[graph.slotOp[slot]]
            guard reader != .out else { continue }
            // A member takes part in any case, and so reads it.
            if reader == .member { unread[tensor] = -.infinity }
            var besides = 0.0
            if hasShape, prices.canBeHeld[tensor], !prices.isLarge[tensor] {
                besides = max(0, found.retainedValue(tensor))
            }
            readBesides[tensor] = besides
            // A single output that is demanded on the tile is internal only if a map reads it so.
            if canDemandTile(slot) { readBesidesTile[tensor] = besides }
        }
    }

    /// The most that an output of an undecided op adds in a role, grants included.
    ///
    /// If nobody in the step reads it, no charge has to be taken back; if somebody does, it is not evicted.
    @inline(__always)
    private func outputValue(_ op: Int, _ role: Int) -> Double {
        let outputs = graph.outputStart[op]..<graph.outputStart[op + 1]
        if tables.roles[role].isSink {
            let tensor = graph.outputTensor[outputs.lowerBound]
            guard sinkGrant[tensor] > -.infinity else { return -.infinity }
            return max(unread[tensor], sinkGrant[tensor] + readBesidesTile[tensor])
        }
        let isOnlyTile = outputs.count == 1 && tables.roles[role].kind == tables.tileKind
        var value = 0.0
        for output in outputs {
            let tensor = graph.outputTensor[output]
            let besides = isOnlyTile ? readBesidesTile[tensor] : readBesides[tensor]
            // Another kind of demand than the tile's comes from a reader.
            let isRead = outputs.count == 1 && !isOnlyTile
            value += isRead ? grant[tensor] + besides : max(unread[tensor], grant[tensor] + besides)
        }
        return value
    }

    private func canDemandTile(_ slot: Int) -> Bool {
        let op = graph.slotOp[slot]
        for number in tables.roles(of: op)
        where tables.input(of: tables.roles[number], slot) == tables.tileKind { return true }
        return false
    }

    @inline(__always)
    private func charge(_ slot: Int, _ cost: Double) -> Double { min(limit[slot], share[slot] * cost) }

    /// Works out what each role of an op leaves; returns the most.
    private func sumSurplus(_ op: Int) -> Double {
        var best = -Double.infinity
        for role in tables.roles(of: op) {
            var value = roleValue[role] + outputValue(op, role)
            var index = roleSlot[role]
            for slot in graph.slotStart[op]..<graph.slotStart[op + 1] {
                value -= charge(slot, slotCost[index])
                index += 1
            }
            surplus[role] = value
            best = max(best, value)
        }
        return best
    }

    /// Pushes surpluses from readers to what they read; false when nothing moved.
    private func push() -> Bool {
        var hasMoved = false
        for op in ops.reversed() where state[op] == .open {
            guard sumSurplus(op) > 1e-9 else { continue }
            for isProduced in [false, true] {
                for slot in graph.slotStart[op]..<graph.slotStart[op + 1] {
                    let tensor = graph.slotTensor[slot]
                    let producer = graph.producer[tensor]
                    guard (producer >= 0 && state[producer] != .out) == isProduced else { continue }
                    let moved = isProduced ? raiseLimit(op, slot) : raiseShare(op, slot)
                    hasMoved = hasMoved || moved
                }
            }
        }
        return hasMoved
    }

    /// Raises the share of a graph input as far as it lowers the op's surplus.
    private func raiseShare(_ op: Int, _ slot: Int) -> Bool {
        let tensor = graph.slotTensor[slot]
        let isBig = tables.isBig[op]
        let room = 1 - shared[tensor] - (isBig ? share[slot] : sharedBig[tensor])
        guard room > 1e-12 else { return false }
        let offset = slot - graph.slotStart[op]
        var target = 0.0
        for role in tables.roles(of: op) {
            target = max(target, surplus[role] - room * slotCost[roleSlot[role] + offset])
        }
        var needed = 0.0
        for role in tables.roles(of: op) {
            let excess = surplus[role] - target
            let cost = slotCost[roleSlot[role] + offset]
            if excess > 0, cost > 0 { needed = max(needed, excess / cost) }
        }
        needed = min(needed, room)
        guard needed > 0 else { return false }
        change(op, slot) {
            share[slot] += needed
            if isBig {
                sharedBig[tensor] = max(sharedBig[tensor], share[slot])
            } else {
                shared[tensor] += needed
            }
        }
        return true
    }

    /// Raises what a slot may be charged for a tensor with a producer, and its share if it has to, and grants it to the
    /// producer.
    private func raiseLimit(_ op: Int, _ slot: Int) -> Bool {
        let tensor = graph.slotTensor[slot]
        let isBig = tables.isBig[op]
        let mostShare = max(share[slot], share[slot] + 1 - shared[tensor] - (isBig ? share[slot] : sharedBig[tensor]))
        guard mostShare > 1e-12 else { return false }
        let offset = slot - graph.slotStart[op]
        var room = Double.infinity
        if state[graph.producer[tensor]] == .member { room = max(0, unread[tensor] - grant[tensor]) }
        // The surplus that would be left with no limit.
        var target = 0.0
        for role in tables.roles(of: op) {
            let cost = slotCost[roleSlot[role] + offset]
            target = max(target, surplus[role] + charge(slot, cost) - mostShare * cost)
        }
        var (raised, needed) = (limit[slot], share[slot])
        for role in tables.roles(of: op) {
            let excess = surplus[role] - target
            guard excess > 0 else { continue }
            let cost = slotCost[roleSlot[role] + offset]
            let charged = min(mostShare * cost, charge(slot, cost) + excess)
            raised = max(raised, charged)
            if cost > 0 { needed = max(needed, charged / cost) }
        }
        raised = min(raised, limit[slot] + room)
        needed = min(needed, mostShare)
        guard raised > limit[slot] || needed > share[slot] else { return false }
        change(op, slot) {
            grant[tensor] += raised - limit[slot]
            if graph.isElementwise[slot] { sinkGrant[tensor] += raised - limit[slot] }
            limit[slot] = raised
            if isBig {
                sharedBig[tensor] = max(sharedBig[tensor], needed)
            } else {
                shared[tensor] += needed - share[slot]
            }
            share[slot] = needed
        }
        return true
    }

    /// Changes what an op is charged for a slot, and with it what its roles leave.
    @inline(__always)
    private func change(_ op: Int, _ slot: Int, _ body: () -> Void) {
        let offset = slot - graph.slotStart[op]
        for role in tables.roles(of: op) { surplus[role] += charge(slot, slotCost[roleSlot[role] + offset]) }
        body()
        for role in tables.roles(of: op) { surplus[role] -= charge(slot, slotCost[roleSlot[role] + offset]) }
    }

    private func finish() {
        for op in ops {
            let surplus = sumSurplus(op)
            found.potential[op] = max(0, surplus)
            found.laterPotential[op] = max(0, surplus - prices.firstAndReach[op])
            for slot in graph.slotStart[op]..<graph.slotStart[op + 1] {
                found.leastCharge[slot] = .infinity
                for role in tables.roles(of: op) {
                    let charge = charge(slot, slotCost[roleSlot[role] + slot - graph.slotStart[op]])
                    found.mostCharge[slot] = max(found.mostCharge[slot], charge)
                    found.leastCharge[slot] = min(found.leastCharge[slot], charge)
                }
            }
        }
    }

    /// What undecided ops gain by a large tensor: the charges of those that read it, and what its producer adds.
    private func holdLarge(_ tensor: Int) {
        for reader in graph.readerStart[tensor]..<graph.readerStart[tensor + 1] {
            let slot = graph.readerSlot[reader]
            let op = graph.slotOp[slot]
            guard state[op] == .open else { continue }
            var most = 0.0
            for role in tables.roles(of: op) {
                most = max(most, surplus[role] + charge(slot, slotCost[roleSlot[role] + slot - graph.slotStart[op]]))
            }
            found.residentGain[slot] = most - found.potential[op]
        }
        let producer = graph.producer[tensor]
        guard producer >= 0, state[producer] == .open, tables.hasShape(tensor) else { return }
        var most = -Double.infinity
        for role in tables.roles(of: producer) { most = max(most, surplus[role]) }
        let gain = max(0, found.gainOfRetaining(tensor), found.retainedValue(tensor))
        found.retainedGain[tensor] = max(0, most + gain) - found.potential[producer]
    }

    private func countBigOnce() {
        for op in ops where tables.isBig[op] && state[op] == .open && found.potential[op] > 0 {
            found.big.append((op, found.potential[op]))
            (found.potential[op], found.laterPotential[op]) = (0, 0)
        }
        found.big.sort { ($1.potential, $0.op) < ($0.potential, $1.op) }
    }
}
