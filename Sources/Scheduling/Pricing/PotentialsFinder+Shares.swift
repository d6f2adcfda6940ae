extension PotentialsFinder {
    /// Who is charged for a tensor.
    ///
    /// A tensor that a member makes costs nothing. What a member reads from outside is the member's to pay, whoever
    /// else reads it: shares of others would only be taken back. If its producer is undecided the member is charged in
    /// full, and the producer is granted that; a member takes part in any case, so nothing is lost by it. All other
    /// tensors start without shares if nothing is to be granted, else with equal ones.
    func startShares(_ tensor: Int) {
        guard shared[tensor] < 0 else { return }
        let producer = graph.producer[tensor]
        let maker = producer >= 0 ? state[producer] : .out
        var slots = 0
        var member = -1
        var hasCrookedMember = false
        var hasBig = false
        for reader in graph.readerStart[tensor]..<graph.readerStart[tensor + 1] {
            let slot = graph.readerSlot[reader]
            switch state[graph.slotOp[slot]] {
            case .out: continue
            case .open:
                if tables.isBig[graph.slotOp[slot]] { hasBig = true } else { slots += 1 }
            case .member:
                if member < 0 { member = slot }
                hasCrookedMember = hasCrookedMember || !graph.isElementwise[slot]
            }
        }
        if hasBig { slots += 1 }
        shared[tensor] = 1
        if maker == .member {
            // Charges up to what the tensor adds unread need not be taken back.
            for reader in graph.readerStart[tensor]..<graph.readerStart[tensor + 1] where slots > 0 && member < 0 {
                let slot = graph.readerSlot[reader]
                limit[slot] = 0
                if slots == 1 { share[slot] = 1 }
            }
            if slots > 1, member < 0 { shared[tensor] = 0 }
            return
        }
        if member >= 0 {
            guard maker == .open else { return }
            share[member] = 1
            let op = graph.slotOp[member]
            var most = 0.0
            for role in tables.roles(of: op) {
                most = max(most, slotCost[roleSlot[role] + member - graph.slotStart[op]])
            }
            limit[member] = most
            grant[tensor] += most
            sinkGrant[tensor] = hasCrookedMember ? -.infinity : sinkGrant[tensor] + most
            return
        }
        if maker != .member, slots > 1 {
            shared[tensor] = 0
            if maker == .out { return }
        }
        for reader in graph.readerStart[tensor]..<graph.readerStart[tensor + 1] {
            let slot = graph.readerSlot[reader]
            guard state[graph.slotOp[slot]] == .open else { continue }
            if maker == .open { limit[slot] = 0 }
            if slots == 1 { share[slot] = 1 }
        }
    }
}
