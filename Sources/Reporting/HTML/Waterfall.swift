import CostModel
import Scheduling

/// From the compute bound to the latency: the gap, divided by reason.
///
/// Latency = compute + waits, by step (RULES 4, "Latency"). Compute is what the bound counts, plus three kinds of more.
/// The waits of a step for its loads are divided among the reasons for its loads in proportion to their elements, and
/// those for its evictions likewise. Each part begins where the one before it ends, the first begins at 0 and the last
/// ends at the latency: the parts add up without a remainder.
public struct Waterfall: Codable, Sendable, Equatable {
    /// What a part of the latency is for.
    public enum Reason: String, Codable, Sendable, CaseIterable {
        /// Each native tile of each op computed once: `StructuralBounds.compute`.
        case bound = "compute bound"
        /// Ops that several steps compute.
        case recomputation = "ops in several steps"
        /// More tiles than native ones: a smaller tile costs as much compute as a native one.
        case smallTiles = "tiles smaller than native"
        /// What feeds a MatMul of the step and is computed again for further tiles.
        case repetition = "computed again for each tile"
        /// Graph inputs on their first way in.
        case inputs = "wait: first load of graph inputs"
        /// Tensors that an earlier step has loaded or evicted, on their way back in.
        case reloads = "wait: reloads by a later step"
        /// Tensors that a step loads more than once.
        case streaming = "wait: reloads within a step"
        /// Graph outputs on their way out.
        case outputs = "wait: evicting graph outputs"
        /// All other evictions.
        case spills = "wait: evicting other results"

        /// True for time in which nothing is computed.
        public var isWait: Bool {
            switch self {
            case .bound, .recomputation, .smallTiles, .repetition: false
            case .inputs, .reloads, .streaming, .outputs, .spills: true
            }
        }
    }

    /// One bar.
    public struct Part: Codable, Sendable, Equatable {
        /// What it is for.
        public let reason: Reason
        /// Where it begins, in units of time.
        public let start: Double
        /// Where it ends, in units of time.
        public let end: Double
        /// Its length, in units of time.
        public var value: Double { end - start }
    }

    /// One part per reason, in the order of ``Reason``.
    public let parts: [Part]

    /// Divides the latency of a schedule.
    init(_ accounts: [ScheduleFlow.StepAccount], _ evaluation: Evaluation) {
        let latency = evaluation.totalLatency
        var sums = [Double](repeating: 0, count: Reason.allCases.count)
        for (account, step) in zip(accounts, evaluation.steps) {
            let loaded = max(1, account.inputs + account.reloads + account.streaming)
            let evicted = max(1, account.outputs + account.spills)
            for (index, reason) in Reason.allCases.enumerated() {
                let amount =
                    switch reason {
                    case .bound: account.bound
                    case .recomputation: account.recomputation
                    case .smallTiles: account.smallTiles
                    case .repetition: account.repetition
                    case .inputs: step.waitForLoads * (account.inputs / loaded)
                    case .reloads: step.waitForLoads * (account.reloads / loaded)
                    case .streaming: step.waitForLoads * (account.streaming / loaded)
                    case .outputs: step.waitForEvictions * (account.outputs / evicted)
                    case .spills: step.waitForEvictions * (account.spills / evicted)
                    }
                sums[index] += amount
            }
        }
        // Differences of large sums leave crumbs where there is nothing.
        sums = sums.map { abs($0) <= 1e-9 * latency ? 0 : $0 }
        // The rounding of the sums goes to the longest of the waits, which are quotients anyway.
        let waits = Reason.allCases.indices.filter { Reason.allCases[$0].isWait && sums[$0] > 0 }
        if let longest = waits.max(by: { sums[$0] < sums[$1] }) { sums[longest] += latency - sums.reduce(0, +) }
        var parts: [Part] = []
        var start = 0.0
        let last = sums.lastIndex { $0 != 0 } ?? 0
        for (index, reason) in Reason.allCases.enumerated() {
            let end = index >= last ? latency : start + sums[index]
            parts.append(Part(reason: reason, start: start, end: end))
            start = end
        }
        self.parts = parts
    }
}
