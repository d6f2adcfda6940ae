/// One way to find schedules, bounds, or both.
///
/// What a strategy keeps to itself is its own business: whatever counts goes to the session. With a budget in counts
/// the same session and the same seed give the same answer on every machine. A strategy may be run again in the same
/// session, and goes on where it stopped.
public protocol Strategy: Sendable {
    /// Works until it is done or the budget is spent.
    ///
    /// Running out of a budget is an ending, not an error. ``Ending/proven`` says that the session's incumbent is the
    /// best of all that the strategy looks at; what that is, bounds and their scopes say.
    ///
    /// - Throws: ``InfeasibleOp`` when no schedule can be found because an op fits at no granularity;
    ///   ``InconsistencyError`` when two parts of the program contradict each other.
    mutating func run(in session: Session, budget: Budget) throws -> Ending
}
