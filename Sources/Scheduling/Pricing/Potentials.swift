/// What undecided ops can still add to a step's value less its cost, at most, for one weight of compute against traffic
/// and one price of memory.
///
/// A step costs L >= weight * C + (1 - weight) * T / bandwidth, C its compute and T its traffic, and holds M <=
/// capacity elements, so for every price p >= 0 of memory
///
///     V - L  <=  V - weight * C - (1 - weight) * T / bandwidth - p * (M - capacity).
///
/// The right-hand side is a sum over the ops and tensors of the step. A tensor that is read from outside is shared out:
/// each slot q that reads it is charged min(b_q, f_q * its cost by that slot alone), with sum f_q <= 1, which is no
/// more than the tensor costs. Where the producer is in the step instead, the tensor costs nothing, and if someone in
/// the step reads it, it is not evicted for a reward. So the producer is granted the larger of what the tensor adds if
/// nobody reads it, and of the b_q of all slots, which takes the charges back. Whatever b and f are, an undecided op u
/// adds at most
///
///     z_u = max(0, max over its roles of  V_u - weight * C_u - charges of its slots - cost of its outputs + grants).
///
/// The sum of z bounds the relaxation by linear programming duality: charges pushed upstream along b and out through
/// graph inputs are a flow, and z is what does not flow off.
final class Potentials: @unchecked Sendable {
    let weight: Double
    let memoryPrice: Double
    /// Price of an element loaded.
    let loadPrice: Double
    /// By op: z, and z without the price of running for the first time.
    let potential: UnsafeMutablePointer<Double>
    let laterPotential: UnsafeMutablePointer<Double>
    /// By slot: the most and the least that its op is charged for it, over the op's roles.
    let mostCharge: UnsafeMutablePointer<Double>
    let leastCharge: UnsafeMutablePointer<Double>
    /// z of the undecided ops of which a step has one at most (``ClassTables/isBig``), the largest first: it counts
    /// once, and is zero in ``potential``.
    var big: [(op: Int, potential: Double)] = []
    /// Large tensors that may be worth holding, with the most that it can gain, the best first. Elsewhere they count as
    /// not held; one of them may be.
    private(set) var large: [(tensor: Int, gain: Double)] = []
    /// By slot of an undecided op that reads a large tensor: by how much z grows when the tensor is resident.
    let residentGain: UnsafeMutablePointer<Double>
    /// By large tensor of an undecided op: by how much z grows when it is retained.
    let retainedGain: UnsafeMutablePointer<Double>

    private let tables: ClassTables
    private let graph: PricingGraph
    private let prices: PriceTables

    /// All zero, to be filled by a ``PotentialsFinder``.
    init(_ tables: ClassTables, _ prices: PriceTables, weight: Double, memoryPrice: Double) {
        self.tables = tables
        graph = tables.graph
        self.prices = prices
        self.weight = weight
        self.memoryPrice = memoryPrice
        loadPrice = (1 - weight) / graph.bandwidth
        // One block: potentials are found by the thousand.
        potential = .filled(2 * graph.opCount + 3 * graph.slotCount + graph.tensorCount, 0)
        laterPotential = potential + graph.opCount
        mostCharge = laterPotential + graph.opCount
        leastCharge = mostCharge + graph.slotCount
        residentGain = leastCharge + graph.slotCount
        retainedGain = residentGain + graph.slotCount
        large = prices.largeTensors.map { ($0, gainOfHolding($0)) }.filter { $0.gain > 0 }
            .sorted { ($1.gain, $0.tensor) < ($0.gain, $1.tensor) }
    }

    deinit { potential.deallocate() }

    /// The cost of reading a tensor from outside with this traffic and these elements held: from slow memory, or
    /// resident.
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
        let hasShape = tables.hasShape(tensor)
        guard hasShape else { return max(0, resident) }
        return max(0, resident) + max(0, gainOfRetaining(tensor))
    }

    /// The most that an output gains by being retained and not evicted.
    @inline(__always)
    func gainOfRetaining(_ tensor: Int) -> Double {
        loadPrice * tables.outputElements + memoryPrice * tables.tileElements + retainedValue(tensor)
    }

    /// What a tensor costs that is resident.
    @inline(__always)
    func residentCost(_ tensor: Int) -> Double {
        prices.residentPrice[tensor] + memoryPrice * graph.size[tensor]
    }

    /// What retaining a tensor adds.
    @inline(__always)
    func retainedValue(_ tensor: Int) -> Double {
        prices.retainedPrice[tensor] - memoryPrice * graph.size[tensor]
    }
}
