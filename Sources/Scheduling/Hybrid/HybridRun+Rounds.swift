import CostModel
import TensorGraph

// Rounds of large-neighbourhood search.
extension HybridRun {
    /// Better steps for a window.
    struct Replacement {
        var window: Window
        /// The steps, in the numbers of the whole problem.
        var steps: [Candidate]
        var source: IncumbentSource
    }

    /// Solves windows until time, rounds or ideas run out.
    mutating func searchNeighbourhoods(rounds: Int, isOver: () -> Bool) throws {
        try takeIncumbent()
        idleRounds = 0
        control.report(.phase("windows"))
        for _ in 0..<max(0, rounds) {
            guard !control.shouldStop, !exact.isDone, !isOver(), idleRounds < Self.patientRounds else { return }
            try searchRound()
            try varyWhenStalled()
            roundsDone += 1
            if roundsDone.isMultiple(of: Self.roundsPerMaster) { try solveMaster() }
            control.report(
                .progress(
                    SolveProgress(
                        phase: "windows", nodes: statesExpanded, columns: candidatesSeen, windows: windowsSolved)))
        }
    }

    /// Rounds without a new window after which there is nothing more to try.
    private static let patientRounds = 200
    /// Rounds after which the pool has grown enough for another look at all of it.
    private static let roundsPerMaster = 40

    /// Windows per round: a matter of the graph's size, not of cores, so that their number does not change the result.
    var windowsPerRound: Int { max(8, problem.ops.count / 40) }

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
        let new = windows.filter { !known.isTried($0) && known.better(than: $0) == nil }
        idleRounds = new.isEmpty ? idleRounds + 1 : 0
        try solve(new)
        let solved = Set(new.map(\.range))
        let replacements = windows.compactMap { window in
            replacement(for: window, from: solved.contains(window.range) ? window.source : .twin)
        }
        let repeated = replacements.map { ($0, twins(of: $0.window)) }
        try apply(repeated.filter { $0.1.isEmpty }.map(\.0), to: plan)
        for (replacement, places) in repeated where !places.isEmpty {
            try apply(replacement, toTwins: places)
        }
    }

    /// The better steps that are known for a window; nil without any.
    func replacement(for window: Window, from source: IncumbentSource) -> Replacement? {
        guard let best = known.better(than: window) else { return nil }
        let analyzer = StepAnalyzer(problem)
        let steps = best.steps.compactMap { window.problem.outer($0, of: problem, analyzer) }
        return steps.count == best.steps.count ? Replacement(window: window, steps: steps, source: source) : nil
    }

    /// The windows of a plan, as problems of their own.
    mutating func windows(of plan: WindowPlan) -> [Window] {
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
            let atoms = isCoarse ? picker.atoms(inner, current: current) : nil
            windows.append(Window(source: source, range: range, atoms: atoms, problem: inner, current: current))
        }
        return windows
    }

    private func outcomes(of windows: [Window]) -> [Result<WindowSolver.Outcome, any Error>] {
        let (solver, prices) = (windowSolver, prices)
        return parallelMap(count: windows.count, threads: threads) { index in
            Result {
                try solver.solve(windows[index], known: prices)
            }
        }
    }

    /// Solves windows on all cores and remembers what became of them.
    private mutating func solve(_ windows: [Window]) throws {
        let outcomes = outcomes(of: windows)
        for (window, outcome) in zip(windows, outcomes) {
            let outcome = try outcome.get()
            windowsSolved += 1
            statesExpanded += outcome.states
            candidatesSeen += outcome.candidates
            for (key, price) in outcome.prices { self.prices.insert(price, for: key) }
            // A window that was not solved to its end may be solved another time.
            if control.shouldStop, outcome.steps == nil { continue }
            known.insert(
                KnownWindows.Solution(latency: outcome.latency, steps: outcome.steps ?? window.current), for: window)
            addToPool(outcome.promising, of: window)
            if window.atoms == nil {
                picker.adapt(window.problem.ops, isTooLarge: outcome.isTooLarge)
            } else {
                picker.adaptAtoms(isTooLarge: outcome.isTooLarge)
            }
        }
    }

    /// Puts better steps in the place of windows, those of one source at a time.
    mutating func apply(_ replacements: [Replacement], to plan: WindowPlan) throws {
        steps = plan.sequence
        var chosen: [Replacement] = []
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
        _ replacements: [Replacement], _ plan: WindowPlan, _ source: IncumbentSource
    ) throws -> Bool {
        var sequence = plan.sequence
        for replacement in replacements.sorted(by: { $0.window.range.lowerBound > $1.window.range.lowerBound }) {
            sequence.replaceSubrange(replacement.window.range, with: replacement.steps)
        }
        let schedule = Schedule(steps: sequence.map(\.step))
        guard exact.isValid(schedule) else { return false }
        try exact.accept(schedule, from: source)
        steps = sequence
        return true
    }
}
