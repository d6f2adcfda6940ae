import CostModel
import TensorGraph

/// One possible step: ops, what is resident when it starts, what it retains, and its best granularity.
package struct Candidate: Sendable, Hashable {
    /// Ops, producers first.
    package let ops: [OpID]
    /// Tensors that the previous step must retain, ascending.
    package let resident: [TensorID]
    /// Tensors that the step retains, ascending.
    package let retained: [TensorID]
    /// Its granularity, tile order and latency, and what is known of others.
    private(set) var tuning: TuningState
    /// Tensors that the step reads from slow memory and that some op writes, in order of first use.
    package let slowReads: [TensorID]
    /// Tensors that the step evicts.
    package let evicted: [TensorID]

    /// Creates a candidate from a step and its tuning.
    ///
    /// - Parameters:
    ///   - structure: the analysis of the step's ops and retained tensors.
    ///   - resident: what the previous step retains, ascending.
    ///   - choice: the granularity and tile order found, and their latency.
    ///   - lowerBound: what no granularity falls below, in units of time; nil when the choice is the best of all.
    ///   - problem: the problem that the ids are of.
    package init(
        _ structure: StepStructure, resident: [TensorID], choice: GranularityChoice, lowerBound: Double? = nil,
        problem: Problem
    ) {
        self.init(
            structure, resident: resident,
            tuning: TuningState(choice: choice, lowerBound: min(lowerBound ?? choice.latency, choice.latency)),
            problem: problem)
    }

    /// Creates a candidate from a step and what is known of its granularities.
    init(_ structure: StepStructure, resident: [TensorID], tuning: TuningState, problem: Problem) {
        ops = structure.ops
        self.resident = resident
        retained = structure.retained
        self.tuning = tuning
        slowReads = structure.reads.filter {
            problem.graph.producers[$0.index] != nil && !resident.contains($0)
        }
        evicted = structure.evicted
    }

    /// The step without its granularity.
    package var key: StepKey { StepKey(ops: ops, resident: resident, retained: retained) }

    /// Tile size and depth.
    package var granularity: Granularity { tuning.choice.granularity }

    /// Tile order.
    package var order: TileOrder { tuning.choice.order }

    /// Latency at this granularity and order, in units of time.
    package var latency: Double { tuning.choice.latency }

    /// No granularity and no named order is faster than this, in units of time.
    package var lowerBound: Double { tuning.lowerBound }

    /// True when no granularity and no named order is faster, up to rounding.
    package var isTuned: Bool { lowerBound >= latency * (1 - Tolerance.tuned) }

    /// True when an exhaustive search had to pass granularities over, so that the candidate cannot be tuned.
    package var isBeyondSearch: Bool { tuning.isBeyondSearch }

    /// True when an exhaustive search may still find a better granularity or raise the lower bound.
    var isOpen: Bool { !isTuned && !isBeyondSearch }

    /// Takes over the granularity of the same step if it is faster; what is known of the lower bound stays.
    mutating func lower(to other: Candidate) {
        if other.latency < latency { tuning.choice = other.tuning.choice }
        tuning.lowerBound = min(max(lowerBound, other.lowerBound), latency)
    }

    /// Takes a granularity if it is faster, and a lower bound if it is higher.
    mutating func carry(_ choice: GranularityChoice?, lowerBound bound: Double) {
        if let choice, choice.latency < latency { tuning.choice = choice }
        tuning.lowerBound = min(max(lowerBound, bound), latency)
    }

    /// Records the result of an exhaustive search below the latency: a better choice, or nil when there is none, and a
    /// lower bound over what it passed over.
    mutating func tune(_ better: GranularityChoice?, isComplete: Bool, passedOver: Double) {
        if let better, better.latency < latency { tuning.choice = better }
        if isComplete {
            tuning.lowerBound = latency
        } else {
            tuning.isBeyondSearch = true
            tuning.lowerBound = min(max(lowerBound, passedOver), latency)
        }
    }

    /// The step of a schedule that this candidate is.
    package var step: Step {
        Step(ops: ops, granularity: granularity, retained: retained, order: order)
    }
}
