import TensorGraph

/// Temporary shape of the simulator.
public struct StepSimulator {
    public init(_ problem: Problem, _ structure: StepStructure, resident: Set<TensorID>) {}
    public func simulate(_ g: Granularity, order: TileOrder) throws(RuleViolation) -> StepEvaluation { StepEvaluation() }
}
