import CostModel
import TensorGraph

/// One possible step: ops, what is resident when it starts, what it retains, and its best granularity.
public struct Candidate: Sendable, Hashable {
    /// Ops, producers first.
    public let ops: [OpID]
    /// Tensors that the previous step must retain, ascending.
    public let resident: [TensorID]
    /// Tensors that the step retains, ascending.
    public let retained: [TensorID]
    /// Tile size and depth.
    public private(set) var granularity: Granularity
    /// Tile order.
    public private(set) var order: TileOrder
    /// Latency at this granularity and order, in units of time.
    public private(set) var latency: Double
    /// No granularity and no named order is faster than this, in units of time.
    public private(set) var lowerBound: Double
    /// Tensors that the step reads from slow memory and that some op writes, in order of first use.
    public let slowReads: [TensorID]
    /// Tensors that the step evicts.
    public let evicted: [TensorID]

    /// Creates a candidate from a step and its price.
    ///
    /// - Parameters:
    ///   - structure: the analysis of the step's ops and retained tensors.
    ///   - resident: what the previous step retains, ascending.
    ///   - choice: the granularity and tile order found, and their latency.
    ///   - lowerBound: what no granularity falls below, in units of time; nil when the choice is the best of all.
    ///   - problem: the problem that the ids are of.
    public init(
        _ structure: StepStructure, resident: [TensorID], choice: GranularityChoice, lowerBound: Double? = nil,
        problem: Problem
    ) {
        ops = structure.ops
        self.resident = resident
        retained = structure.retained
        granularity = choice.granularity
        order = choice.order
        latency = choice.latency
        self.lowerBound = min(lowerBound ?? choice.latency, choice.latency)
        slowReads = structure.reads.filter {
            problem.graph.producers[$0.index] != nil && !resident.contains($0)
        }
        evicted = structure.evicted
    }

    /// Creates a candidate from a step and what is known of its price.
    init(_ structure: StepStructure, resident: [TensorID], price: KnownPrices.Price, problem: Problem) {
        self.init(
            structure, resident: resident, choice: price.choice, lowerBound: price.lowerBound, problem: problem)
        isBeyondSearch = price.isBeyondSearch
    }

    /// What is known of its price.
    var price: KnownPrices.Price {
        KnownPrices.Price(
            choice: GranularityChoice(granularity: granularity, order: order, latency: latency),
            lowerBound: lowerBound, isBeyondSearch: isBeyondSearch)
    }

    /// True when no granularity and no named order is faster, up to rounding.
    public var isSettled: Bool { lowerBound >= latency * (1 - 1e-11) }

    /// True when an exhaustive search had to pass granularities over, so that the candidate cannot be settled.
    public private(set) var isBeyondSearch = false

    /// Takes over the granularity of the same step if it is faster; what is known of the lower bound stays.
    mutating func lower(to other: Candidate) {
        if other.latency < latency {
            (granularity, order, latency) = (other.granularity, other.order, other.latency)
        }
        lowerBound = min(max(lowerBound, other.lowerBound), latency)
    }

    /// Records the result of an exhaustive search: a better choice, or nil when there is none.
    mutating func settle(_ better: GranularityChoice?, isComplete: Bool) {
        if let better, better.latency < latency {
            (granularity, order, latency) = (better.granularity, better.order, better.latency)
        }
        if isComplete {
            lowerBound = latency
        } else {
            isBeyondSearch = true
        }
    }

    /// The step of a schedule that this candidate is.
    public var step: Step {
        Step(ops: ops, granularity: granularity, retained: retained, order: order)
    }
}

/// Candidates of a problem, and whether they are all that can matter.
public struct CandidateSet: Sendable {
    /// The candidates, in a fixed order.
    public var candidates: [Candidate]
    /// Why the set is not complete; empty when nothing that RULES allows was left out, other than by the dominance
    /// arguments that ``CandidateEnumerator`` states.
    public var omissions: [String]
    /// How the candidates came about.
    public var statistics: Statistics

    /// Counts of an enumeration.
    public struct Statistics: Sendable, Hashable {
        /// Connected op sets looked at.
        public var connected = 0
        /// Op sets that could be steps by shape, sinks and memory.
        public var admissible = 0
        /// Steps (op set, resident set, retained set) that fit at some granularity.
        public var feasible = 0
        /// Steps left after dominance.
        public var kept = 0

        /// All zero.
        public init() {}
    }

    /// True when optimality over the candidates is optimality for the problem.
    public var isComplete: Bool { omissions.isEmpty }
}
