import Foundation
import MIP

/// A solver's executable as a `MIPSolver`: models and solutions pass through files.
///
/// A point is checked: it counts only with integral columns rounded, if it then meets every row and lazy row; its
/// objective is computed here. Without a callback, lazy rows that a point breaks are added and the model is solved
/// again.
///
/// Which bounds may be trusted:
/// - `LPResult.dualBound` of a relaxation follows from row duals in arithmetic that trusts nobody: wrong
///   duals make it weak, not wrong.
/// - `MIPResult.dualBound` with the termination `optimal`, `infeasible` or `feasible(.gap)` is the executable's word,
///   within its own tolerances: nothing here checks that no better point exists. What has to be proven is solved by
///   `GLPKBackend`, or certified from relaxations.
/// - A search that was stopped has no bound: its files tell none.
///
/// The executable ends with the search, when the search is cancelled, and, on Linux, with the thread that solves, even
/// if the process is killed. Elsewhere whoever ends the process at once has to call `endSolverPrograms()` first.
public struct ExecutableSolver: MIPSolver {
    /// The executables that are known.
    public enum Kind: String, Sendable, CaseIterable {
        /// COIN-OR branch and cut.
        case cbc
        /// HiGHS.
        case highs

        var command: SolverCommand {
            switch self {
            case .cbc: .cbc
            case .highs: .highs
            }
        }
    }

    /// The executable's name.
    public let name: String
    private let run: SolverRun

    /// Finds an executable on `PATH`; nil if it is not there.
    public init?(_ kind: Kind) {
        let folders = (ProcessInfo.processInfo.environment["PATH"] ?? "").split(separator: ":")
        let path = folders.map { "\($0)/\(kind.command.program)" }.first {
            FileManager.default.isExecutableFile(atPath: $0)
        }
        guard let path else { return nil }
        name = "\(kind.command.program) (\(path))"
        run = SolverRun(command: kind.command, path: path)
    }

    /// Solves, asks about lazy rows, adds those that the point breaks, and solves again; see `MIPSolver`.
    public func solve(
        _ model: MIPModel, options: MIPOptions, onEvent: @escaping @Sendable (MIPEvent) -> Void
    ) throws -> MIPResult {
        try options.validate(for: model)
        var search = FileSearch(run: run, model: model, options: options, best: try options.checkedStart(for: model))
        let result = try search.solve()
        if let incumbent = result.incumbent { onEvent(.incumbent(incumbent)) }
        return result
    }

    /// Solves the relaxation; see `MIPSolver`.
    public func solveRelaxation(_ model: MIPModel, options: LPOptions) throws -> LPResult {
        try FileRelaxation(run: run, model: model).solve(options)
    }

    /// Opens a relaxation that is solved from nothing each time.
    public func makeIncrementalLP(_ model: MIPModel) throws -> any IncrementalLP {
        FileIncrementalLP(run: run, model: model)
    }
}
