/// All relative differences that the searches take for rounding, in one place.
public enum Tolerance {
    /// Up to this a bound proves a latency optimal, and two latencies are equal: what the evaluator and the referee
    /// agree to.
    public static let agreement = 1e-9
    /// A schedule is better only by more than this: the same steps in another order add up to a last digit more or
    /// less.
    static let improvement = 1e-12
    /// A candidate whose lower bound comes as close as this to its latency has its best granularity: both are the same
    /// sum of the same numbers, in another order.
    static let tuned = 1e-11
    /// A solver's objective, a sum in floating-point arithmetic within the solver's own tolerances, is the latency up
    /// to this.
    static let objective = 1e-6
    /// A cut is worth adding when it is broken by more than this, in units of a column: a solver's own tolerance is
    /// 1e-7.
    static let violation = 1e-6
    /// Rounds of cuts go on while each raises the objective by more than this.
    static let progress = 1e-7
}
