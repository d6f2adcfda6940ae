import TensorGraph

/// What one demand costs in a class, for every tensor and kind of demand, and what each op can be demanded as.
///
/// All figures are lower bounds over the granularities of the class and its named tile orders.
///
/// *Traffic* of a slice. With several k-steps a slice with a k-range differs from that of the iteration before and is
/// loaded in every iteration: over the k-steps of a tile its ranges add up to the whole side, so it costs its tensor
/// once for each tile column (row) that it does not follow. Any other slice covers its tensor in the course of the
/// step, so that each element is loaded at least once.
///
/// *Compute* of a region, RULES 4 and 7, per tile: a whole side or one along a reduction counts ceil(side / native)
/// native sides (over the k-steps, k-ranges along a reduction add up to that), a tile's side one.
final class ClassTables: @unchecked Sendable {
    let graph: PricingGraph
    let pricingClass: PricingClass
    let tiles: Double
    let tileElements: Double
    let outputElements: Double
    /// Widest and highest granularity.
    let widestGranule: Double
    let highestGranule: Double
    /// The deepest k-step that RULES 3.3 allows whatever the ops.
    let depthLimit: Double

    /// By tensor and kind: elements loaded at least; elements held at least by the first iteration, as a constant and
    /// per unit of depth.
    let traffic: UnsafeMutablePointer<Double>
    let held: UnsafeMutablePointer<Double>
    let heldPerDepth: UnsafeMutablePointer<Double>
    /// By tensor, over all kinds in which some op can demand it.
    let leastTraffic: UnsafeMutablePointer<Double>
    let leastHeld: UnsafeMutablePointer<Double>
    /// By tensor, for all kinds in which ops can demand it at once.
    let mostTraffic: UnsafeMutablePointer<Double>
    let mostHeld: UnsafeMutablePointer<Double>
    /// True for a tensor of which more demands can mean less traffic: one of them may be full, or may coincide with
    /// another in some iterations.
    let isFragile: UnsafeMutablePointer<Bool>
    /// By slot and whether its op is a sink (0 or 1): the same, when the op is known to be a sink or not.
    let isFragileAs: UnsafeMutablePointer<Bool>
    /// By slot, whether the op is a sink (0 or 1) and the kind demanded of the op: the kind it demands.
    let demanded: UnsafeMutablePointer<UInt8>
    /// By op and kind: compute over all tiles of a region of that kind.
    let compute: UnsafeMutablePointer<Double>
    /// By op: whether an output has the shape of the class.
    let hasOutputShape: UnsafeMutablePointer<Bool>
    /// By op: bits of the kinds in which it can be demanded; 0 if it can be in no step of the class.
    let possible: UnsafeMutablePointer<UInt16>
    /// By op: bits of the kinds in which it can be demanded by a way that makes a reducing op no sink (RULES 7,
    /// "Sink").
    private let crooked: UnsafeMutablePointer<UInt16>
    /// By op: whether outputs of the class can be reached from it by maps that read `ij` alone, or it has such an
    /// output.
    private let isStraight: UnsafeMutablePointer<Bool>
    /// By op: least compute over its roles.
    let leastCompute: UnsafeMutablePointer<Double>
    /// True for an op that holds, in any role, more than half of fast memory for itself: in a step there is at most
    /// one. What counts is what no other op reads, and what no op of a step of the class can make.
    let isBig: UnsafeMutablePointer<Bool>
    var hasSeveralBig = false
    /// Roles of op o: from `roleStart[o]` to `roleStart[o + 1]`.
    let roles: UnsafeMutablePointer<Role>
    let roleStart: UnsafeMutablePointer<Int>
    /// The kind of `.tile` in this class.
    let tileKind: Int

    /// One way in which an op can take part in a step.
    struct Role {
        var kind: Int
        var isSink: Bool
        var compute: Double
    }

