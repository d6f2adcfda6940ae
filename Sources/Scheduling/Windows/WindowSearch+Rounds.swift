import CostModel
import TensorGraph

// One round: pick windows, solve them, put better steps in their place.
extension WindowSearch {
    /// Better steps for a window.
    struct Replacement {
        var window: Window
        /// The steps, in the numbers of the whole problem.
        var steps: [Candidate]
        /// Where they came from, for output.
        var source: IncumbentSource
        /// True when they were found for another window that looks the same.
        var isRepeated: Bool
    }

    mutating func runRound(in session: Session, _ budget: Budget) throws {
        let neighbourhood = NeighbourhoodTable.pick(using: &random)
        let plan = neighbourhood.plan(steps, of: problem, sizes: sizes, count: windowsPerRound, using: &random)
        let windows = windows(of: plan)
        let new = windows.filter { !known.isTried($0) && known.better(than: $0) == nil }
        patience.idleRounds = new.isEmpty ? patience.idleRounds + 1 : 0
        try solve(new, budget)
        let solved = Set(new.map(\.place))
        let replacements = windows.compactMap { replacement(for: $0, isRepeated: !solved.contains($0.place)) }
        let repeated = replacements.map { ($0, repeats(of: $0.window)) }
        apply(repeated.filter { $0.1.isEmpty }.map(\.0), to: plan, in: session)
        for (replacement, places) in repeated where !places.isEmpty {
            apply(replacement, toRepeats: places, in: session)
        }
    }

    /// The windows of a plan, as problems of their own.
    mutating func windows(of plan: WindowPlan) -> [Window] {
        let times = StorageTimes(plan.sequence, problem: problem)
        var windows: [Window] = []
        for place in plan.places {
            let range = place.range
            let resident = range.lowerBound > 0 ? plan.sequence[range.lowerBound - 1].retained : []
            guard
                let inner = Subproblem(
                    plan.sequence[range], of: problem, resident: resident,
                    isStored: { times.isStored($0, before: range.lowerBound) },
                    isNeeded: { times.isNeeded($0, from: range.upperBound) })
            else { continue }
            let analyzer = StepAnalyzer(inner.problem)
            let numbers = inner.numbers
            let current = plan.sequence[range].compactMap { inner.inner($0, numbers, analyzer) }
            guard current.count == range.count else { continue }
            let groups =
                place.isCoarse
                ? FusedGroups.groups(of: inner, current: current, count: sizes.groupCount, using: &random) : nil
            windows.append(Window(place: place, groups: groups, subproblem: inner, current: current))
        }
        return windows
    }

    /// Solves windows on all cores and remembers what became of them.
    private mutating func solve(_ windows: [Window], _ budget: Budget) throws {
        let (solver, tunings) = (solver, tunings)
        let outcomes = parallelMap(count: windows.count, threads: threads) { index in
            Result { try solver.solve(windows[index], known: tunings, budget: budget) }
        }
        for (window, outcome) in zip(windows, outcomes) {
            let outcome = try outcome.get()
            progress.windows += 1
            progress.nodes += outcome.states
            progress.columns += outcome.candidates
            for (key, tuning) in outcome.tunings { self.tunings.insert(tuning, for: key) }
            // A window that was not solved to its end may be solved another time.
            if budget.shouldStop, outcome.steps == nil { continue }
            known.insert(
                KnownWindows.Best(latency: outcome.latency, steps: outcome.steps ?? window.current), for: window)
            keep(outcome.promising, of: window)
            if window.groups == nil {
                sizes.adapt(window.subproblem.ops, isTooLarge: outcome.isTooLarge)
            } else {
                sizes.adaptGroups(isTooLarge: outcome.isTooLarge)
            }
        }
    }

    /// The better steps that are known for a window; nil without any.
    func replacement(for window: Window, isRepeated: Bool) -> Replacement? {
        guard let best = known.better(than: window) else { return nil }
        let analyzer = StepAnalyzer(problem)
        let steps = best.steps.compactMap { window.subproblem.outer($0, of: problem, analyzer) }
        guard steps.count == best.steps.count else { return nil }
        return Replacement(
            window: window, steps: steps, source: isRepeated ? .repeatedBlock : window.place.source,
            isRepeated: isRepeated)
    }

    /// Puts better steps in the place of windows: what was found for them first, then what was found for others.
    mutating func apply(_ replacements: [Replacement], to plan: WindowPlan, in session: Session) {
        steps = plan.sequence
        var chosen: [Replacement] = []
        for isRepeated in [false, true] {
            let more = replacements.filter { $0.isRepeated == isRepeated }
            guard let source = more.first?.source else { continue }
            if accept(chosen + more, plan, source, session) {
                chosen += more
                continue
            }
            // One window may rely on what another has just given up: then one after the other.
            for replacement in more where accept(chosen + [replacement], plan, replacement.source, session) {
                chosen.append(replacement)
            }
        }
    }

    private mutating func accept(
        _ replacements: [Replacement], _ plan: WindowPlan, _ source: IncumbentSource, _ session: Session
    ) -> Bool {
        var sequence = plan.sequence
        for replacement in replacements.sorted(by: {
            $0.window.place.range.lowerBound > $1.window.place.range.lowerBound
        }) {
            sequence.replaceSubrange(replacement.window.place.range, with: replacement.steps)
        }
        guard session.submit(Schedule(steps: sequence.map(\.step)), from: source).snapshot != nil else { return false }
        replaceSteps(by: sequence, because: .windows(source))
        return true
    }
}
