import TensorGraph

/// The first rule that a schedule breaks, and where.
public struct RuleViolation: Error, Hashable, Sendable, CustomStringConvertible {
    /// The rules of RULES 2 to 4; ``section`` gives the number.
    public enum Rule: String, Sendable, Hashable, CaseIterable {
        /// The step has no ops.
        case emptyStep
        /// The step names an op that the problem does not have.
        case unknownOp
        /// The step names an op twice.
        case repeatedOp
        /// An op comes before the producer of one of its inputs.
        case consumerBeforeProducer
        /// No step computes the op.
        case uncoveredOp
        /// The ops do not hang together by common tensors.
        case disconnectedStep
        /// Tile width, height or depth is below 1 or above native.
        case granularityOutOfRange
        /// The reduction depth exceeds the reduction of an op.
        case depthAboveReduction
        /// An op depends on an internal tensor that the same step retains, other than by maps that read `ij`.
        case retainedNotElementwise
        /// The outputs of the step have several shapes.
        case outputShapesDiffer
        /// A retained tensor is not written in the step.
        case retainsUnwrittenTensor
        /// A tensor that the step reads is in neither memory.
        case unavailableTensor
        /// A graph output never reaches slow memory.
        case outputNotEvicted
        /// Several k-steps, and sinks with different reductions.
        case sinkReductionsDiffer
        /// Several k-steps, and a map feeds a reducing op with a tile narrower than the reduction.
        case prologueBelowReduction
        /// The working set exceeds fast memory.
        case capacityExceeded
        /// The traversal order is not a permutation of the tiles.
        case notAPermutation
        /// The reported latency is not the step's latency.
        case latencyMisreported
        /// The step has more iterations than can be walked; only for orders or overlaps without a closed form.
        case tooManyIterations

        /// The section of RULES that states the rule.
        public var section: String {
            switch self {
            case .emptyStep, .unknownOp, .repeatedOp, .consumerBeforeProducer, .uncoveredOp: "3.1"
            case .disconnectedStep: "3.2"
            case .granularityOutOfRange, .depthAboveReduction: "3.3"
            case .retainedNotElementwise: "3.4"
            case .outputShapesDiffer: "3.5"
            case .retainsUnwrittenTensor: "3.6"
            case .unavailableTensor: "3.7"
            case .outputNotEvicted: "3.8"
            case .sinkReductionsDiffer, .prologueBelowReduction: "3.9"
            case .capacityExceeded: "3.10"
            case .notAPermutation, .latencyMisreported: "2"
            case .tooManyIterations: "4"
            }
        }
    }

    /// The rule that is broken.
    public let rule: Rule
    /// The step, counted from 0; nil when the rule is about the schedule as a whole.
    public var step: Int?
    /// The op that breaks the rule, if one does.
    public let op: OpID?
    /// The tensor that breaks the rule, if one does.
    public let tensor: TensorID?
    /// What is wrong, in one sentence, without the step.
    public let message: String

    /// Creates a violation.
    public init(_ rule: Rule, step: Int? = nil, op: OpID? = nil, tensor: TensorID? = nil, _ message: String) {
        self.rule = rule
        self.step = step
        self.op = op
        self.tensor = tensor
        self.message = message
    }

    /// One line: step, message and the number of the rule.
    public var description: String {
        (step.map { "step \($0): " } ?? "") + message + " (RULES \(rule.section))"
    }

    /// The same violation, in a numbered step.
    func at(step index: Int) -> RuleViolation {
        var copy = self
        copy.step = index
        return copy
    }
}