    init(_ graph: PricingGraph, _ pricingClass: PricingClass, depthLimit: Int) {
        self.graph = graph
        self.pricingClass = pricingClass
        self.depthLimit = Double(min(depthLimit, Problem.largestNumber))
        let hardware = graph.problem.hardware
        tiles = pricingClass.fewestTiles
        tileElements = pricingClass.narrowest * pricingClass.lowest
        outputElements = Double(pricingClass.outputWidth) * Double(pricingClass.outputHeight)
        widestGranule = pricingClass.widestGranule(hardware)
        highestGranule = pricingClass.highestGranule(hardware)
        let (tensors, ops, slots) = (graph.tensorCount, graph.opCount, graph.slotCount)
        traffic = .filled(tensors * DemandKind.count, 0)
        held = .filled(tensors * DemandKind.count, 0)
        heldPerDepth = .filled(tensors * DemandKind.count, 0)
        leastTraffic = .filled(tensors, 0)
        leastHeld = .filled(tensors, 0)
        mostTraffic = .filled(tensors, 0)
        mostHeld = .filled(tensors, 0)
        isFragile = .filled(tensors, false)
        isFragileAs = .filled(slots * 2, false)
        demanded = .filled(slots * 2 * DemandKind.count, 0)
        compute = .filled(ops * DemandKind.count, 0)
        hasOutputShape = .filled(ops, false)
        possible = .filled(ops, 0)
        crooked = .filled(ops, 0)
        isStraight = .filled(ops, false)
        leastCompute = .filled(ops, .infinity)
        isBig = .filled(ops, false)
        roles = .filled(ops * (DemandKind.count + 1), Role(kind: 0, isSink: false, compute: 0))
        roleStart = .filled(ops + 1, 0)
        tileKind = Self.canonical(DemandKind.tile, pricingClass)
        fillTensors()
        fillDemanded()
        fillCompute()
        fillPossible()
        fillRoles()
        fillFragile()
        fillBig()
    }

    deinit {
        traffic.deallocate()
        held.deallocate()
        heldPerDepth.deallocate()
        leastTraffic.deallocate()
        leastHeld.deallocate()
        mostTraffic.deallocate()
        mostHeld.deallocate()
        isFragile.deallocate()
        isFragileAs.deallocate()
        demanded.deallocate()
        compute.deallocate()
        hasOutputShape.deallocate()
        possible.deallocate()
        crooked.deallocate()
        isStraight.deallocate()
        leastCompute.deallocate()
        isBig.deallocate()
        roles.deallocate()
        roleStart.deallocate()
    }

    /// The kind with every extent that is whole in the class said to be so.
    private static func canonical(_ kind: Int, _ pricingClass: PricingClass) -> Int {
        func extent(_ extent: Int) -> Int {
            switch extent {
            case SideExtent.tileRows where pricingClass.mostRows == 1: SideExtent.whole
            case SideExtent.tileColumns where pricingClass.mostColumns == 1: SideExtent.whole
            case SideExtent.reduction where !pricingClass.hasSeveralDepths: SideExtent.whole
            default: extent
            }
        }
        return extent(DemandKind.rows(kind)) * 4 + extent(DemandKind.columns(kind))
    }

    private func fillTensors() {
        let (rows, columns) = (Double(pricingClass.fewestRows), Double(pricingClass.fewestColumns))
        for tensor in 0..<graph.tensorCount {
            for kind in 0..<DemandKind.count {
                let (high, wide) = (DemandKind.rows(kind), DemandKind.columns(kind))
                let index = tensor * DemandKind.count + kind
                traffic[index] = graph.size[tensor]
                if high == SideExtent.reduction || wide == SideExtent.reduction {
                    if high != SideExtent.tileRows, wide != SideExtent.tileRows { traffic[index] *= rows }
                    if high != SideExtent.tileColumns, wide != SideExtent.tileColumns { traffic[index] *= columns }
                }
                let height = side(high, graph.height[tensor])
                let width = side(wide, graph.width[tensor])
                // The depth is at least 1.
                let isPerDepth = high == SideExtent.reduction || wide == SideExtent.reduction
                (held[index], heldPerDepth[index]) = isPerDepth ? (0, height * width) : (height * width, 0)
            }
        }
    }

