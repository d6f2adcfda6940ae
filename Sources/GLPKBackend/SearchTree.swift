import CGLPK
import GLPKShims
import MIP

/// The caller's side of GLPK's branch and cut: what happens in its callback.
///
/// Here the incumbents are judged, lazy rows generated, limits watched and the dual bound followed. GLPK reports
/// nothing of this after `glp_intopt` has returned: its tree is gone by then.
final class SearchTree {
    private let model: MIPModel
    private let options: MIPOptions
    private let reduced: ReducedModel
    private let deadline: Deadline
    private let onEvent: @Sendable (MIPEvent) -> Void
    private let sign: Double
    private var lazyRows: LazyRowPool
    private var hasStarted = false
    private var nextProgress: Double
    /// Objective of GLPK's own incumbent when it was last looked at.
    private var seenObjective: Double?

    /// The best point that passed every check.
    private(set) var incumbent: Incumbent?
    /// A point of GLPK's that breaks the model once its integers are exact, if it is GLPK's incumbent.
    private(set) var doubtful: [Double]?
    private(set) var dualBound: Double
    private(set) var nodes = 0
    /// Why the search was told to stop, if it was.
    private(set) var stopReason: Limit?
    private(set) var failure: (any Error)?

    init(
        _ model: MIPModel, _ options: MIPOptions, _ reduced: ReducedModel, start: Incumbent?, rootBound: Double,
        _ deadline: Deadline, onEvent: @escaping @Sendable (MIPEvent) -> Void
    ) {
        self.model = model
        self.options = options
        self.reduced = reduced
        self.deadline = deadline
        self.onEvent = onEvent
        sign = model.sense.sign
        lazyRows = LazyRowPool(model, options)
        nextProgress = deadline.seconds + options.progressIntervalSeconds
        incumbent = start
        dualBound = rootBound
    }

    /// Lazy rows generated so far.
    var lazyRowCount: Int { lazyRows.count }

    /// Runs `glp_intopt` with this object in the callback; its return code.
    func optimise(_ problem: borrowing GLPKProblem, _ parameters: glp_iocp) -> Int32 {
        var parameters = parameters
        parameters.cb_func = { tree, info in
            guard let tree, let info else { return }
            Unmanaged<SearchTree>.fromOpaque(info).takeUnretainedValue().callBack(tree)
        }
        parameters.cb_info = Unmanaged.passUnretained(self).toOpaque()
        return withExtendedLifetime(self) { problem.branchAndCut(&parameters) }
    }

    private func callBack(_ tree: OpaquePointer) {
        if failure == nil && stopReason == nil {
            do {
                try handle(tree, reason: glp_ios_reason(tree))
            } catch {
                failure = error
            }
        }
        if failure != nil || stopReason != nil { glp_ios_terminate(tree) }
    }

    private func handle(_ tree: OpaquePointer, reason: Int32) throws {
        let problem = glp_ios_get_prob(tree)
        if !hasStarted { inject(into: tree) }
        try harvest(problem)
        switch reason {
        case GLP_ISELECT:
            updateDualBound(tree)
            if let limit = options.nodeLimit, nodes >= limit {
                stopReason = .nodes
                return
            }
            nodes += 1
        case GLP_IROWGEN: try separate(problem)
        case GLP_IBRANCH: branch(tree, problem)
        default: break
        }
        if deadline.hasPassed { stopReason = .time }
        if options.isCancelled?() == true { stopReason = .interrupted }
        if stopReason != nil { updateDualBound(tree) }
        reportProgress(tree)
    }

    /// Gives GLPK the initial point, which has been checked: GLPK itself checks nothing.
    private func inject(into tree: OpaquePointer) {
        hasStarted = true
        guard let incumbent else { return }
        var values = [0.0]
        for column in reduced.columns { values.append(incumbent.point[column]) }
        // A model without columns has a stand-in.
        if reduced.columns.isEmpty { values.append(0) }
        if glp_ios_heur_sol(tree, values) == 0 { seenObjective = glp_mip_obj_val(glp_ios_get_prob(tree)) }
    }

    /// Looks whether GLPK has a new incumbent, from a node or from a heuristic, and judges it.
    func harvest(_ problem: OpaquePointer?) throws {
        let status = glp_mip_status(problem)
        guard status == GLP_FEAS || status == GLP_OPT else { return }
        let objective = glp_mip_obj_val(problem)
        guard objective != seenObjective else { return }
        seenObjective = objective
        let found = model.rounded(reduced.point { glp_mip_col_val(problem, $0) })
        if try !accept(found) { doubtful = found }
    }

