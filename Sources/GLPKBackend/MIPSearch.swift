import CGLPK
import GLPKShims
import MIP

/// One solution of a mixed-integer model, from the root relaxation to the result. Lives on one ``SolverThread``.
struct MIPSearch {
    /// How far from an integer GLPK takes a value for integral.
    static let integralityTolerance = 1e-6

    private let model: MIPModel
    private let options: MIPOptions
    private let messageLevel: Int32
    private let onEvent: @Sendable (MIPEvent) -> Void
    private let deadline: Deadline
    private let start: Incumbent?
    private let sign: Double
    private var rootRelaxation: Double?
    private var rootIsCertified = false
    private var manner = Manner.usual

    /// How GLPK is made to solve.
    private enum Manner {
        /// Scaled, from the dual simplex method, with cover cuts.
        case usual
        /// As the model stands, from the primal simplex method, with no cuts but lazy rows: slower, and with fewer
        /// sources of rounding errors.
        case plain
    }

    init(
        _ model: MIPModel, _ options: MIPOptions, messageLevel: Int32,
        onEvent: @escaping @Sendable (MIPEvent) -> Void
    ) throws {
        self.model = model
        self.options = options
        self.messageLevel = messageLevel
        self.onEvent = onEvent
        deadline = Deadline(limitSeconds: options.timeLimitSeconds)
        start = try options.checkedStart(for: model)
        sign = model.sense.sign
    }

    /// Solves the model in the usual manner, and plainly if GLPK fails at that.
    mutating func run() throws -> MIPResult {
        do {
            return try attempt()
        } catch let error as MIPSolverError where error.isFailure && deadline.millisecondsLeft > 0 {
            manner = .plain
            (rootRelaxation, rootIsCertified) = (nil, false)
            return try attempt()
        }
    }

    private mutating func attempt() throws -> MIPResult {
        guard model.columns.allSatisfy({ !$0.integrality.isIntegral || $0.integralBounds != nil }) else {
            return result(.infeasible, nil, bound: sign * .infinity, raw: "an integral column has no integer value")
        }
        let problem = try GLPKProblem.load(model, keepsIntegrality: true)
        if manner == .usual { problem.scale() }
        var root = try problem.solveSimplex(
            manner == .usual ? .dual : .primal, deadline: deadline, messageLevel: messageLevel,
            isCancelled: options.isCancelled)
        if options.certifiesRoot, root.termination == .optimal || root.termination == .infeasible {
            if let exact = try problem.solveExactly(deadline: deadline, messageLevel: messageLevel) {
                root = exact
                rootIsCertified = true
            } else {
                root = try problem.solveSimplex(
                    .primal, deadline: Deadline(limitSeconds: nil), messageLevel: messageLevel, isCancelled: nil)
            }
        }
        switch root.termination {
        case .infeasible:
            if start != nil {
                throw MIPSolverError.numericalTrouble("GLPK finds no point, but the initial point is one")
            }
            return result(.infeasible, nil, bound: sign * .infinity, raw: root.raw, problem.iterations)
        case .unbounded: return try resultOfUnbounded(root.raw)
        case .stopped(let limit):
            let proof = try LagrangianBound(checked: problem.rowDuals, in: model)
            return stopped(by: limit, start, bound: proof.value, raw: root.raw, problem.iterations)
        case .optimal: return try search(from: problem, root)
        }
    }