    /// What an extent measures in the first tile, at least; a k-range counts as 1 per unit of depth.
    private func side(_ extent: Int, _ whole: Double) -> Double {
        switch extent {
        case SideExtent.tileRows: min(whole, pricingClass.lowest)
        case SideExtent.tileColumns: min(whole, pricingClass.narrowest)
        case SideExtent.reduction: 1
        default: whole
        }
    }

    private func fillDemanded() {
        for slot in 0..<graph.slotCount {
            for isSink in 0..<2 {
                for kind in 0..<DemandKind.count {
                    func extent(_ letter: UInt8) -> Int {
                        switch letter {
                        case 0: DemandKind.rows(kind)
                        case 1: DemandKind.columns(kind)
                        case 2: isSink == 1 ? SideExtent.reduction : SideExtent.whole
                        default: SideExtent.whole
                        }
                    }
                    let demand = extent(graph.slotRows[slot]) * 4 + extent(graph.slotColumns[slot])
                    demanded[(slot * 2 + isSink) * DemandKind.count + kind] = UInt8(
                        Self.canonical(demand, pricingClass))
                }
            }
        }
    }

    private func fillCompute() {
        for op in 0..<graph.opCount {
            let tensor = graph.outputTensor[graph.outputStart[op]]
            for kind in 0..<DemandKind.count {
                let high = tall(DemandKind.rows(kind), graph.height[tensor], graph.nativeHeight)
                let wide = tall(DemandKind.columns(kind), graph.width[tensor], graph.nativeWidth)
                compute[op * DemandKind.count + kind] = graph.baseCost[op] * high * wide * tiles
            }
        }
    }

    private func tall(_ extent: Int, _ whole: Double, _ native: Double) -> Double {
        switch extent {
        case SideExtent.tileRows: (min(whole, pricingClass.lowest) / native).rounded(.up)
        case SideExtent.tileColumns: (min(whole, pricingClass.narrowest) / native).rounded(.up)
        default: (whole / native).rounded(.up)
        }
    }

    /// Whether a tensor has the shape of the class's outputs.
    @inline(__always)
    func hasShape(_ tensor: Int) -> Bool {
        Int(graph.width[tensor]) == pricingClass.outputWidth && Int(graph.height[tensor]) == pricingClass.outputHeight
    }

    /// Whether the op can be in a step of the class as a sink.
    @inline(__always)
    func canBeSink(_ op: Int) -> Bool {
        graph.isReducing[op] && isStraight[op] && graph.reduction[op] == Double(pricingClass.sinkReduction)
    }

    /// Whether RULES 3.3 allows the op beside a sink with one k-step, which is as deep as the sink's reduction.
    private func allowsDepth(_ op: Int) -> Bool {
        !graph.isReducing[op] || pricingClass.hasSeveralDepths
            || graph.reduction[op] >= Double(pricingClass.sinkReduction)
    }

    /// False when RULES 3.9 forbids a map before this op's slot in the class.
    func allowsMap(before slot: Int) -> Bool {
        guard pricingClass.hasSeveralDepths, graph.isReducing[graph.slotOp[slot]] else { return true }
        let reduction = graph.reduction[graph.slotOp[slot]]
        return reduction <= (graph.slotRole[slot] == 2 ? highestGranule : widestGranule)
    }

