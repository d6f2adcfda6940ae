import CostModel
import TensorGraph

/// Steps of a schedule as a problem of their own: the ops that they contain, and what crosses the border.
///
/// Ops and tensors are renumbered in the order in which the steps use them, so that windows which do the same, in
/// different blocks of a network for example, are equal.
struct WindowProblem: Sendable {
    /// All that the best steps for a window depend on.
    struct Signature: Hashable, Sendable {
        var ops: [Op]
        var tensors: [Tensor]
        var border: Border
    }

    let problem: Problem
    let border: Border
    /// The ops of the whole problem, by number in the window.
    let ops: [OpID]
    /// The tensors of the whole problem, by number in the window.
    let tensors: [TensorID]

    var signature: Signature { Signature(ops: problem.ops, tensors: problem.tensors, border: border) }

    /// Takes steps that follow each other out of a schedule.
    ///
    /// - Parameters:
    ///   - steps: the window, in the order of the schedule.
    ///   - resident: what the step before hands over.
    ///   - isStored: tells whether a tensor is in slow memory before the window.
    ///   - isNeeded: tells whether a tensor has to be there after it: a later step reads it, or it is a graph output.
    /// - Returns: nil when the window has more ops or tensors than an ``OpSet`` holds.
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
    }

    /// A step of the whole problem in the window's numbers; nil when it does not lie in the window.
    func inner(_ step: Candidate, _ numbers: Numbers, _ analyzer: StepAnalyzer) -> Candidate? {
        step.moved(
            to: problem, analyzer, op: { numbers.op[$0] }, tensor: { numbers.tensor[$0] })
    }

    /// A step of the window in the numbers of the whole problem.
    func outer(_ step: Candidate, of whole: Problem, _ analyzer: StepAnalyzer) -> Candidate? {
        step.moved(to: whole, analyzer, op: { ops[$0.index] }, tensor: { tensors[$0.index] })
    }

    /// The window's numbers of ops and tensors of the whole problem.
    struct Numbers {
        var op: [OpID: OpID] = [:]
        var tensor: [TensorID: TensorID] = [:]
    }

    var numbers: Numbers {
        var numbers = Numbers()
        for (index, op) in ops.enumerated() { numbers.op[op] = OpID(index) }
        for (index, tensor) in tensors.enumerated() { numbers.tensor[tensor] = TensorID(index) }
        return numbers
    }
}

extension Candidate {
    /// The same step in another problem, at the same price; nil when it has no counterpart there.
    fileprivate func moved(
        to problem: Problem, _ analyzer: StepAnalyzer, op: (OpID) -> OpID?, tensor: (TensorID) -> TensorID?
    ) -> Candidate? {
        let newOps = ops.compactMap(op)
        let newResident = resident.compactMap(tensor).sorted()
        let newRetained = retained.compactMap(tensor).sorted()
        guard newOps.count == ops.count, newResident.count == resident.count, newRetained.count == retained.count,
            let structure = try? analyzer.analyze(ops: analyzer.ordered(newOps), retained: newRetained)
        else { return nil }
        let choice = GranularityChoice(granularity: granularity, order: order, latency: latency)
        return Candidate(
            structure, resident: newResident, choice: choice, lowerBound: lowerBound, problem: problem)
    }
}