    /// Continues from an optimal root relaxation.
    private mutating func search(from problem: borrowing GLPKProblem, _ root: SimplexOutcome) throws -> MIPResult {
        let relaxation = problem.objective
        rootRelaxation = relaxation
        onEvent(.rootRelaxation(relaxation))
        let proof = try LagrangianBound(checked: problem.rowDuals, in: model)
        let rootBound = proof.value.isFinite ? proof.value : relaxation
        if let start, let limit = isClosed(start, bound: rootBound) {
            return stopped(by: limit, start, bound: rootBound, raw: root.raw, problem.iterations)
        }
        var reduced = ReducedModel(columnCount: model.columns.count)
        if let start, options.fixesByReducedCost {
            let fixing = try ReducedCostFixing(
                proof, incumbent: start.point, objectiveIsIntegral: options.objectiveIsIntegral, in: model)
            reduced.apply(fixing, to: problem)
            // The columns that went were not in the basis; GLPK wants to see for itself that it is still optimal.
            let again = try problem.solveSimplex(
                .primal, deadline: deadline, messageLevel: messageLevel, isCancelled: options.isCancelled)
            if case .stopped(let limit) = again.termination {
                return stopped(by: limit, start, bound: rootBound, raw: again.raw, problem.iterations)
            }
            guard again.termination == .optimal else {
                throw MIPSolverError.numericalTrouble("the relaxation is \(again.raw) after columns were fixed")
            }
        }
        let tree = SearchTree(
            model, options, reduced, start: start, rootBound: rootBound, deadline, onEvent: onEvent)
        let code = tree.optimise(problem, parameters)
        if let failure = tree.failure { throw failure }
        let status = code == GUARD_GAVE_UP ? GLP_UNDEF : glp_mip_status(problem.handle)
        let raw = GLPKCode.raw("glp_intopt", code, status)
        switch code {
        case 0, GLP_ETMLIM, GLP_ESTOP, GLP_EMIPGAP: break
        default: throw GLPKCode.failure("glp_intopt", code)
        }
        try tree.harvest(problem.handle)
        let believed = glp_mip_obj_val(problem.handle)
        let wasDoubtful = try settleDoubt(of: tree, believed: believed)
        let iterations = problem.iterations
        if code == 0 {
            guard let incumbent = tree.incumbent else {
                return result(.infeasible, nil, bound: sign * .infinity, raw: raw, iterations, tree, reduced)
            }
            // Nodes were cut off at the objective that GLPK believed in.
            let bound = wasDoubtful ? sign * min(sign * believed, sign * incumbent.objective) : incumbent.objective
            return result(.optimal, incumbent, bound: bound, raw: raw, iterations, tree, reduced)
        }
        let limit: Limit = code == GLP_EMIPGAP ? .gap : code == GLP_ETMLIM ? .time : tree.stopReason ?? .interrupted
        let bound = wasDoubtful ? sign * min(sign * tree.dualBound, sign * believed) : tree.dualBound
        return stopped(by: limit, tree.incumbent, bound: bound, raw: raw, iterations, tree, reduced)
    }

    /// Rounding its integral columns may have broken GLPK's incumbent: solves for the continuous columns anew.
    ///
    /// - Returns: whether that was so.
    /// - Throws: ``MIPSolverError/numericalTrouble(_:)`` if there is no feasible point with these integers, or only one
    ///   that is worse than what GLPK believed to have, with which it has cut off nodes.
    private func settleDoubt(of tree: SearchTree, believed: Double) throws -> Bool {
        guard let point = tree.doubtful else { return false }
        let report = try FeasibilityReport(of: point, in: model)
        let trouble = MIPSolverError.numericalTrouble(
            "GLPK's best point breaks the model once its integers are exact: \(report)")
        var fixed = model
        for (index, column) in model.columns.enumerated() {
            guard let bounds = column.integrality.isIntegral ? column.integralBounds : nil else { continue }
            let value = min(max(point[index], bounds.lower), bounds.upper)
            // A model takes no larger number.
            guard value.magnitude <= MIPModel.largestMagnitude else { throw trouble }
            try fixed.setBounds(of: ColumnID(index), to: .equal(value))
        }
        var relaxation = try Relaxation(fixed, messageLevel: messageLevel)
        let repaired = try relaxation.solve(fixed, changedBounds: [], LPOptions())
        guard let objective = repaired.objective,
            sign * (objective - believed) <= 1e-6 * max(1, believed.magnitude),
            try tree.accept(model.rounded(repaired.point))
        else { throw trouble }
        return true
    }

