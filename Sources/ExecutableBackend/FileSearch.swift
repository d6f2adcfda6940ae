import MIP

/// A search by an executable, round by round while lazy rows are broken.
struct FileSearch {
    let run: SolverRun
    var model: MIPModel
    let options: MIPOptions
    /// The best point known that meets all rows.
    var best: Incumbent?
    private let started = ContinuousClock.now
    private var nodes = 0
    private var lazyRows = 0
    private var words = ""

    init(run: SolverRun, model: MIPModel, options: MIPOptions, best: Incumbent?) {
        self.run = run
        self.model = model
        self.options = options
        self.best = best
    }

    private var seconds: Double {
        let (seconds, attoseconds) = (ContinuousClock.now - started).components
        return Double(seconds) + Double(attoseconds) * 1e-18
    }

    private var sign: Double { model.sense.sign }

    mutating func solve() throws -> MIPResult {
        while true {
            if let limit = limitReached { return stopped(limit) }
            let outcome = try run.run(model, start: best?.point, request, isCancelled: options.isCancelled)
            nodes += outcome.nodes
            words = outcome.words
            guard let file = outcome.file else {
                if let limit = outcome.stopped { return stopped(limit) }
                guard words.contains("infeasible") else {
                    throw MIPSolverError.solverFailure(call: run.command.program, code: 0, meaning: words)
                }
                return ended(.infeasible)
            }
            switch file.status {
            case .infeasible: return ended(.infeasible)
            case .unbounded: return ended(.unbounded)
            case .optimal, .feasible, .unknown, .noSolution:
                if file.status != .noSolution, try accept(file) == .brokeLazyRows { continue }
                if file.status == .optimal, let best { return optimal(best) }
                if let limit = outcome.stopped ?? limitReached { return stopped(limit) }
                if options.nodeLimit != nil { return stopped(.nodes) }
                if options.timeLimitSeconds != nil { return stopped(.time) }
                throw MIPSolverError.solverFailure(
                    call: run.command.program, code: 0, meaning: "ended without a verdict: \(words)")
            }
        }
    }

    private enum Verdict { case accepted, refused, brokeLazyRows }

    /// Takes the file's point if it meets all rows; adds the lazy rows that it breaks.
    private mutating func accept(_ file: MIPSolutionFile) throws -> Verdict {
        let point: [Double]
        do throws(MIPSolutionError) {
            point = model.rounded(try file.point(of: model))
        } catch {
            throw MIPSolverError.solverFailure(call: run.command.program, code: 0, meaning: "\(error)")
        }
        let report = try FeasibilityReport(of: point, in: model)
        guard report.isFeasible else {
            // A search that was stopped may have left a point of a relaxation.
            guard file.status == .optimal else { return .refused }
            throw MIPSolverError.numericalTrouble(
                "\(run.command.program) returns a point that is not feasible: \(report)")
        }
        let broken = try (options.lazyRows?(point) ?? []).map { try model.validated($0) }.filter {
            !FeasibilityTolerance.standard.allows($0.activity(at: point), in: $0.bounds)
        }
        guard broken.isEmpty else {
            for row in broken { try model.addRow(row) }
            lazyRows += broken.count
            return .brokeLazyRows
        }
        let found = Incumbent(point: point, objective: report.objective)
        if best.map({ sign * found.objective < sign * $0.objective }) ?? true { best = found }
        return .accepted
    }

    private var request: SolverRequest {
        SolverRequest(
            seconds: options.timeLimitSeconds.map { $0 - seconds }, nodes: options.nodeLimit.map { max(0, $0 - nodes) },
            relativeGap: options.relativeGap)
    }

    private var limitReached: Limit? {
        if options.isCancelled?() ?? false { return .interrupted }
        if let limit = options.timeLimitSeconds, seconds >= limit { return .time }
        return nil
    }

    private func optimal(_ best: Incumbent) -> MIPResult {
        // With a gap allowed, optimal means no more than that.
        let slack = options.relativeGap * best.objective.magnitude
        return result(
            slack > 0 ? .feasible(.gap) : .optimal, dualBound: best.objective - sign * slack)
    }

    private func ended(_ termination: Termination) -> MIPResult {
        // A start meets all rows: whoever says that nothing does is wrong.
        if let best, termination == .infeasible {
            return result(.feasible(.interrupted), dualBound: -sign * .infinity, incumbent: best)
        }
        return MIPResult(
            termination: termination, incumbent: nil,
            dualBound: termination == .infeasible ? sign * .infinity : -sign * .infinity, nodes: nodes,
            lazyRows: lazyRows, seconds: seconds, rawStatus: words)
    }

    private func stopped(_ limit: Limit) -> MIPResult {
        result(best == nil ? .noSolution(limit) : .feasible(limit), dualBound: -sign * .infinity)
    }

    private func result(_ termination: Termination, dualBound: Double, incumbent: Incumbent? = nil) -> MIPResult {
        MIPResult(
            termination: termination, incumbent: incumbent ?? best, dualBound: dualBound,
            nodes: min(nodes, options.nodeLimit ?? .max), lazyRows: lazyRows, seconds: seconds, rawStatus: words)
    }
}
