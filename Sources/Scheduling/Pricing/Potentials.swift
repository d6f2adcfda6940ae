/// What undecided ops can still add to a step's value less its cost, at most, for one weight of compute against traffic
/// and one price of memory.
///
/// A step costs L >= weight * C + (1 - weight) * T / bandwidth, C its compute and T its traffic, and holds M <= capacity
/// elements, so for every price p >= 0 of memory
///
///     V - L  <=  V - weight * C - (1 - weight) * T / bandwidth - p * (M - capacity).
///
/// The right-hand side is a sum over the ops and tensors of the step. A tensor that is read from outside is shared out:
/// each slot q that reads it is charged min(b_q, f_q * its cost by that slot alone), with sum f_q <= 1, which is no more than
/// the tensor costs. Where the producer is in the step instead, the tensor costs nothing, and if someone in the step reads
/// it, it is not evicted for a reward. So the producer is granted the larger of what the tensor adds if nobody reads it, and
/// of the b_q of all slots, which takes the charges back. Whatever b and f are, an undecided op u adds at most
///
///     z_u = max(0, max over its roles of  V_u - weight * C_u - charges of its slots - cost of its outputs + grants).
///
/// The sum of z bounds the relaxation by linear programming duality: charges pushed upstream along b and out through
/// graph inputs are a flow, and z is what does not flow off.
final class Potentials: @unchecked Sendable {
    let weight: Double
    let memoryPrice: Double
    /// By op: z, and z without the price of running for the first time.
    let potential: UnsafeMutablePointer<Double>
    let laterPotential: UnsafeMutablePointer<Double>
    /// By slot: the most and the least that its op is charged for it, over the op's roles.
    let mostCharge: UnsafeMutablePointer<Double>
    let leastCharge: UnsafeMutablePointer<Double>
    /// Large tensors that are worth holding, the best first. Elsewhere they count as not held; one of them may be.
    private(set) var large: [(tensor: Int, gain: Double)] = []

    private let tables: ClassTables
    private let graph: PricingGraph
    private let prices: PriceTables
    /// Ops in play, ascending, and what is known of each op.
    private var ops: [Int] = []
    private let state: UnsafeMutablePointer<State>
    /// Price of an element loaded.
    let loadPrice: Double
    private let share: UnsafeMutablePointer<Double>
    private let limit: UnsafeMutablePointer<Double>
    /// By tensor: what is granted to its producer.
    private let grant: UnsafeMutablePointer<Double>
    /// By output of an undecided op: what it adds if nobody in the step reads it, and beside grants if somebody does.
    private let unread: UnsafeMutablePointer<Double>
    private let readBesides: UnsafeMutablePointer<Double>
    private let readBesidesTile: UnsafeMutablePointer<Double>
    /// Sum of the shares of a tensor.
    private let shared: UnsafeMutablePointer<Double>
    /// Cost of each slot of each role, in a row: `roleSlot[role]` and on.
    private let slotCost: UnsafeMutablePointer<Double>
    private let roleSlot: UnsafeMutablePointer<Int>
    /// What a role is worth before charges and grants.
    private let roleValue: UnsafeMutablePointer<Double>

    private enum State: UInt8 {
        case out
        case open
        case member
    }

