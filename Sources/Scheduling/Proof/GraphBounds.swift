import CostModel
import TensorGraph

/// The bounds that follow from the graph alone: see ``StructuralBounds``.
struct GraphBounds: Strategy {
    let reductionCap: ReductionCap

    func run(in session: Session, budget: Budget) throws -> Ending {
        add(.compute, to: session, budget) { StructuralBounds.compute($0) }
        add(.traffic, to: session, budget) { StructuralBounds.traffic($0, reductionCap: reductionCap) }
        return .exhausted
    }

    private func add(
        _ kind: LowerBound.Kind, to session: Session, _ budget: Budget, _ bound: (Problem) -> Double
    ) {
        let start = budget.elapsedSeconds
        let value = bound(session.problem)
        session.add(LowerBound(kind, value, scope: .problem, seconds: budget.elapsedSeconds - start))
    }
}
