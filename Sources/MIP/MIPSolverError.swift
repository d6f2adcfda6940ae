/// Why a solver gives no result.
public enum MIPSolverError: Error, Sendable, Hashable, CustomStringConvertible {
    /// The model, a generated row or column, or an index in the options is not valid.
    case invalidModel(MIPModelError)
    /// An option out of its range, or one that contradicts the model.
    case invalidOption(String)
    /// The initial point breaks the model.
    case infeasibleStart(FeasibilityReport)
    /// The initial point breaks a lazy row.
    case startViolatesLazyRow(name: String)
    /// The solver cannot do this.
    case unsupported(String)
    /// The solver lost its way in rounding errors; nothing that it says is to be relied on.
    case numericalTrouble(String)
    /// The solver failed: which call, its code, what it means.
    case solverFailure(call: String, code: Int, meaning: String)

    /// True when the solver failed at a model that is valid, so that another way to solve it may do better.
    public var isFailure: Bool {
        switch self {
        case .numericalTrouble, .solverFailure: true
        case .invalidModel, .invalidOption, .infeasibleStart, .startViolatesLazyRow, .unsupported: false
        }
    }

    /// One sentence.
    public var description: String {
        switch self {
        case .invalidModel(let error): "invalid model: \(error)"
        case .invalidOption(let text): "invalid option: \(text)"
        case .infeasibleStart(let report): "the initial point is not feasible: \(report)"
        case .startViolatesLazyRow(let name): "the initial point breaks the lazy row \(name)"
        case .unsupported(let text): "not supported by this solver: \(text)"
        case .numericalTrouble(let text): "numerical trouble: \(text)"
        case .solverFailure(let call, let code, let meaning): "\(call) failed with code \(code): \(meaning)"
        }
    }
}
