import CostModel
import TensorGraph

/// The schedules to start from: those of the list scheduler, and the caller's.
struct ListScheduling: Strategy {
    let options: ListScheduler.Options
    /// A valid schedule; nil when the caller gives none.
    let warmStart: Schedule?

    /// Submits all; those of the list scheduler are kept for searches that are stuck.
    ///
    /// - Throws: `RuleViolation` when the caller's schedule is not valid, ``InfeasibleOp`` when there is none and an op
    ///   fits at no granularity alone.
    func run(in session: Session, budget: Budget) throws -> Ending {
        session.enter(.list)
        var failure: InfeasibleOp?
        do {
            try ListScheduler(session.problem, options: options).schedules(
                shouldStop: { budget.isCancelled || budget.remainingSeconds <= $0 }
            ) { schedule in
                session.keepAsStart(try session.accept(schedule, from: .list))
            }
        } catch let error as InfeasibleOp {
            failure = error
        }
        if let warmStart, case .invalid(let violation) = session.submit(warmStart, from: .warmStart) {
            throw violation
        }
        if let failure, session.incumbent == nil { throw failure }
        return .exhausted
    }
}
