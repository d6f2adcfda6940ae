/// Bounds partial steps: a set S of ops that are in, a set U of ops that may join; all others are out.
///
/// Demand is derived backwards through S. An op is *settled* if none of its readers, direct or not, is undecided: then
/// its demands are known but for outputs, which are all known too. For any other op only the least over its roles is
/// counted. Keeps scratch space of the graph's size, so that bounding a partial step allocates nothing. Each call of
/// ``bound(_:_:threshold:)`` fills it anew, in the order of the extensions: demand, sums, bound; all others only read
/// it.
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
    let sliceKinds: UnsafeMutablePointer<UInt64>
    /// Tensors that S reads from outside, and what is known of them.
    let external: UnsafeMutablePointer<Int>
    let externalTraffic: UnsafeMutablePointer<Double>
    let externalHeld: UnsafeMutablePointer<Double>
    /// By the potentials at hand: what is charged for it.
    let externalCost: UnsafeMutablePointer<Double>
    let externalHeldPerDepth: UnsafeMutablePointer<Double>
    /// Reach prices lost if the tensor is read from slow memory.
    let externalLoss: UnsafeMutablePointer<Double>
    let externalKinds: UnsafeMutablePointer<UInt64>
    let externalHasUndecided: UnsafeMutablePointer<Bool>
    var externalCount = 0
    /// Outputs of S that nobody can read any more in the step.
    let outputs: UnsafeMutablePointer<Int>
    let outputReward: UnsafeMutablePointer<Double>
    var outputCount = 0
    /// Tensors that S writes and undecided ops read; where their slots in ``refundSlots`` end; whether some op of S
    /// reads them too.
    let openOutputs: UnsafeMutablePointer<Int>
    let openEnd: UnsafeMutablePointer<Int>
    let openIsRead: UnsafeMutablePointer<Bool>
    let openReward: UnsafeMutablePointer<Double>
    var openOutputCount = 0
    /// Internal tensors of the outputs' shape that can be held.
    let holdableInternals: UnsafeMutablePointer<Int>
    var holdableInternalCount = 0
    /// Slots of S whose producer is undecided; undecided slots whose producer is in S.
    let pendingSlots: UnsafeMutablePointer<Int>
    var pendingSlotCount = 0
    let refundSlots: UnsafeMutablePointer<Int>
    var refundSlotCount = 0
    /// Ops upstream of what S reads from outside.
    let upstream: UnsafeMutablePointer<UInt64>
    /// Ops of S and all upstream of them.
    let upstreamOfSet: UnsafeMutablePointer<UInt64>
    /// Members of S, the last first.
    let members: UnsafeMutablePointer<Int>
    var memberCount = 0

    var compute = 0.0
    /// Elements held at least: slices and evicted outputs' tiles, for a depth of 1.
    var heldElements = 0.0
    var sinkCount = 0
    /// K of the sinks found; 0 if none.
    var sinkReduction = 0.0
    /// V but for rewards of open outputs and losses.
    var value = 0.0

    /// Elements that the step loads and evicts at least, whatever is held.
    var unavoidableTraffic = 0.0
    /// A bound no larger than this need not be improved.
    private(set) var threshold = 0.0

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
        externalCost = .filled(tensors, 0)
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
        externalCost.deallocate()
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
}
