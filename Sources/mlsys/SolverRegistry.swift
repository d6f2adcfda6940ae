import ArgumentParser
import ExecutableBackend
import GLPKBackend
import MIP

/// The solvers of integer programs that `--solver` names.
///
/// A new backend is one case here and one line below; what else it takes is in the documentation of `MIP`.
enum SolverRegistry: String, CaseIterable, ExpressibleByArgument {
    /// The library that the program is linked with.
    case glpk
    /// CBC's executable, through files.
    case cbc
    /// HiGHS's executable, through files.
    case highs

    /// The solver.
    ///
    /// - Throws: ``ValidationError`` when its executable is not on `PATH`.
    func makeSolver() throws -> any MIPSolver {
        let solver: (any MIPSolver)? =
            switch self {
            case .glpk: GLPKSolver()
            case .cbc: ExecutableSolver(.cbc)
            case .highs: ExecutableSolver(.highs)
            }
        guard let solver else {
            throw ValidationError("--solver \(rawValue) needs the program \(rawValue), which is not on PATH.")
        }
        return solver
    }
}
