/// Where a schedule came from. For output only: no search depends on it.
public enum IncumbentSource: String, Sendable, Hashable, CaseIterable {
    /// The list scheduler.
    case list
    /// The schedule that the caller gave to start from.
    case warmStart = "warm start"
    /// Exhaustive search for the granularity of each step of an earlier schedule.
    case granularity
    /// The integer program over complete candidates.
    case integer
    /// The backward search over complete candidates.
    case search
    /// The restricted master: the integer program over the pool.
    case master
    /// A window: steps that follow each other.
    case segment
    /// A window: a region of the graph.
    case region
    /// A window: steps that read one tensor.
    case readers
    /// Windows perturbed at random, to leave a schedule that no window improves.
    case perturbation
    /// What had improved a window, done to another that looks the same.
    case repeatedBlock = "repeated block"
}
