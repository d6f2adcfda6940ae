import CostModel
import MIP
import TensorGraph

/// One run of the hybrid scheduler.
struct HybridRun {
    let scheduler: HybridScheduler
    let control: SolveControl
    var exact: ExactRun
    /// The steps that are being improved: the incumbent's, or others that may become better.
    var steps: [Candidate] = []
    var picker: WindowPicker
    let windowSolver: WindowSolver
    var known = KnownWindows()
    var pool = CandidatePool()
    var windowsSolved = 0
    var statesExpanded = 0
    var candidatesSeen = 0
    var roundsDone = 0
    var prices = KnownPrices()
    let blocks: BlockMap
    /// Schedules of the list scheduler that have not been tried as a start.
    var starts: [Schedule]?
    /// Times at which the search was stuck.
    var stalls = 0
    /// Rounds in a row in which the steps have not become better than ``lastLatency``.
    var stalledRounds = 0
    /// The least latency of the steps since they were last varied, in units of time.
    var lastLatency = Double.infinity
    /// Rounds in a row in which no window was new.
    var idleRounds = 0

    var problem: Problem { scheduler.problem }
    var threads: Int { scheduler.options.exact.threads }

    init(_ scheduler: HybridScheduler, control: SolveControl) {
        self.scheduler = scheduler
        self.control = control
        let exactScheduler = ExactScheduler(
            scheduler.problem, solver: scheduler.solver, options: scheduler.options.exact)
        exact = ExactRun(exactScheduler, control: control)
        picker = WindowPicker(scheduler.problem, seed: scheduler.options.seed)
        blocks = BlockMap(scheduler.problem)
        windowSolver = WindowSolver(
            solver: scheduler.solver, reductionCap: scheduler.options.exact.reductionCap, control: control)
    }

    /// Makes the incumbent's steps those to be improved, if it is better than them.
    mutating func takeIncumbent() throws {
        guard let incumbent = exact.incumbent, steps.isEmpty || incumbent.latency < currentLatency * (1 - 1e-9)
        else { return }
        steps = try candidates(of: incumbent.schedule, incumbent.evaluation)
    }

    /// The steps of a schedule that the evaluator found valid.
    func candidates(of schedule: Schedule, _ evaluation: Evaluation) throws -> [Candidate] {
        let analyzer = StepAnalyzer(problem)
        var resident: [TensorID] = []
        return try zip(schedule.steps, evaluation.steps).map { step, evaluation in
            let structure = try analyzer.analyze(ops: analyzer.ordered(step.ops), retained: step.retained)
            defer { resident = structure.retained }
            let choice = GranularityChoice(
                granularity: step.granularity, order: step.order, latency: evaluation.latency)
            return Candidate(structure, resident: resident, choice: choice, lowerBound: 0, problem: problem)
        }
    }
}

extension HybridRun {
    /// What small graphs have: with fewer candidates than these, proof takes less time than any other search.
    private static let quickLimits: CandidateEnumerator.Limits = {
        var limits = CandidateEnumerator.Limits()
        limits.connectedSets = 40_000
        limits.admissibleSets = 3_000
        limits.candidates = 8_000
        return limits
    }()

    /// States of the backward search in the first attempt at a proof.
    private static let quickStates = 50_000
    /// Share of the time left for the first attempt at a proof, for windows before the second one, and for that.
    private static let shares = (quickProof: 0.2, windows: 0.35, proof: 0.6)

    /// The whole course: a proof where that is quick, windows until nothing new comes, a proof with all limits, windows again.
    mutating func solve() throws -> SchedulingResult {
        if let warmStart = scheduler.options.exact.warmStart {
            _ = try Evaluator(problem, reductionCap: scheduler.options.exact.reductionCap).evaluate(warmStart)
        }
        try exact.begin()
        if exact.isDone { return try exact.result(isOptimal: true) }
        if scheduler.options.triesExact, try prove(Self.quickLimits, Self.shares.quickProof, Self.quickStates) {
            return try exact.result(isOptimal: true)
        }
        let rounds = scheduler.options.maximumRounds ?? .max
        let first = control.limited(toShare: scheduler.options.triesExact ? Self.shares.windows : 1)
        try searchNeighbourhoods(rounds: rounds) { first.shouldStop }
        if scheduler.options.triesExact, !control.shouldStop {
            if try prove(scheduler.options.exact.limits, Self.shares.proof, nil) {
                return try exact.result(isOptimal: true)
            }
            try searchNeighbourhoods(rounds: rounds - roundsDone) { false }
            // Nothing more to try: what is left of the time belongs to the proof.
            if !control.shouldStop, try prove(scheduler.options.exact.limits, 1, nil) {
                return try exact.result(isOptimal: true)
            }
        }
        if exact.isDone { return try exact.result(isOptimal: true) }
        exact.limit = control.isCancelled ? .interrupted : control.shouldStop ? .time : .rounds
        return try exact.result(isOptimal: false)
    }

    /// Tries to prove within a share of the time left; true when there is nothing more to do.
    ///
    /// The best of candidates that are not complete is no reason to stop: windows may find steps that they lack.
    private mutating func prove(
        _ limits: CandidateEnumerator.Limits, _ share: Double, _ maximumStates: Int?
    ) throws -> Bool {
        exact.control = control.limited(toShare: share)
        defer { exact.control = control }
        let isProven = try exact.proveByEnumeration(limits, timeShare: 0.4, maximumStates: maximumStates)
        return exact.isDone || isProven && exact.candidates.isComplete
    }
}
