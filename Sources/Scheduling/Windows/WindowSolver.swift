import CostModel
import MIP
import TensorGraph

/// Finds the best steps for a window: enumeration, linear relaxation over lower bounds, tuning of what is left, search.
///
/// Everything outside the window stays as it is. The search is bounded by counts only, so its result is the same on
/// every machine.
struct WindowSolver: Sendable {
    /// What limits the work on one window.
    struct Limits: Sendable {
        var enumeration: CandidateEnumerator.Limits = {
            var limits = CandidateEnumerator.Limits()
            limits.connectedSets = 30_000
            limits.admissibleSets = 1_500
            limits.candidates = 3_000
            limits.tunedSteps = 3_000
            limits.retainedSets = 16
            limits.retainedTensors = 3
            return limits
        }()
        /// Granularities are searched exhaustively for this many candidates at most.
        var tuned = 128
        /// Work on one granularity; without this limit a few steps in which demands coincide would take all the time.
        var effort = GranularityOptimizer.Effort(attempts: 30_000, simulatedIterations: 2_000)
        /// States of the backward search.
        var states = 20_000
        /// States of the search for a perturbation.
        var perturbationStates = 5_000
    }

    /// What became of a window.
    struct Outcome: Sendable {
        /// Better steps than those at hand, in the window's numbers; nil when none were found.
        var steps: [Candidate]?
        /// Their latency, or that of the steps at hand, in units of time.
        var latency: Double
        /// True when there were too many candidates, so that the window has to be smaller.
        var isTooLarge = false
        /// True when the steps are the best of all candidates.
        var isProven = false
        /// Prices of the ops in the last relaxation, in units of time.
        var opPrices: [Double] = []
        /// Candidates that came close to being chosen, for the pool.
        var promising: [Candidate] = []
        /// What is known of granularities and was not known before, in the numbers of the whole problem.
        var tunings: [(key: StepKey, tuning: TuningState)] = []
        /// Candidates looked at.
        var candidates = 0
        /// States that the search expanded.
        var states = 0
    }

    let solver: any MIPSolver
    let reductionCap: ReductionCap
    var limits = Limits()

    /// Looks for steps that cost less than those at hand.
    ///
    /// - Parameter known: what is known from earlier windows.
    func solve(_ window: Window, known: KnownTunings, budget: Budget) throws -> Outcome {
        let set = enumerate(window, enumerator(window, known: known), budget)
        var outcome = Outcome(latency: window.latency)
        outcome.candidates = set.candidates.count
        func note(_ candidate: Candidate) {
            let key = window.subproblem.outer(candidate.key)
            let before = known.tunings[key]
            if before?.isBeyondSearch != candidate.isBeyondSearch || before?.lowerBound != candidate.lowerBound {
                outcome.tunings.append((key, candidate.tuning))
            }
        }
        for candidate in set.candidates { note(candidate) }
        guard let candidates = set.complete else {
            outcome.isTooLarge = set.isTooLarge
            return outcome
        }
        let tuned = try improve(window, candidates, &outcome, budget)
        for candidate in tuned { note(candidate) }
        return outcome
    }

    /// Looks for steps that cost less than those at hand among candidates of the window.
    func solve(_ window: Window, among candidates: [Candidate], budget: Budget) throws -> Outcome {
        var all = candidates
        CandidateSet.add(window.current, to: &all)
        var outcome = Outcome(latency: window.latency)
        _ = try improve(window, all, &outcome, budget)
        return outcome
    }

    /// Candidates of a window.
    struct Enumeration {
        /// What was enumerated, before any limit.
        var candidates: [Candidate]
        /// All candidates, those at hand among them; nil when a limit was met.
        var complete: [Candidate]?
        /// True when there were too many.
        var isTooLarge: Bool
    }

