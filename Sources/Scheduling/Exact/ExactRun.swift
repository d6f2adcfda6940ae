import CostModel
import MIP
import Synchronization
import TensorGraph

/// One run of the exact scheduler.
struct ExactRun {
    let scheduler: ExactScheduler
    var control: SolveControl
    private let evaluator: Evaluator
    var incumbent: SchedulingSnapshot?
    /// What the list scheduler's strategies made.
    private(set) var starts: [Schedule] = []
    private var bounds: [LowerBound] = []
    var candidates = CandidateSet(candidates: [], omissions: [], statistics: .init())
    private var wasEnumerated = false
    private var program: SchedulingResult.ProgramStatistics?
    private var searchStates: Int?
    var limit: Limit?
    /// Rows C2' that earlier relaxations took; the next one starts with them.
    var reachRows: [ReachRow] = []

    var problem: Problem { scheduler.problem }

    init(_ scheduler: ExactScheduler, control: SolveControl) {
        self.scheduler = scheduler
        self.control = control
        evaluator = Evaluator(scheduler.problem, reductionCap: scheduler.options.reductionCap)
    }

    // MARK: Course

    mutating func solve() throws -> SchedulingResult {
        try begin()
        if isDone, scheduler.options.engine != .all { return try result(isOptimal: true) }
        let isProven = try proveByEnumeration(scheduler.options.limits, timeShare: 0.6)
        return try result(isOptimal: isProven)
    }

    /// A first incumbent, and the bounds that follow from the graph.
    mutating func begin() throws {
        control.report(.phase("list"))
        var listOptions = ListScheduler.Options()
        listOptions.reductionCap = scheduler.options.reductionCap
        try ListScheduler(problem, options: listOptions).schedules { schedule in
            try accept(schedule, from: .list)
            starts.append(schedule)
        }
        if let warmStart = scheduler.options.warmStart { try accept(warmStart, from: .warmStart) }
        timed(.compute, StructuralBounds.compute)
        let cap = scheduler.options.reductionCap
        timed(.traffic) { StructuralBounds.traffic($0, reductionCap: cap) }
        if isDone, scheduler.options.engine != .all { return }
        try refineGranularities()
    }

    /// Enumerates all candidates, within limits, and proves by them what can be proven.
    ///
    /// - Parameters:
    ///   - timeShare: part of the remaining time that enumeration may take; the rest belongs to the proof, and what has
    ///     not been enumerated by then never will be.
    ///   - maximumStates: of the backward search; nil for its default, and the integer program after it.
    /// - Returns: whether the incumbent is the best of all candidates.
    mutating func proveByEnumeration(
        _ limits: CandidateEnumerator.Limits, timeShare: Double, maximumStates: Int? = nil
    ) throws -> Bool {
        limit = nil
        if !hasAllCandidates { try enumerate(limits, timeShare: timeShare) }
        guard !candidates.candidates.isEmpty else {
            if !control.shouldStop, limit == nil { limit = .candidates }
            return false
        }
        try addIncumbentSteps()
        if control.shouldStop { return false }
        try settle()
        guard let columns = CandidateColumns(candidates.candidates, problem: problem) else {
            candidates.omissions.append("more than \(OpSet.capacity) tensors are written")
            limit = .candidates
            return false
        }
        return try prove(columns, maximumStates: maximumStates)
    }

    /// True when enumeration has come to its end, so that only the proof is left.
    private var hasAllCandidates: Bool { wasEnumerated && candidates.isComplete && !candidates.candidates.isEmpty }

    /// The best bound for the problem so far.
    private var bestBound: Double { bounds.lazy.filter { $0.scope.isAboutProblem }.map(\.value).max() ?? 0 }

    /// True when a bound for the problem meets the incumbent, up to the gap that is asked for.
    var isDone: Bool {
        guard let latency = incumbent?.latency else { return false }
        return bestBound >= latency * (1 - max(SchedulingResult.tolerance, control.gap))
    }

    func result(isOptimal: Bool) throws -> SchedulingResult {
        guard let incumbent else { throw ExactScheduler.InconsistencyError(description: "no schedule was found") }
        let ending: Termination
        if bestBound >= incumbent.latency * (1 - SchedulingResult.tolerance) {
            ending = .optimal
        } else if isDone {
            ending = .feasible(.gap)
        } else {
            ending = isOptimal ? .optimal : .feasible(limit ?? (control.isCancelled ? .interrupted : .time))
        }
        return SchedulingResult(
            incumbent: incumbent, bounds: bounds, termination: ending,
            candidateOmissions: wasEnumerated ? candidates.omissions : nil,
            candidates: wasEnumerated ? candidates.statistics : nil, program: program, searchStates: searchStates,
            seconds: control.elapsedSeconds)
    }

    // MARK: Incumbents and bounds

