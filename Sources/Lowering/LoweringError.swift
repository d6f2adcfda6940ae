/// Why a schedule has no plan.
public struct LoweringError: Error, Sendable, Hashable, CustomStringConvertible {
    /// The step, from 0; nil for the schedule as a whole.
    public let step: Int?
    /// What is wrong, without the step.
    public let message: String

    init(step: Int? = nil, _ message: String) {
        self.step = step
        self.message = message
    }

    /// One line.
    public var description: String { step.map { "step \($0): \(message)" } ?? message }
}