    /// Finds potentials for all steps that contain the ops `set` and any of the ops `open`.
    init(
        _ tables: ClassTables, _ prices: PriceTables, weight: Double, memoryPrice: Double,
        set: UnsafePointer<UInt64>, open: UnsafePointer<UInt64>, sweeps: Int = 6
    ) {
        self.tables = tables
        graph = tables.graph
        self.prices = prices
        self.weight = weight
        self.memoryPrice = memoryPrice
        loadPrice = (1 - weight) / graph.bandwidth
        potential = .filled(graph.opCount, 0)
        laterPotential = .filled(graph.opCount, 0)
        mostCharge = .filled(graph.slotCount, 0)
        leastCharge = .filled(graph.slotCount, 0)
        share = .filled(graph.slotCount, 0)
        limit = .filled(graph.slotCount, .infinity)
        grant = .filled(graph.tensorCount, 0)
        unread = .filled(graph.tensorCount, -.infinity)
        readBesides = .filled(graph.tensorCount, -.infinity)
        readBesidesTile = .filled(graph.tensorCount, -.infinity)
        shared = .filled(graph.tensorCount, 0)
        state = .filled(graph.opCount, .out)
        roleSlot = .filled(tables.roles.count + 1, 0)
        roleValue = .filled(tables.roles.count, 0)
        for op in 0..<graph.opCount where tables.possible[op] != 0 {
            if PartialStep.contains(set, op) {
                state[op] = .member
            } else if PartialStep.contains(open, op) {
                state[op] = .open
            } else {
                continue
            }
            ops.append(op)
        }
        var count = 0
        for op in ops {
            let slots = graph.slotStart[op + 1] - graph.slotStart[op]
            for role in tables.roleStart[op]..<tables.roleStart[op + 1] {
                roleSlot[role] = count
                count += slots
            }
        }
        slotCost = .filled(count, 0)
        price()
        startShares()
        for _ in 0..<sweeps where !push() { break }
        finish()
        large = prices.largeTensors.map { ($0, gainOfHolding($0)) }.filter { $0.gain > 0 }
            .sorted { ($1.gain, $0.tensor) < ($0.gain, $1.tensor) }
    }

    deinit {
        potential.deallocate()
        laterPotential.deallocate()
        mostCharge.deallocate()
        leastCharge.deallocate()
        share.deallocate()
        limit.deallocate()
        grant.deallocate()
        unread.deallocate()
        readBesides.deallocate()
        readBesidesTile.deallocate()
        shared.deallocate()
        state.deallocate()
        slotCost.deallocate()
        roleSlot.deallocate()
        roleValue.deallocate()
    }

    /// The cost of reading a tensor from outside with this traffic and these elements held: from slow memory, or resident.
    @inline(__always)
    func readCost(_ tensor: Int, traffic: Double, held: Double) -> Double {
        let slow = loadPrice * traffic + memoryPrice * held
        guard prices.canBeHeld[tensor], !prices.isLarge[tensor] else { return slow }
        return min(slow, prices.residentPrice[tensor] + memoryPrice * graph.size[tensor])
    }

    /// The most that an output adds: evicted, or retained.
    @inline(__always)
    func outputValue(_ tensor: Int, reward: Double) -> Double {
        let evicted = reward - loadPrice * tables.outputElements - memoryPrice * tables.tileElements
        guard prices.canBeHeld[tensor], !prices.isLarge[tensor] else { return evicted }
        return max(evicted, retainedValue(tensor))
    }

    /// The most that holding a large tensor gains over not holding it.
    private func gainOfHolding(_ tensor: Int) -> Double {
        var loss = 0.0
        for row in prices.reachStart[tensor]..<prices.reachStart[tensor + 1] { loss += prices.reachPrice[row] }
        let resident =
            loadPrice * tables.mostTraffic[tensor] + memoryPrice * tables.mostHeld[tensor] + loss
            - prices.residentPrice[tensor] - memoryPrice * graph.size[tensor]
        let hasShape =
            Int(graph.width[tensor]) == tables.pricingClass.outputWidth
            && Int(graph.height[tensor]) == tables.pricingClass.outputHeight
        guard hasShape else { return max(0, resident) }
        let retained =
            loadPrice * tables.outputElements + memoryPrice * tables.tileElements + retainedValue(tensor)
        return max(0, resident, retained)
    }

    /// What retaining a tensor adds.
    @inline(__always)
    func retainedValue(_ tensor: Int) -> Double {
        prices.retainedPrice[tensor] - memoryPrice * graph.size[tensor]
    }