    /// Makes a schedule the incumbent if it is better; returns its latency.
    @discardableResult
    mutating func accept(_ schedule: Schedule, from source: IncumbentSource) throws -> Double {
        let evaluation: Evaluation
        do {
            evaluation = try evaluator.evaluate(schedule)
        } catch {
            throw ExactScheduler.InconsistencyError(
                description: "a schedule from \(source.rawValue) is not valid: \(error)")
        }
        // The same steps in another order add up to a last digit more or less: that is no improvement.
        guard evaluation.totalLatency < (incumbent?.latency ?? .infinity) * (1 - 1e-12) else {
            return evaluation.totalLatency
        }
        let snapshot = SchedulingSnapshot(
            schedule: schedule, evaluation: evaluation, source: source, seconds: control.elapsedSeconds)
        incumbent = snapshot
        control.report(.incumbent(snapshot))
        return snapshot.latency
    }

    /// Accepts chosen candidates in order; their latency must be what the program or the search said.
    mutating func accept(_ chosen: [Int], objective: Double, from source: IncumbentSource) throws {
        let schedule = Schedule(steps: chosen.map { candidates.candidates[$0].step })
        let latency = try accept(schedule, from: source)
        guard abs(latency - objective) <= 1e-6 * max(1, latency) else {
            throw ExactScheduler.InconsistencyError(
                description: "the objective \(objective) of \(source.rawValue) is not the latency \(latency)")
        }
    }

    /// True when the evaluator finds nothing wrong.
    func isValid(_ schedule: Schedule) -> Bool { evaluation(of: schedule) != nil }

    /// What a schedule costs; nil when it is not valid.
    func evaluation(of schedule: Schedule) -> Evaluation? { try? evaluator.evaluate(schedule) }

    private mutating func timed(_ kind: LowerBound.Kind, _ bound: (Problem) -> Double) {
        let start = control.elapsedSeconds
        let value = bound(problem)
        note(LowerBound(kind, value, scope: .problem, seconds: control.elapsedSeconds - start))
    }

    mutating func note(_ bound: LowerBound) {
        bounds.append(bound)
        control.report(.bound(bound))
    }

    /// What a bound over the candidates is about.
    var candidateScope: ProofScope {
        guard scheduler.options.level == .recompute else {
            return .candidates(reason: "no op is recomputed")
        }
        return candidates.isComplete ? .namedOrders : .candidates(reason: candidates.omissions.joined(separator: "; "))
    }

    // MARK: Candidates

    private mutating func enumerate(_ limits: CandidateEnumerator.Limits, timeShare: Double) throws {
        control.report(.phase("enumerate"))
        let options = scheduler.options
        let enumerator = CandidateEnumerator(
            problem, reductionCap: options.reductionCap, limits: limits, threads: options.threads,
            pricing: .bounded)
        let control = control
        let deadline = control.elapsedSeconds + control.remainingSeconds * timeShare
        candidates = enumerator.enumerate { control.isCancelled || control.elapsedSeconds > deadline }
        wasEnumerated = true
        if control.elapsedSeconds > deadline { limit = .time }
    }

    /// Adds the incumbent's steps that dominance or a limit left out, so that the program contains the incumbent.
    private mutating func addIncumbentSteps() throws {
        guard let incumbent else { return }
        let analyzer = StepAnalyzer(problem)
        var known = Set(
            candidates.candidates.map { StepPricer.Key(ops: $0.ops, resident: $0.resident, retained: $0.retained) })
        var resident: [TensorID] = []
        for (step, evaluation) in zip(incumbent.schedule.steps, incumbent.evaluation.steps) {
            let structure = try analyzer.analyze(ops: analyzer.ordered(step.ops), retained: step.retained)
            let key = StepPricer.Key(ops: structure.ops, resident: resident, retained: structure.retained)
            if known.insert(key).inserted {
                let choice = GranularityChoice(
                    granularity: step.granularity, order: step.order, latency: evaluation.latency)
                candidates.candidates.append(
                    Candidate(structure, resident: resident, choice: choice, problem: problem))
            }
            resident = structure.retained
        }
    }

    // MARK: Proof

    private mutating func prove(_ columns: CandidateColumns, maximumStates: Int?) throws -> Bool {
        control.report(.phase("relax"))
        var prices = SearchPrices(columns: columns)
        if let relaxed = try relax(columns) { prices = relaxed }
        let engine = scheduler.options.engine
        if isDone, engine != .all { return true }
        var isProven = false
        if engine != .program, scheduler.options.level == .recompute {
            isProven = try search(columns, prices, maximumStates)
        }
        if isProven, engine != .all { return true }
        if maximumStates == nil, engine != .search, !control.shouldStop {
            let programProves = try solveProgram(columns)
            isProven = isProven || programProves
        }
        return isProven
    }

