import CGLPK
import GLPKShims
import MIP

/// Return codes and statuses of GLPK in words.
enum GLPKCode {
    static func meaning(_ code: Int32) -> String {
        switch code {
        case 0: "success"
        case GLP_EBADB: "invalid basis"
        case GLP_ESING: "singular matrix"
        case GLP_ECOND: "ill-conditioned matrix"
        case GLP_EBOUND: "invalid bounds"
        case GLP_EFAIL: "solver failed"
        case GLP_EOBJLL: "objective lower limit reached"
        case GLP_EOBJUL: "objective upper limit reached"
        case GLP_EITLIM: "iteration limit exceeded"
        case GLP_ETMLIM: "time limit exceeded"
        case GLP_EROOT: "root LP optimum not provided"
        case GLP_ESTOP: "search terminated by application"
        case GLP_EMIPGAP: "relative gap tolerance reached"
        case GUARD_GAVE_UP: "an assertion inside GLPK failed"
        default: "unknown code"
        }
    }

    static func status(_ status: Int32) -> String {
        switch status {
        case GLP_UNDEF: "undefined"
        case GLP_FEAS: "feasible"
        case GLP_INFEAS: "infeasible"
        case GLP_NOFEAS: "no feasible solution"
        case GLP_OPT: "optimal"
        case GLP_UNBND: "unbounded"
        default: "unknown status"
        }
    }

    static func raw(_ call: String, _ code: Int32, _ status: Int32) -> String {
        "\(call): code \(code) (\(meaning(code))), status \(status) (\(self.status(status)))"
    }

    static func failure(_ call: String, _ code: Int32) -> MIPSolverError {
        .solverFailure(call: call, code: Int(code), meaning: meaning(code))
    }
}
