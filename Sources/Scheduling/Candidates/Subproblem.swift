import CostModel
import TensorGraph

/// A problem with its border: the whole, or steps of a schedule as a problem of their own.
///
/// In a part of a problem ops and tensors are renumbered in the order in which the steps use them, so that parts which
/// do the same, in different blocks of a network for example, are equal.
struct Subproblem: Sendable {
    /// All that the best steps depend on.
    struct Signature: Hashable, Sendable {
        var ops: [Op]
        var tensors: [Tensor]
        var border: Border
    }

    /// The ops and tensors, in numbers of their own.
    let problem: Problem
    /// What is given and wanted outside, in these numbers.
    let border: Border
    /// The ops of the whole problem, by number here.
    let ops: [OpID]
    /// The tensors of the whole problem, by number here.
    let tensors: [TensorID]
    /// For each op of the whole problem, its place in topological order.
    private let rank: [Int]

    /// The whole problem, in its own numbers.
    init(whole problem: Problem) {
        self.init(problem, border: .whole(problem))
    }

    /// A problem in its own numbers.
    init(_ problem: Problem, border: Border) {
        self.problem = problem
        self.border = border
        ops = Array(problem.opIDs)
        tensors = problem.tensors.indices.map { TensorID($0) }
        rank = problem.graph.topologicalRank
    }

    /// All that the best steps depend on.
    var signature: Signature { Signature(ops: problem.ops, tensors: problem.tensors, border: border) }

    /// Takes steps that follow each other out of a schedule.
    ///
    /// - Parameters:
    ///   - steps: the part, in the order of the schedule.
    ///   - resident: what the step before hands over.
    ///   - isStored: tells whether a tensor is in slow memory before the part.
    ///   - isNeeded: tells whether a tensor has to be there after it: a later step reads it, or it is a graph output.
    /// - Returns: nil when the part has more ops or tensors than an ``OpSet`` holds.
    init?(
        _ steps: ArraySlice<Candidate>, of whole: Problem, resident: [TensorID], isStored: (TensorID) -> Bool,
        isNeeded: (TensorID) -> Bool
    ) {
        var opNumbers: [OpID: OpID] = [:]
        var tensorNumbers: [TensorID: TensorID] = [:]
        var ops: [OpID] = []
        var tensors: [TensorID] = []
        func number(_ tensor: TensorID) -> TensorID {
            if let known = tensorNumbers[tensor] { return known }
            let number = TensorID(tensors.count)
            tensorNumbers[tensor] = number
            tensors.append(tensor)
            return number
        }
        for step in steps {
            for op in step.ops where opNumbers[op] == nil {
                opNumbers[op] = OpID(ops.count)
                ops.append(op)
            }
        }
        guard ops.count <= OpSet.capacity else { return nil }
        let inner = ops.map { id in
            let op = whole[id]
            return op.with(inputs: op.inputs.map(number), outputs: op.outputs.map(number))
        }
        guard tensors.count <= OpSet.capacity else { return nil }
        var border = Border()
        for (index, tensor) in tensors.enumerated() {
            guard let producer = whole.graph.producers[tensor.index], opNumbers[producer] != nil else { continue }
            let isStored = isStored(tensor)
            if isStored { border.available.append(TensorID(index)) }
            if !isStored, isNeeded(tensor), steps.contains(where: { $0.evicted.contains(tensor) }) {
                border.required.append(TensorID(index))
            }
        }
        let known = tensorNumbers
        border.resident = resident.compactMap { known[$0] }.sorted()
        border.retained = (steps.last?.retained ?? []).compactMap { known[$0] }.sorted()
        guard border.resident.count == resident.count,
            let problem = try? Problem(
                tensors: tensors.map { whole[$0] }, ops: inner, hardware: whole.hardware)
        else { return nil }
        self.problem = problem
        self.border = border
        self.ops = ops
        self.tensors = tensors
        rank = whole.graph.topologicalRank
    }

    /// A step in the numbers of the whole problem.
    func outer(_ key: StepKey) -> StepKey {
        StepKey(
            ops: key.ops.map { ops[$0.index] }.sorted { rank[$0.index] < rank[$1.index] },
            resident: key.resident.map { tensors[$0.index] }.sorted(),
            retained: key.retained.map { tensors[$0.index] }.sorted())
    }

    /// A step of the whole problem in these numbers; nil when it does not lie in this part.
    func inner(_ step: Candidate, _ numbers: Numbers, _ analyzer: StepAnalyzer) -> Candidate? {
        step.moved(
            to: problem, analyzer, op: { numbers.op[$0] }, tensor: { numbers.tensor[$0] })
    }

    /// A step in the numbers of the whole problem.
    func outer(_ step: Candidate, of whole: Problem, _ analyzer: StepAnalyzer) -> Candidate? {
        step.moved(to: whole, analyzer, op: { ops[$0.index] }, tensor: { tensors[$0.index] })
    }

    /// The numbers here of ops and tensors of the whole problem.
    struct Numbers {
        var op: [OpID: OpID] = [:]
        var tensor: [TensorID: TensorID] = [:]
    }

    /// The numbers here of all ops and tensors of this part.
    var numbers: Numbers {
        var numbers = Numbers()
        for (index, op) in ops.enumerated() { numbers.op[op] = OpID(index) }
        for (index, tensor) in tensors.enumerated() { numbers.tensor[tensor] = TensorID(index) }
        return numbers
    }
}

extension Candidate {
    /// The same step in another problem, at the same cost; nil when it has no counterpart there.
    fileprivate func moved(
        to problem: Problem, _ analyzer: StepAnalyzer, op: (OpID) -> OpID?, tensor: (TensorID) -> TensorID?
    ) -> Candidate? {
        let newOps = ops.compactMap(op)
        let newResident = resident.compactMap(tensor).sorted()
        let newRetained = retained.compactMap(tensor).sorted()
        guard newOps.count == ops.count, newResident.count == resident.count, newRetained.count == retained.count,
            let structure = try? analyzer.analyze(ops: analyzer.ordered(newOps), retained: newRetained)
        else { return nil }
        // Whether a search went beyond its means depends on the effort of the search, which differs between problems.
        return Candidate(
            structure, resident: newResident, choice: tuning.choice, lowerBound: lowerBound, problem: problem)
    }
}
