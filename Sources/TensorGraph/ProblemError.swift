/// A fault of a problem, in the terms of RULES 1.
///
/// The message is one line and names the op or tensor and what is wrong with it.
public struct ProblemError: Error, Hashable, Sendable, CustomStringConvertible {
    /// What the fault is about.
    public enum Subject: Hashable, Sendable {
        /// The hardware or the lists as a whole.
        case problem
        /// One op.
        case op(OpID)
        /// One tensor.
        case tensor(TensorID)
    }

    /// What the fault is about.
    public let subject: Subject
    /// What is wrong, without the subject.
    public let message: String
    /// What the subject is called, where it has a name.
    private let names: GraphNames?

    /// Creates an error about an op, a tensor or the problem as a whole.
    public init(_ subject: Subject = .problem, _ message: String, names: GraphNames? = nil) {
        self.subject = subject
        self.message = message
        self.names = names
    }

    /// One line: subject and message.
    public var description: String {
        let names = names ?? GraphNames()
        return switch subject {
        case .problem: message
        case .op(let op): "\(names.describe(op)): \(message)"
        case .tensor(let tensor): "\(names.describe(tensor)): \(message)"
        }
    }
}
