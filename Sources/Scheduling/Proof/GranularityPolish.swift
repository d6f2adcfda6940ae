import CostModel
import TensorGraph

/// Searches the granularity of each step of the incumbent exhaustively: the list scheduler tries a few.
struct GranularityPolish: Strategy {
    let reductionCap: ReductionCap
    /// Cores to use.
    let threads: Int
    /// What was found on other hardware.
    var known: [CarriedTunings] = []

    func run(in session: Session, budget: Budget) throws -> Ending {
        guard let incumbent = session.incumbent else { return .exhausted }
        var steps = try Candidate.steps(of: incumbent, problem: session.problem)
        CarriedTunings.apply(known, to: &steps, problem: session.problem, reductionCap: reductionCap)
        let tuner = GranularityTuner(session.problem, reductionCap: reductionCap, threads: threads)
        let tuned = tuner.tune(steps) { budget.shouldStop }
        session.note(tunings: tuned)
        try session.accept(Schedule(steps: tuned.map(\.step)), from: .granularity)
        return budget.stop.map(Ending.limit) ?? .exhausted
    }
}
