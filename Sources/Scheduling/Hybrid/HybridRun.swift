import CostModel
import MIP
import TensorGraph

/// One run of the hybrid scheduler.
struct HybridRun {
    let scheduler: HybridScheduler
    let control: SolveControl
    var exact: ExactRun
    /// The incumbent's steps.
    var steps: [Candidate] = []
    var picker: WindowPicker
    let windowSolver: WindowSolver
    var known = KnownWindows()
    var pool = CandidatePool()
    var windowsSolved = 0
    var roundsDone = 0
    var prices = KnownPrices()
    let blocks: BlockMap
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

    /// Steps of the incumbent as candidates.
    mutating func takeIncumbent() throws {
        guard let incumbent = exact.incumbent else { return }
        let analyzer = StepAnalyzer(problem)
        var resident: [TensorID] = []
        steps = try zip(incumbent.schedule.steps, incumbent.evaluation.steps).map { step, evaluation in
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

    /// The whole course.
    mutating func solve() throws -> SchedulingResult {
        try exact.begin()
        if exact.isDone { return try exact.result(isOptimal: true) }
        if scheduler.options.triesExact {
            let isProven = try exact.proveByEnumeration(Self.quickLimits, timeShare: 0.3)
            if isProven || exact.isDone { return try exact.result(isOptimal: isProven) }
        }
        try takeIncumbent()
        let rounds = scheduler.options.maximumRounds ?? .max
        try searchNeighbourhoods(rounds: rounds) { false }
        return try exact.result(isOptimal: false)
    }
}