    /// Readers have higher numbers, so one pass from the last op to the first finds all.
    private func fillPossible() {
        for op in stride(from: graph.opCount - 1, through: 0, by: -1) {
            var kinds: UInt16 = 0
            var hasShape = false
            for output in graph.outputStart[op]..<graph.outputStart[op + 1] {
                let tensor = graph.outputTensor[output]
                hasShape = hasShape || self.hasShape(tensor)
                for reader in graph.readerStart[tensor]..<graph.readerStart[tensor + 1] {
                    let slot = graph.readerSlot[reader]
                    guard graph.isReducing[op] || allowsMap(before: slot) else { continue }
                    let demands = demands(slot)
                    kinds |= demands
                    crooked[op] |= graph.isElementwise[slot] ? crooked[graph.slotOp[slot]] : demands
                    if graph.isElementwise[slot], isStraight[graph.slotOp[slot]], demands != 0 { isStraight[op] = true }
                }
            }
            hasOutputShape[op] = hasShape
            if hasShape {
                kinds |= 1 << UInt16(tileKind)
                isStraight[op] = true
            }
            possible[op] = kinds
            // An op whose slices alone fill the memory is in no step of the class.
            if !allowsDepth(op)
                || !(0..<16).contains(where: { kinds & 1 << UInt16($0) != 0 && !rolesOf(op, $0).isEmpty })
            {
                possible[op] = 0
            }
        }
    }

    /// All kinds that a slot can demand of its tensor, by an op of which it is known or not whether it is a sink.
    func demands(_ slot: Int, isSink: Bool? = nil) -> UInt16 {
        var found: UInt16 = 0
        let op = graph.slotOp[slot]
        for kind in 0..<DemandKind.count where possible[op] & 1 << UInt16(kind) != 0 {
            for role in rolesOf(op, kind) where isSink == nil || role.isSink == isSink {
                found |= 1 << UInt16(demanded[(slot * 2 + (role.isSink ? 1 : 0)) * DemandKind.count + kind])
            }
        }
        return found
    }

    private func rolesOf(_ op: Int, _ kind: Int) -> [Role] {
        var found: [Role] = []
        let charge = compute[op * DemandKind.count + kind]
        if kind == tileKind, canBeSink(op) { found.append(Role(kind: kind, isSink: true, compute: charge)) }
        // A reducing op that is no sink is demanded in some kind by a crooked way; as costs only grow with the demands,
        // that kind alone can stand for them.
        if !graph.isReducing[op] || crooked[op] & 1 << UInt16(kind) != 0 {
            found.append(Role(kind: kind, isSink: false, compute: charge))
        }
        return found.filter(fits)
        func fits(_ role: Role) -> Bool {
            var elements = tileElements
            for slot in graph.slotStart[op]..<graph.slotStart[op + 1] where graph.producer[graph.slotTensor[slot]] < 0 {
                let tensor = graph.slotTensor[slot]
                // A tensor read twice is counted once, as what it holds at least.
                let isRepeated = (graph.slotStart[op]..<slot).contains { graph.slotTensor[$0] == tensor }
                guard !isRepeated else { continue }
                let index = tensor * DemandKind.count + input(of: role, slot)
                elements += held[index] + heldPerDepth[index]
            }
            return elements <= graph.capacity
        }
    }

    /// The kind that an op in this role demands by a slot.
    @inline(__always)
    func input(of role: Role, _ slot: Int) -> Int {
        Int(demanded[(slot * 2 + (role.isSink ? 1 : 0)) * DemandKind.count + role.kind])
    }

    private func fillRoles() {
        var count = 0
        for op in 0..<graph.opCount {
            roleStart[op] = count
            for kind in 0..<DemandKind.count where possible[op] & 1 << UInt16(kind) != 0 {
                for role in rolesOf(op, kind) {
                    roles[count] = role
                    count += 1
                    leastCompute[op] = min(leastCompute[op], role.compute)
                }
            }
        }
        roleStart[graph.opCount] = count
    }

    /// Roles of all ops.
    var roleCount: Int { roleStart[graph.opCount] }

    /// Numbers of the roles of an op.
    @inline(__always)
    func roles(of op: Int) -> Range<Int> { roleStart[op]..<roleStart[op + 1] }
}