    func enumerate(_ window: Window, _ enumerator: CandidateEnumerator, _ budget: Budget) -> Enumeration {
        let set = enumerator.enumerate { budget.shouldStop }
        guard !set.candidates.isEmpty, set.candidates.count < limits.enumeration.candidates,
            set.statistics.feasible <= limits.enumeration.tunedSteps, !budget.shouldStop
        else {
            let isTooLarge = !budget.shouldStop && !set.isComplete
            return Enumeration(candidates: set.candidates, complete: nil, isTooLarge: isTooLarge)
        }
        var all = set.candidates
        CandidateSet.add(window.current, to: &all)
        return Enumeration(candidates: set.candidates, complete: all, isTooLarge: false)
    }

    func enumerator(_ window: Window, known: KnownTunings) -> CandidateEnumerator {
        CandidateEnumerator(
            window.subproblem, purpose: .window, groups: window.groups, reductionCap: reductionCap,
            limits: limits.enumeration, threads: 1, tuning: .bounded, effort: limits.effort, known: known)
    }

    /// Candidates tuned per round: windows have few, so that more rounds of relaxation spare more searches.
    private static let batch = TuningLoop.Batch(least: 32, part: 3)

    /// Picks the best steps from candidates that contain those at hand; returns those that were tuned.
    private func improve(
        _ window: Window, _ candidates: [Candidate], _ outcome: inout Outcome, _ budget: Budget
    ) throws -> [Candidate] {
        let tuner = GranularityTuner(
            window.subproblem.problem, reductionCap: reductionCap, effort: limits.effort, threads: 1)
        var loop = TuningLoop(
            candidates, of: window.subproblem, solver: solver, tuner: tuner, batch: Self.batch)
        loop.maximumTuned = limits.tuned
        loop.relaxesAlways = true
        let cutoff = outcome.latency
        var found = outcome
        let ending = try loop.run(
            budget: budget, cutoff: { cutoff },
            inspect: { round in
                if found.opPrices.isEmpty { found.promising = Self.promising(round, cutoff) }
                found.opPrices = round.relaxation.prices.op
                found.isProven = round.relaxation.bound >= cutoff * (1 - Tolerance.agreement)
                return !found.isProven
            })
        outcome = found
        if ending == .done { try search(window, loop.candidates, cutoff, &outcome, budget) }
        return loop.tuned
    }

    /// Share of the window's latency up to which a reduced cost makes a candidate worth keeping.
    private static let promisingShare = 0.02
    /// Candidates kept of each window.
    private static let promisingCount = 48

    private static func promising(_ round: TuningLoop.Round, _ cutoff: Double) -> [Candidate] {
        let costs = round.relaxation.reducedCosts
        let near = round.candidates.indices.filter { costs[$0] <= promisingShare * cutoff }
            .sorted { (costs[$0], $0) < (costs[$1], $1) }
        return near.prefix(promisingCount).map { round.candidates[$0] }
    }

    private func search(
        _ window: Window, _ candidates: [Candidate], _ cutoff: Double, _ outcome: inout Outcome, _ budget: Budget
    ) throws {
        let goal = cutoff * (1 - Tolerance.agreement)
        guard let columns = CandidateColumns(candidates, of: window.subproblem),
            let relaxation = try relaxation(columns, candidates, window, budget)
        else { return }
        guard relaxation.bound < goal else {
            outcome.isProven = candidates.allSatisfy(\.isTuned)
            return
        }
        let found = BackwardSearch(columns).run(
            prices: relaxation.prices, cutoff: goal, maximumStates: limits.states,
            isCancelled: { budget.shouldStop })
        outcome.states = found.expanded
        outcome.isProven = found.isProven && candidates.allSatisfy(\.isTuned)
        if let steps = found.steps {
            outcome.steps = steps.map { candidates[$0] }
            outcome.latency = found.latency
        }
    }

    func relaxation(
        _ columns: CandidateColumns, _ candidates: [Candidate], _ window: Window, _ budget: Budget
    ) throws -> Relaxation? {
        try Relaxation(columns, candidates, problem: window.subproblem.problem, solver: solver, budget: budget)
    }
}
