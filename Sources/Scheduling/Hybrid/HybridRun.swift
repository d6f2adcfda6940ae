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
    /// What became of each window that was ever solved.
    var known: [Window.Key: KnownWindow] = [:]
    var windowsSolved = 0
    /// Rounds in a row in which no window was new.
    var idleRounds = 0

    var problem: Problem { scheduler.problem }
    var threads: Int { scheduler.options.exact.threads }

    /// The best steps that are known for a window, in its numbers; none when those at hand could not be improved.
    struct KnownWindow {
        var latency: Double
        var steps: [Candidate]
    }

    /// Windows that are remembered at most.
    private static let maximumKnown = 50_000

    init(_ scheduler: HybridScheduler, control: SolveControl) {
        self.scheduler = scheduler
        self.control = control
        let exactScheduler = ExactScheduler(
            scheduler.problem, solver: scheduler.solver, options: scheduler.options.exact)
        exact = ExactRun(exactScheduler, control: control)
        picker = WindowPicker(scheduler.problem, seed: scheduler.options.seed)
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

    /// Solves windows until time, rounds or ideas run out.
    mutating func searchNeighbourhoods(rounds: Int, isOver: () -> Bool) throws {
        for _ in 0..<rounds {
            guard !control.shouldStop, !isOver(), idleRounds < 200 else { return }
            try searchRound()
            control.report(
                .progress(SolveProgress(phase: "windows", columns: 0, windows: windowsSolved)))
        }
    }

    /// Windows per round: a matter of the graph's size, not of cores, so that their number does not change the result.
    private var windowsPerRound: Int { max(8, problem.ops.count / 40) }

    private mutating func searchRound() throws {
        let plan: WindowPlan
        switch picker.random.next() % 10 {
        case 0..<3: plan = picker.stretches(steps)
        case 3..<6:
            plan = picker.regions(steps, source: .region, isCoarse: false, count: windowsPerRound)
        case 6..<7:
            plan = picker.regions(steps, source: .readers, isCoarse: false, count: windowsPerRound)
        case 7..<9:
            plan = picker.regions(steps, source: .region, isCoarse: true, count: windowsPerRound)
        default:
            plan = picker.regions(steps, source: .readers, isCoarse: true, count: windowsPerRound)
        }
        let windows = windows(of: plan)
        let new = windows.filter { window in
            known[window.key].map { $0.latency > window.latency * (1 + 1e-9) && $0.steps.isEmpty } ?? true
        }
        idleRounds = new.isEmpty ? idleRounds + 1 : 0
        try solve(new)
        var replacements: [(range: Range<Int>, steps: [Candidate], source: IncumbentSource)] = []
        let solved = Set(new.map(\.range))
        let analyzer = StepAnalyzer(problem)
        for window in windows {
            guard let best = known[window.key], !best.steps.isEmpty,
                best.latency < window.latency * (1 - 1e-9)
            else { continue }
            let outer = best.steps.compactMap { window.problem.outer($0, of: problem, analyzer) }
            guard outer.count == best.steps.count else { continue }
            replacements.append((window.range, outer, solved.contains(window.range) ? window.source : .twin))
        }
        try apply(replacements, to: plan)
    }

    private mutating func windows(of plan: WindowPlan) -> [Window] {
        let times = StorageTimes(plan.sequence, problem: problem)
        var windows: [Window] = []
        for (range, source, isCoarse) in plan.ranges {
            let resident = range.lowerBound > 0 ? plan.sequence[range.lowerBound - 1].retained : []
            guard
                let inner = WindowProblem(
                    plan.sequence[range], of: problem, resident: resident,
                    isStored: { times.isStored($0, before: range.lowerBound) },
                    isNeeded: { times.isNeeded($0, from: range.upperBound) })
            else { continue }
            let analyzer = StepAnalyzer(inner.problem)
            let numbers = inner.numbers
            let current = plan.sequence[range].compactMap { inner.inner($0, numbers, analyzer) }
            guard current.count == range.count else { continue }
            let atoms =
                isCoarse
                ? picker.atoms(inner, current: current, count: Int.random(in: 8...14, using: &picker.random)) : nil
            windows.append(Window(source: source, range: range, atoms: atoms, problem: inner, current: current))
        }
        return windows
    }

    /// Solves windows on all cores and remembers what became of them.
    private mutating func solve(_ windows: [Window]) throws {
        let solver = windowSolver
        let outcomes = parallelMap(count: windows.count, threads: threads) { index in
            Result {
                try solver.solve(windows[index].problem, current: windows[index].current, atoms: windows[index].atoms)
            }
        }
        if known.count > Self.maximumKnown { known.removeAll() }
        for (window, outcome) in zip(windows, outcomes) {
            let outcome = try outcome.get()
            windowsSolved += 1
            // A window that was not solved to its end may be solved another time.
            if control.shouldStop, outcome.steps == nil { continue }
            known[window.key] = KnownWindow(latency: outcome.latency, steps: outcome.steps ?? [])
            if window.atoms == nil { picker.adapt(window.problem.ops, isTooLarge: outcome.isTooLarge) }
        }
    }

    /// Puts better steps in the place of windows, those of one source at a time.
    private mutating func apply(
        _ replacements: [(range: Range<Int>, steps: [Candidate], source: IncumbentSource)], to plan: WindowPlan
    ) throws {
        guard !replacements.isEmpty else {
            steps = plan.sequence
            return
        }
        var chosen: [(range: Range<Int>, steps: [Candidate], source: IncumbentSource)] = []
        steps = plan.sequence
        for source in Set(replacements.map(\.source)).sorted(by: { $0.rawValue < $1.rawValue }) {
            let more = replacements.filter { $0.source == source }
            if try accept(chosen + more, plan, source) {
                chosen += more
                continue
            }
            // One window may rely on what another has just given up: then one after the other.
            for replacement in more where try accept(chosen + [replacement], plan, source) {
                chosen.append(replacement)
            }
        }
    }

    private mutating func accept(
        _ replacements: [(range: Range<Int>, steps: [Candidate], source: IncumbentSource)], _ plan: WindowPlan,
        _ source: IncumbentSource
    ) throws -> Bool {
        var sequence = plan.sequence
        for replacement in replacements.sorted(by: { $0.range.lowerBound > $1.range.lowerBound }) {
            sequence.replaceSubrange(replacement.range, with: replacement.steps)
        }
        guard exact.isValid(Schedule(steps: sequence.map(\.step))) else { return false }
        try exact.accept(Schedule(steps: sequence.map(\.step)), from: source)
        steps = sequence
        return true
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
