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
    public let granularity: Granularity
    /// Tile order.
    public let order: TileOrder
    /// Latency, in units of time.
    public let latency: Double
    /// Tensors that the step reads from slow memory and that some op writes, in order of first use.
    public let slowReads: [TensorID]
    /// Tensors that the step evicts.
    public let evicted: [TensorID]

    /// Creates a candidate from a step and its price.
    public init(_ structure: StepStructure, resident: [TensorID], choice: GranularityChoice, problem: Problem) {
        ops = structure.ops
        self.resident = resident
        retained = structure.retained
        granularity = choice.granularity
        order = choice.order
        latency = choice.latency
        slowReads = structure.reads.filter {
            problem.graph.producers[$0.index] != nil && !resident.contains($0)
        }
        evicted = structure.evicted
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