    /// A relaxation without bound: if any point is integral and feasible, so are points of any objective (for rational
    /// coefficients; Meyer, "On the existence of optimal solutions to integer and mixed-integer programming problems",
    /// Math. Program. 7, 1974).
    private func resultOfUnbounded(_ raw: String) throws -> MIPResult {
        if options.lazyRows != nil {
            throw MIPSolverError.unsupported("lazy rows in a model whose relaxation is unbounded")
        }
        let nothingKnown = -sign * Double.infinity
        if let start { return result(.unbounded, start, bound: nothingKnown, raw: raw) }
        var feasibility = model
        for index in model.columns.indices { try feasibility.setObjective(of: ColumnID(index), to: 0) }
        var ownOptions = options
        ownOptions.timeLimitSeconds = options.timeLimitSeconds.map { max(0, $0 - deadline.seconds) }
        ownOptions.certifiesRoot = false
        var search = try MIPSearch(feasibility, ownOptions, messageLevel: messageLevel) { _ in }
        let found = try search.run()
        let incumbent = found.incumbent.map { Incumbent(point: $0.point, objective: model.objective(at: $0.point)) }
        switch found.termination {
        case .infeasible: return result(.infeasible, nil, bound: sign * .infinity, raw: raw)
        case .noSolution(let limit): return result(.noSolution(limit), nil, bound: nothingKnown, raw: raw)
        case .optimal, .unbounded, .feasible: return result(.unbounded, incumbent, bound: nothingKnown, raw: raw)
        }
    }

    private var parameters: glp_iocp {
        var parameters = glp_iocp()
        glp_init_iocp(&parameters)
        parameters.msg_lev = messageLevel
        parameters.br_tech = options.branching == .penalties ? GLP_BR_DTH : GLP_BR_MFV
        parameters.bt_tech = GLP_BT_BLB
        parameters.pp_tech = manner == .usual ? GLP_PP_ROOT : GLP_PP_NONE
        parameters.cov_cuts = manner == .usual ? GLP_ON : GLP_OFF
        parameters.presolve = GLP_OFF
        // Heuristics know nothing of lazy rows.
        parameters.sr_heur = options.lazyRows == nil ? GLP_ON : GLP_OFF
        parameters.fp_heur = GLP_OFF
        parameters.ps_heur = GLP_OFF
        parameters.tol_int = Self.integralityTolerance
        parameters.tol_obj = 1e-9
        parameters.mip_gap = options.relativeGap
        parameters.tm_lim = deadline.millisecondsLeft
        return parameters
    }
}

extension MIPSearch {
    /// Whether a bound ends the search for an incumbent, and how: nil if it does not.
    private func isClosed(_ incumbent: Incumbent, bound: Double) -> Limit? {
        relativeGap(incumbent: incumbent.objective, dualBound: settled(bound, incumbent)) <= options.relativeGap
            ? .gap : nil
    }

    /// The bound as it may be published: rounded if objectives are integers, never better than the incumbent.
    private func settled(_ bound: Double, _ incumbent: Incumbent?) -> Double {
        var value = sign * bound
        let slack = 1e-6 + 1e-9 * value.magnitude
        if options.objectiveIsIntegral && slack < 0.25 { value = (value - slack).rounded(.up) }
        if let incumbent { value = min(value, sign * incumbent.objective) }
        return sign * value
    }

    /// A search that ended early, unless the bound shows that nothing was left to find.
    private func stopped(
        by limit: Limit, _ incumbent: Incumbent?, bound: Double, raw: String, _ iterations: Int,
        _ tree: SearchTree? = nil, _ reduced: ReducedModel? = nil
    ) -> MIPResult {
        let settled = settled(bound, incumbent)
        guard let incumbent else {
            return result(.noSolution(limit), nil, bound: settled, raw: raw, iterations, tree, reduced)
        }
        let isProven = settled == incumbent.objective
        return result(
            isProven ? .optimal : .feasible(limit), incumbent, bound: settled, raw: raw, iterations, tree, reduced)
    }

    private func result(
        _ termination: Termination, _ incumbent: Incumbent?, bound: Double, raw: String, _ iterations: Int? = nil,
        _ tree: SearchTree? = nil, _ reduced: ReducedModel? = nil
    ) -> MIPResult {
        MIPResult(
            termination: termination, incumbent: incumbent, dualBound: bound, nodes: tree?.nodes ?? 0,
            simplexIterations: iterations, rootRelaxation: rootRelaxation, rootIsCertified: rootIsCertified,
            fixedColumns: reduced?.fixedCount ?? 0, lazyRows: tree?.lazyRowCount ?? 0, seconds: deadline.seconds,
            rawStatus: raw)
    }
}