    /// Solves the relaxation whose duals are prices of ops and hand-overs.
    private mutating func relax(_ columns: CandidateColumns) throws -> SearchPrices? {
        let start = control.elapsedSeconds
        guard
            let relaxed = try Relaxation(
                columns, candidates.candidates, problem: problem, solver: scheduler.solver, control: control,
                certifies: scheduler.options.certifies, reachRows: reachRows, separates: true)
        else { return nil }
        if relaxed.solution.dualBound.isFinite {
            note(
                LowerBound(
                    .linear, relaxed.solution.dualBound, scope: candidateScope, seconds: control.elapsedSeconds - start,
                    isCertified: relaxed.solution.isCertified))
        }
        return relaxed.prices(columns)
    }

    private mutating func search(
        _ columns: CandidateColumns, _ prices: SearchPrices, _ maximumStates: Int?
    ) throws -> Bool {
        control.report(.phase("search"))
        let start = control.elapsedSeconds
        let control = control
        let latency = incumbent?.latency ?? .infinity
        // A second engine deserves its share of the time.
        let share = scheduler.options.engine == .search ? 1.0 : 0.5
        let deadline = start + control.remainingSeconds * share
        let outcome = BackwardSearch(columns).run(
            prices: prices, cutoff: latency, maximumStates: maximumStates ?? BackwardSearch.defaultMaximumStates,
            isCancelled: { control.isCancelled || control.elapsedSeconds > deadline })
        searchStates = outcome.expanded
        if !outcome.isProven, !control.isCancelled, control.elapsedSeconds <= deadline { limit = .nodes }
        if let steps = outcome.steps { try accept(steps, objective: outcome.latency, from: .search) }
        note(
            LowerBound(
                .search, min(outcome.lowerBound, incumbent?.latency ?? .infinity), scope: candidateScope,
                seconds: control.elapsedSeconds - start))
        return outcome.isProven
    }

    /// Rows C2' added at most at one time inside the tree: each makes all further linear programs larger.
    private static let rowsPerNode = 20

    private mutating func solveProgram(_ columns: CandidateColumns) throws -> Bool {
        control.report(.phase("program"))
        let start = control.elapsedSeconds
        var formulation = try ScheduleFormulation(
            columns, candidates: candidates.candidates, problem: problem, level: scheduler.options.level)
        let rows = formulation.model.rows.count
        let linear = try formulation.tighten(solver: scheduler.solver, control: control).objective
        let decoder = ScheduleDecoder(formulation)
        let cuts = Atomic(0)
        let allExact = Atomic(true)
        var options = MIPOptions()
        let control = control
        options.timeLimitSeconds = control.timeLimitSeconds.map { _ in control.remainingSeconds }
        options.relativeGap = control.gap
        options.isCancelled = { control.isCancelled }
        options.initialPoint = startPoint(formulation)
        options.lazyRows = { point in
            guard let cut = decoder.cut(at: point) else { return [] }
            cuts.add(1, ordering: .relaxed)
            if !cut.isExact { allExact.store(false, ordering: .relaxed) }
            return [cut.row]
        }
        let separated = formulation
        options.cuts = { point in
            separated.reachRows(at: point, limit: Self.rowsPerNode).map { separated.row($0) }
        }
        let solution = try scheduler.solver.solve(formulation.model, options: options) { _ in }
        program = SchedulingResult.ProgramStatistics(
            rows: rows, columns: formulation.model.columns.count, linearBound: linear, nodes: solution.nodes,
            orderCuts: cuts.load(ordering: .relaxed))
        limit = solution.termination.limit
        if let found = solution.incumbent {
            guard case .order(let steps) = decoder.decode(formulation.chosen(at: found.point)) else {
                throw ExactScheduler.InconsistencyError(description: "the program's steps cannot be ordered")
            }
            try accept(steps, objective: found.objective, from: .integer)
        }
        let isExact = allExact.load(ordering: .relaxed)
        note(
            LowerBound(
                .integer, min(solution.dualBound, incumbent?.latency ?? .infinity),
                scope: isExact
                    ? candidateScope : .candidates(reason: "a choice with repeated steps was cut off unproven"),
                seconds: control.elapsedSeconds - start))
        return solution.termination == .optimal && isExact
    }

    /// The incumbent as a point; nil when the level does not allow it.
    private func startPoint(_ formulation: ScheduleFormulation) -> [Double]? {
        guard let incumbent else { return nil }
        var numbers: [StepPricer.Key: Int] = [:]
        for (index, candidate) in candidates.candidates.enumerated() {
            numbers[.init(ops: candidate.ops, resident: candidate.resident, retained: candidate.retained)] = index
        }
        var chosen: [Int] = []
        var resident: [TensorID] = []
        for step in incumbent.schedule.steps {
            let rank = problem.graph.topologicalRank
            let ops = step.ops.sorted { rank[$0.index] < rank[$1.index] }
            guard let number = numbers[.init(ops: ops, resident: resident, retained: step.retained)] else { return nil }
            chosen.append(number)
            resident = step.retained
        }
        guard let point = formulation.point(choosing: chosen),
            let report = try? FeasibilityReport(of: point, in: formulation.model), report.isFeasible
        else { return nil }
        return point
    }
}
