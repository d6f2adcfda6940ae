import TensorGraph

/// How deep a k-step may be (RULES 6).
public enum ReductionCap: String, Sendable, Hashable, CaseIterable {
    /// At most the native reduction depth, which equals the native width (#80). The contest's rule.
    case native
    /// At most the reduction of every MatMul in the step; for hardware without that limit (#7).
    case none

    /// The largest depth that the cap allows on this hardware.
    public func limit(_ hardware: Hardware) -> Int {
        self == .native ? hardware.nativeWidth : Int.max
    }
}
