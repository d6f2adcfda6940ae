import TensorGraph

/// What one iteration of a step does, for those who watch a ``StepSimulator``.
public struct StepIteration: Sendable {
    /// The tile, counted row by row.
    public let tile: Int
    /// Elements loaded of each of ``StepStructure/loadedTensors(resident:problem:)``.
    public let loaded: [Double]
    /// Elements held of each of them, loaded now or kept from the iteration before.
    public let held: [Double]
    /// Elements held in all (RULES 4, "Working set").
    public let workingSet: Double
    /// What the step came to up to and including this iteration.
    public let soFar: StepEvaluation
}

extension StepStructure {
    /// The tensors that the step reads from slow memory, in the order in which its ops first read them.
    public func loadedTensors(resident: Set<TensorID>, problem: Problem) -> [TensorID] {
        let written = Set(ops.flatMap { problem[$0].outputs })
        var seen = written.union(resident)
        return ops.flatMap { problem[$0].inputs }.filter { seen.insert($0).inserted }
    }
}
