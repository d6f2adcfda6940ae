import BitCollections
import CostModel
import TensorGraph

/// A step as a column of the restricted master: what it does to ops and tensors, as sets of their indices. Or a relaxed
/// one, ``RelaxedStep``.
///
/// Its coefficients are those of ``DualPrices/value(ops:resident:retained:problem:)``, row by row.
struct MasterColumn: Sendable {
    /// Which step it is; ops, resident and retained tensors.
    let ops: [OpID]
    let resident: [TensorID]
    let retained: [TensorID]
    /// The best granularity and tile order found, with the latency; nil for a relaxed step.
    let choice: GranularityChoice?
    /// No granularity is faster, in units of time: what the step costs in the linear program.
    let lowerBound: Double
    /// Ops that can run there for the first time.
    let first: BitSet
    /// The step's ops and all that has run before, because the step finds what they made.
    let known: BitSet
    /// Tensors with a producer that the step reads from slow memory.
    let slowReads: BitSet
    /// Tensors that it evicts.
    let evicted: BitSet
    /// Ops of a relaxed step of which a part runs there for the first time, and which part.
    let partly: BitSet
    let share: Double
    /// True for what may be no step.
    var isRelaxed: Bool { choice == nil }

    /// A relaxed step.
    init(_ step: RelaxedStep, share: Double, cost: Double) {
        ops = step.first
        resident = []
        retained = []
        choice = nil
        lowerBound = cost
        first = BitSet(step.first.map(\.index))
        known = first
        slowReads = []
        evicted = BitSet(step.evicted.map(\.index))
        partly = BitSet(step.partly.map(\.index))
        self.share = share
    }

    init(
        ops: [OpID], resident: [TensorID], retained: [TensorID], choice: GranularityChoice, lowerBound: Double,
        problem: Problem
    ) {
        self.ops = ops
        self.resident = resident
        self.retained = retained
        self.choice = choice
        self.lowerBound = lowerBound
        partly = []
        share = 0
        let graph = problem.graph
        let members = BitSet(ops.map(\.index))
        let written = BitSet(ops.flatMap { problem[$0].outputs.map(\.index) })
        let reads = BitSet(ops.flatMap { problem[$0].inputs.map(\.index) }).subtracting(written)
        let upstream = BitSet(problem.upstream(of: reads.map { TensorID($0) } + resident).map(\.index))
        first = members.subtracting(upstream)
        known = members.union(upstream)
        slowReads = BitSet(reads.filter { graph.producers[$0] != nil }).subtracting(BitSet(resident.map(\.index)))
        evicted = BitSet(
            written.subtracting(BitSet(retained.map(\.index))).filter { tensor in
                !graph.readers[tensor].contains { members.contains($0.index) }
            })
    }

    /// The column of a candidate.
    init(_ candidate: Candidate, problem: Problem) {
        self.init(
            ops: candidate.ops, resident: candidate.resident, retained: candidate.retained,
            choice: GranularityChoice(
                granularity: candidate.granularity, order: candidate.order, latency: candidate.latency),
            lowerBound: candidate.lowerBound, problem: problem)
    }

    init(_ column: PricedColumn, problem: Problem) {
        self.init(
            ops: column.ops, resident: column.resident, retained: column.retained, choice: column.choice,
            lowerBound: min(column.lowerBound, column.choice.latency), problem: problem)
    }

    /// Steps that differ in nothing but their granularity.
    struct Key: Hashable, Sendable {
        var ops: [OpID]
        var resident: [TensorID]
        var retained: [TensorID]
    }

    /// Which step it is, whatever the order of its ops.
    var key: Key { Key(ops: ops.sorted(), resident: resident.sorted(), retained: retained.sorted()) }

    /// The part of an op that a relaxed step runs for the first time, beside ``first``.
    func part(of op: OpID) -> Double { share > 0 && partly.contains(op.index) ? share : 0 }
}
