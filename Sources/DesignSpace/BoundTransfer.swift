import TensorGraph

/// What a bound proven on one chip says of another: by which factor it holds there.
///
/// Two problems of one graph, P and Q, differ in capacity, bandwidth, native tile and costs. Write s = 1 / bandwidth
/// for the time that an element takes, c_o for the cost of op o, and L for the latency of one schedule.
///
/// **Theorem.** Let Q have a capacity and native sides no larger than P's, with the same reduction cap. If no schedule
/// of P is faster than B, then no schedule of Q is faster than f B with
///
///     f = min(s_Q / s_P, least of c_Q,o / c_P,o over the ops with c_P,o > 0)
///
/// *Proof.* Let a schedule be valid on Q. Of all rules of RULES 3 only 3.3 and 3.10 know the hardware. Its granularity
/// is within the native sides of Q, and so within those of P, and no deeper than Q's cap, which is none or Q's native
/// width; its working sets do not depend on the hardware and are at most Q's capacity, so at most P's. So it is valid
/// on P too, in the same tile orders: L_P >= B.
///
/// In an iteration (RULES 4) let e be the elements moved, which depend on the schedule alone, and sum over o of c_o x_o
/// the compute. The factor x_o of a sink or an epilogue depends on the schedule alone. That of another op is a sum of
/// regions, each at the dearest of products of ceil(side / native), ceil(reduction / native) and fractions: none of
/// them falls when a native side does. So x_Q,o >= x_P,o. The iteration takes max(sum of c_Q,o x_Q,o, e s_Q) >= max(sum
/// of f c_P,o x_P,o, e f s_P), that is f times what it takes on P; ops with c_P,o = 0 only help. Summed up, L_Q >= f
/// L_P >= f B. QED
///
/// The scope stays: a schedule in the named orders is one on either chip. Special cases: f = 1 for a smaller capacity,
/// for smaller native sides, for a lower bandwidth and for higher costs; bandwidth times a > 1 costs the factor 1 / a,
/// costs times a < 1 the factor a; where all costs are 0, f = s_Q / s_P in both directions. To a larger native tile
/// nothing carries over: there schedules are possible that P does not allow.
public enum BoundTransfer {
    /// The factor f of the theorem; nil where it says nothing.
    ///
    /// - Parameters:
    ///   - source: the problem that a bound is proven for, P.
    ///   - target: the problem that it is wanted for, Q.
    public static func factor(from source: Problem, to target: Problem) -> Double? {
        let (old, new) = (source.hardware, target.hardware)
        guard new.fastMemoryCapacity <= old.fastMemoryCapacity, new.nativeWidth <= old.nativeWidth,
            new.nativeHeight <= old.nativeHeight, isOneGraph(source, target)
        else { return nil }
        var factor = old.slowMemoryBandwidth / new.slowMemoryBandwidth
        for (before, after) in zip(source.ops, target.ops) where before.baseCost > 0 {
            factor = min(factor, after.baseCost / before.baseCost)
        }
        // Without traffic in a schedule or without costs the other part of the minimum is all there is; it is not
        // looked for.
        return factor
    }

    /// What is lost to rounding when a bound is scaled: one division and one product at 2^-53 each, with room to spare.
    static let rounding = 1e-15

    /// A bound for the target; nil where none follows.
    public static func bound(_ value: Double, from source: Problem, to target: Problem) -> Double? {
        guard let factor = factor(from: source, to: target) else { return nil }
        return factor == 1 ? value : value * factor * (1 - rounding)
    }

    /// True when two problems differ in hardware and costs alone.
    static func isOneGraph(_ left: Problem, _ right: Problem) -> Bool {
        left.tensors == right.tensors && left.ops.count == right.ops.count
            && zip(left.ops, right.ops).allSatisfy {
                $0.einsum == $1.einsum && $0.inputs == $1.inputs && $0.outputs == $1.outputs
            }
    }
}