    /// Makes a point the incumbent if it is feasible; false if it is not.
    ///
    /// - Throws: ``MIPSolverError/numericalTrouble(_:)`` if it breaks a lazy row: GLPK must not accept such a point.
    func accept(_ point: [Double]) throws -> Bool {
        let report = try FeasibilityReport(of: point, in: model)
        guard report.isFeasible else { return false }
        if let row = try lazyRows.violated(by: point).first {
            throw MIPSolverError.numericalTrouble("a point that breaks the lazy row \(row.name) was accepted")
        }
        doubtful = nil
        if let incumbent, sign * incumbent.objective <= sign * report.objective { return true }
        let better = Incumbent(point: point, objective: report.objective)
        incumbent = better
        onEvent(.incumbent(better))
        return true
    }

    /// The bound of the worst open node; bounds never get worse, so the best one seen stays.
    private func updateDualBound(_ tree: OpaquePointer) {
        let node = glp_ios_best_node(tree)
        guard node != 0 else { return }
        let bound = glp_ios_node_bound(tree, node)
        guard bound.magnitude < Double.greatestFiniteMagnitude else { return }
        if sign * bound > sign * dualBound { dualBound = bound }
    }

    /// Adds the rows that the node's LP solution breaks.
    ///
    /// GLPK forgets rows with the subtree that they were added in, so those known are looked through at every node. The
    /// caller is asked for lazy rows at integral points only, of which GLPK then accepts none that breaks one, and for
    /// cuts at all others.
    private func separate(_ problem: OpaquePointer?) throws {
        guard lazyRows.isActive else { return }
        let point = reduced.point { glp_get_col_prim(problem, $0) }
        var rows = lazyRows.knownRows(violatedBy: point)
        if rows.isEmpty {
            rows =
                isIntegral(problem) ? try lazyRows.newRows(for: model.rounded(point)) : try lazyRows.newCuts(for: point)
        }
        guard !rows.isEmpty else { return }
        let first = glp_add_rows(problem, Int32(rows.count))
        var buffer = RowBuffer()
        for (offset, row) in rows.enumerated() {
            let position = first + Int32(offset)
            GLPKProblem.setBounds(ofRow: position, row.bounds, in: problem)
            buffer.load(row.terms) { reduced.position(of: $0) }
            buffer.set(row: position, in: problem)
        }
    }

    /// Whether GLPK may take the node's LP solution for integral: the same test with twice its tolerance.
    private func isIntegral(_ problem: OpaquePointer?) -> Bool {
        for (index, column) in reduced.columns.enumerated() where model.columns[column].integrality.isIntegral {
            let position = Int32(index + 1)
            guard glp_get_col_stat(problem, position) == GLP_BS else { continue }
            // GLPK takes values beyond the node's bounds, a matter of rounding, for integral.
            let value = glp_get_col_prim(problem, position)
            let type = glp_get_col_type(problem, position)
            if type != GLP_FR && type != GLP_UP && value <= glp_get_col_lb(problem, position) { continue }
            if type != GLP_FR && type != GLP_LO && value >= glp_get_col_ub(problem, position) { continue }
            if (value - value.rounded()).magnitude > 2 * MIPSearch.integralityTolerance { return false }
        }
        return true
    }

    /// Branches upwards on the preferred column closest to one half, if any is fractional.
    private func branch(_ tree: OpaquePointer, _ problem: OpaquePointer?) {
        var best: (position: Int32, distance: Double)?
        for column in options.branchFirst {
            guard let position = reduced.position(of: column), glp_ios_can_branch(tree, position) != 0 else { continue }
            let value = glp_get_col_prim(problem, position)
            let distance = (value - value.rounded(.down) - 0.5).magnitude
            if distance < best?.distance ?? .infinity { best = (position, distance) }
        }
        if let best { glp_ios_branch_upon(tree, best.position, GLP_UP_BRNCH) }
    }

    private func reportProgress(_ tree: OpaquePointer) {
        let now = deadline.seconds
        guard now >= nextProgress else { return }
        nextProgress = now + options.progressIntervalSeconds
        updateDualBound(tree)
        var openNodes: Int32 = 0
        glp_ios_tree_size(tree, &openNodes, nil, nil)
        onEvent(
            .progress(
                MIPProgress(
                    nodes: nodes, openNodes: Int(openNodes), columns: reduced.columns.count, dualBound: dualBound,
                    incumbent: incumbent?.objective, seconds: now)))
    }
}

extension GLPKProblem {
    /// `glp_intopt`, guarded.
    func branchAndCut(_ parameters: inout glp_iocp) -> Int32 { guard_intopt(handle, &parameters) }
}