    private func price() {
        for op in ops {
            for output in graph.outputStart[op]..<graph.outputStart[op + 1] { priceOutput(graph.outputTensor[output]) }
            for number in tables.roleStart[op]..<tables.roleStart[op + 1] {
                let role = tables.roles[number]
                roleValue[number] = prices.firstAndReach[op] - weight * role.compute
                var index = roleSlot[number]
                for slot in graph.slotStart[op]..<graph.slotStart[op + 1] {
                    let tensor = graph.slotTensor[slot]
                    let kind = tensor * DemandKind.count + tables.input(of: role, slot)
                    // More demands by the same or another op may make a fragile tensor cheaper.
                    let isFragile = tables.isFragile[tensor]
                    slotCost[index] = readCost(
                        tensor, traffic: isFragile ? tables.leastTraffic[tensor] : tables.traffic[kind],
                        held: isFragile ? tables.leastHeld[tensor] : tables.held[kind] + tables.heldPerDepth[kind])
                    index += 1
                }
            }
        }
    }

    /// What an output of an undecided op adds.
    private func priceOutput(_ tensor: Int) {
        let hasShape =
            Int(graph.width[tensor]) == tables.pricingClass.outputWidth
            && Int(graph.height[tensor]) == tables.pricingClass.outputHeight
        if hasShape { unread[tensor] = outputValue(tensor, reward: prices.outputAndReach[tensor]) }
        for number in graph.readerStart[tensor]..<graph.readerStart[tensor + 1] {
            let slot = graph.readerSlot[number]
            let reader = state[graph.slotOp[slot]]
            guard reader != .out else { continue }
            // A member takes part in any case, and so reads it.
            if reader == .member { unread[tensor] = -.infinity }
            var besides = 0.0
            if hasShape, prices.canBeHeld[tensor], !prices.isLarge[tensor] {
                besides = max(0, retainedValue(tensor))
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
        for number in tables.roleStart[op]..<tables.roleStart[op + 1]
        where tables.input(of: tables.roles[number], slot) == tables.tileKind { return true }
        return false
    }

    /// Who is charged for a tensor.
    ///
    /// A tensor that a member makes costs nothing. What a member reads from outside is the member's to pay, whoever else
    /// reads it: shares of others would only be taken back. If its producer is undecided the member is charged in
    /// full, and the producer is granted that; a member takes part in any case, so nothing is lost by it. All
    /// other tensors start without shares if nothing is to be granted, else with equal ones.
    private func startShares() {
        var tensors = Set<Int>()
        for op in ops {
            for slot in graph.slotStart[op]..<graph.slotStart[op + 1] { tensors.insert(graph.slotTensor[slot]) }
        }
        for tensor in tensors.sorted() { startShares(tensor) }
    }

    private func startShares(_ tensor: Int) {
        let producer = graph.producer[tensor]
        let maker = producer >= 0 ? state[producer] : .out
        var slots = 0
        var member = -1
        for reader in graph.readerStart[tensor]..<graph.readerStart[tensor + 1] {
            let slot = graph.readerSlot[reader]
            switch state[graph.slotOp[slot]] {
            case .out: continue
            case .open: slots += 1
            case .member: if member < 0 { member = slot }
            }
        }
        shared[tensor] = 1
        if maker == .member {
            // Charges up to what the tensor adds unread need not be taken back.
            for reader in graph.readerStart[tensor]..<graph.readerStart[tensor + 1] where slots > 0 && member < 0 {
                let slot = graph.readerSlot[reader]
                share[slot] = 1 / Double(slots)
                limit[slot] = 0
            }
            return
        }
        if member >= 0 {
            guard maker == .open else { return }
            share[member] = 1
            let first = tables.roleStart[graph.slotOp[member]]
            var most = 0.0
            for role in first..<tables.roleStart[graph.slotOp[member] + 1] {
                most = max(most, slotCost[roleSlot[role] + member - graph.slotStart[graph.slotOp[member]]])
            }
            limit[member] = most
            grant[tensor] += most
            return
        }
        if maker == .out, slots > 1 {
            shared[tensor] = 0
            return
        }
        for reader in graph.readerStart[tensor]..<graph.readerStart[tensor + 1] {
            let slot = graph.readerSlot[reader]
            guard state[graph.slotOp[slot]] == .open else { continue }
            share[slot] = 1 / Double(slots)
            if maker == .open { limit[slot] = 0 }
        }
    }

    @inline(__always)
    private func charge(_ slot: Int, _ cost: Double) -> Double { min(limit[slot], share[slot] * cost) }

    @inline(__always)
    private func surplus(_ op: Int, _ role: Int) -> Double {
        var value = roleValue[role] + outputValue(op, role)
        var index = roleSlot[role]
        for slot in graph.slotStart[op]..<graph.slotStart[op + 1] {
            value -= charge(slot, slotCost[index])
            index += 1
        }
        return value
    }

    private func surplus(_ op: Int) -> Double {
        var best = -Double.infinity
        for role in tables.roleStart[op]..<tables.roleStart[op + 1] { best = max(best, surplus(op, role)) }
        return best
    }

    /// Pushes surpluses from readers to what they read; false when nothing moved.
    private func push() -> Bool {
        var hasMoved = false
        for op in ops.reversed() where state[op] == .open {
            guard surplus(op) > 1e-9 else { continue }
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
        let room = 1 - shared[tensor]
        guard room > 1e-12 else { return false }
        let offset = slot - graph.slotStart[op]
        var target = 0.0
        for role in tables.roleStart[op]..<tables.roleStart[op + 1] {
            target = max(target, surplus(op, role) - room * slotCost[roleSlot[role] + offset])
        }
        var needed = 0.0
        for role in tables.roleStart[op]..<tables.roleStart[op + 1] {
            let excess = surplus(op, role) - target
            let cost = slotCost[roleSlot[role] + offset]
            if excess > 0, cost > 0 { needed = max(needed, excess / cost) }
        }
        needed = min(needed, room)
        guard needed > 0 else { return false }
        share[slot] += needed
        shared[tensor] += needed
        return true
    }

    /// Raises what a slot may be charged for a tensor with a producer, and grants it to the producer.
    private func raiseLimit(_ op: Int, _ slot: Int) -> Bool {
        let offset = slot - graph.slotStart[op]
        guard share[slot] > 0 else { return false }
        let tensor = graph.slotTensor[slot]
        var room = Double.infinity
        if state[graph.producer[tensor]] == .member { room = max(0, unread[tensor] - grant[tensor]) }
        // The surplus that would be left with no limit.
        var target = 0.0
        for role in tables.roleStart[op]..<tables.roleStart[op + 1] {
            let full = share[slot] * slotCost[roleSlot[role] + offset]
            target = max(target, surplus(op, role) + min(limit[slot], full) - full)
        }
        var raised = limit[slot]
        for role in tables.roleStart[op]..<tables.roleStart[op + 1] {
            let excess = surplus(op, role) - target
            guard excess > 0 else { continue }
            let full = share[slot] * slotCost[roleSlot[role] + offset]
            raised = max(raised, min(full, min(limit[slot], full) + excess))
        }
        raised = min(raised, limit[slot] + room)
        guard raised > limit[slot] else { return false }
        grant[tensor] += raised - limit[slot]
        limit[slot] = raised
        return true
    }

    private func finish() {
        for op in ops {
            let surplus = surplus(op)
            potential[op] = max(0, surplus)
            laterPotential[op] = max(0, surplus - prices.firstAndReach[op])
            let first = tables.roleStart[op]
            for slot in graph.slotStart[op]..<graph.slotStart[op + 1] {
                leastCharge[slot] = .infinity
                for role in first..<tables.roleStart[op + 1] {
                    let charge = charge(slot, slotCost[roleSlot[role] + slot - graph.slotStart[op]])
                    mostCharge[slot] = max(mostCharge[slot], charge)
                    leastCharge[slot] = min(leastCharge[slot], charge)
                }
            }
        }
    }
}
