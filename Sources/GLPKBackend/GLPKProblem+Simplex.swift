import CGLPK
import GLPKShims
import MIP

/// How a linear program was solved, as GLPK tells it.
struct SimplexOutcome {
    var termination: LPTermination
    var raw: String
    var isCertified = false
}

extension GLPKProblem {
    /// Which simplex to start with.
    enum SimplexMethod {
        /// From scratch or after new rows: dual with the long-step ratio test, primal if that fails.
        case dual
        /// After new columns: the old basis is primal feasible.
        case primal
    }

    /// Scales the coefficients where they are badly scaled.
    func scale() {
        let wasOn = glp_term_out(GLP_OFF)
        glp_scale_prob(handle, GLP_SF_AUTO)
        glp_term_out(wasOn)
    }

    /// Solves the linear relaxation from the present basis.
    ///
    /// With `isCancelled` the simplex is interrupted now and then to ask; it then goes on from the basis reached.
    ///
    /// - Throws: ``MIPSolverError/solverFailure(call:code:meaning:)`` if GLPK fails with every method.
    func solveSimplex(
        _ method: SimplexMethod, deadline: Deadline, messageLevel: Int32, isCancelled: (@Sendable () -> Bool)?
    ) throws(MIPSolverError) -> SimplexOutcome {
        var method = method
        var slice = 250.0
        var failures = 0
        while true {
            if isCancelled?() == true { return SimplexOutcome(termination: .stopped(.interrupted), raw: "cancelled") }
            var parameters = Self.parameters(method, messageLevel)
            let left = deadline.millisecondsLeft
            parameters.tm_lim = isCancelled == nil ? left : min(left, Int32(min(slice, 1e9)))
            // A slice that grows lets even a huge program make progress.
            slice *= 1.5
            let code = guard_simplex(handle, &parameters)
            let raw = GLPKCode.raw("glp_simplex", code, glp_get_status(handle))
            switch code {
            case 0:
                if let termination { return SimplexOutcome(termination: termination, raw: raw) }
                // The dual simplex found no dual feasible basis: the primal tells infeasible from unbounded.
                failures += 1
                method = .primal
            case GLP_ETMLIM:
                if deadline.hasPassed || deadline.millisecondsLeft == 0 {
                    return SimplexOutcome(termination: .stopped(.time), raw: raw)
                }
            case GUARD_GAVE_UP:
                throw GLPKCode.failure("glp_simplex", code)
            default:
                failures += 1
                if failures > 3 { throw GLPKCode.failure("glp_simplex", code) }
                // A singular or ill-conditioned basis: start anew from a triangular one, then from the slack basis.
                method = failures == 2 ? .dual : .primal
                if failures == 1 { glp_adv_basis(handle, 0) } else { glp_std_basis(handle) }
            }
            if failures > 3 { throw GLPKCode.failure("glp_simplex", code) }
        }
    }

    /// Confirms the present basis in exact arithmetic, pivoting on if it is not optimal there.
    ///
    /// - Returns: nil if the time ran out; the simplex then has to be run again.
    func solveExactly(deadline: Deadline, messageLevel: Int32) throws(MIPSolverError) -> SimplexOutcome? {
        var parameters = Self.parameters(.primal, messageLevel)
        parameters.tm_lim = deadline.millisecondsLeft
        let code = guard_exact(handle, &parameters)
        if code == GUARD_GAVE_UP { throw GLPKCode.failure("glp_exact", code) }
        guard code == 0, let termination else { return nil }
        return SimplexOutcome(
            termination: termination, raw: GLPKCode.raw("glp_exact", code, glp_get_status(handle)), isCertified: true)
    }

    /// What the statuses of the basic solution mean; nil if they decide nothing.
    private var termination: LPTermination? {
        switch glp_get_status(handle) {
        case GLP_OPT: .optimal
        case GLP_NOFEAS: .infeasible
        case GLP_UNBND: .unbounded
        default: nil
        }
    }

    private static func parameters(_ method: SimplexMethod, _ messageLevel: Int32) -> glp_smcp {
        var parameters = glp_smcp()
        glp_init_smcp(&parameters)
        parameters.msg_lev = messageLevel
        parameters.meth = method == .primal ? GLP_PRIMAL : GLP_DUALP
        parameters.r_test = method == .primal ? GLP_RT_HAR : GLP_RT_FLIP
        return parameters
    }

    /// Objective of the basic solution.
    var objective: Double { glp_get_obj_val(handle) }

    /// Simplex iterations so far.
    var iterations: Int { Int(glp_get_it_cnt(handle)) }

    /// Values of the model's columns in the basic solution.
    var columnValues: [Double] { (0..<columnCount).map { glp_get_col_prim(handle, Int32($0 + 1)) } }

    /// Duals of the model's rows: the change of the objective per unit of the row's activity.
    var rowDuals: [Double] { (0..<rowCount).map { glp_get_row_dual(handle, Int32($0 + 1)) } }

    /// Whether the column with this zero-based index is in the basis.
    func isBasic(column index: Int) -> Bool { glp_get_col_stat(handle, Int32(index + 1)) == GLP_BS }
}
