import CostModel
import MIP
import TensorGraph

/// Finds the best steps for a window: enumeration, linear relaxation over lower bounds, settling of what is left, search.
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
            limits.pricedSteps = 3_000
            limits.retainedSets = 16
            limits.retainedTensors = 3
            return limits
        }()
        /// Granularities are searched exhaustively for this many candidates at most.
        var settled = 128
        /// Work on one granularity; without this limit a few steps in which demands coincide would take all the time.
        var effort = GranularityOptimizer.Effort(attempts: 30_000, simulatedIterations: 2_000)
        /// States of the backward search.
        var states = 20_000
        /// States of the search for a variation.
        var variationStates = 5_000
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
        /// Candidates whose granularities were searched exhaustively just now.
        var settled: [Candidate] = []
        /// Prices that are new.
        var prices: [(key: KnownPrices.Key, price: KnownPrices.Price)] = []
        /// Candidates looked at.
        var candidates = 0
        /// States that the search expanded.
        var states = 0
    }

    let solver: any MIPSolver
    let reductionCap: ReductionCap
    let control: SolveControl
    var limits = Limits()

    /// Looks for steps that cost less than those at hand.
    ///
    /// - Parameter known: prices from earlier windows.
    func solve(_ window: Window, known: KnownPrices) throws -> Outcome {
        let part = PartPrices(known: known, ops: window.problem.ops, tensors: window.problem.tensors)
        let enumerator = enumerator(window, known: part)
        let set = enumerate(window, enumerator)
        var outcome = Outcome(latency: window.latency)
        outcome.candidates = set.candidates.count
        func note(_ candidate: Candidate) {
            let key = part.key(candidate.ops, candidate.resident, candidate.retained)
            let before = known.prices[key]
            if before?.isBeyondSearch != candidate.isBeyondSearch || before?.lowerBound != candidate.lowerBound {
                outcome.prices.append((key, candidate.price))
            }
        }
        for candidate in set.candidates { note(candidate) }
        guard let candidates = set.complete else {
            outcome.isTooLarge = set.isTooLarge
            return outcome
        }
        outcome = try improve(window, candidates, enumerator, outcome)
        for candidate in outcome.settled { note(candidate) }
        outcome.settled = []
        return outcome
    }

    /// Looks for steps that cost less than those at hand among candidates of the window.
    func solve(_ window: Window, among candidates: [Candidate]) throws -> Outcome {
        var all = candidates
        Self.add(window.current, to: &all)
        return try improve(window, all, enumerator(window, known: nil), Outcome(latency: window.latency))
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

    func enumerate(_ window: Window, _ enumerator: CandidateEnumerator) -> Enumeration {
        let control = control
        let set = enumerator.enumerate { control.shouldStop }
        guard !set.candidates.isEmpty, set.candidates.count < limits.enumeration.candidates,
            set.statistics.feasible <= limits.enumeration.pricedSteps, !control.shouldStop
        else {
            let isTooLarge = !control.shouldStop && !set.isComplete
            return Enumeration(candidates: set.candidates, complete: nil, isTooLarge: isTooLarge)
        }
        var all = set.candidates
        Self.add(window.current, to: &all)
        return Enumeration(candidates: set.candidates, complete: all, isTooLarge: false)
    }

    func enumerator(_ window: Window, known: PartPrices?) -> CandidateEnumerator {
        CandidateEnumerator(
            window.problem.problem, border: window.problem.border, atoms: window.atoms, reductionCap: reductionCap,
            limits: limits.enumeration, threads: 1, pricing: .bounded, effort: limits.effort, known: known)
    }

    /// Adds steps that are not among the candidates, and the better price to those that are.
    static func add(_ steps: [Candidate], to candidates: inout [Candidate]) {
        var numbers: [StepPricer.Key: Int] = [:]
        for (index, candidate) in candidates.enumerated() { numbers[candidate.key] = index }
        for step in steps {
            if let known = numbers[step.key] {
                candidates[known].lower(to: step)
            } else {
                numbers[step.key] = candidates.count
                candidates.append(step)
            }
        }
    }

    /// Picks the best steps from candidates that contain those at hand.
    private func improve(
        _ window: Window, _ candidates: [Candidate], _ enumerator: CandidateEnumerator, _ outcome: Outcome
    ) throws -> Outcome {
        var outcome = outcome
        var candidates = candidates
        let cutoff = outcome.latency
        var settled = 0
        while !control.shouldStop {
            guard let bounded = columns(candidates, window, { $0.lowerBound }),
                let relaxation = try relaxation(bounded, candidates, window),
                relaxation.solution.reducedCosts.count >= candidates.count
            else { return outcome }
            let bound = relaxation.solution.dualBound
            if outcome.opPrices.isEmpty { keepPromising(candidates, relaxation, cutoff, &outcome) }
            outcome.opPrices = relaxation.prices(bounded).op
            guard bound < cutoff * (1 - 1e-9) else {
                outcome.isProven = true
                return outcome
            }
            var kept: [(candidate: Candidate, reduced: Double)] = []
            for (candidate, cost) in zip(candidates, relaxation.solution.reducedCosts)
            where bound + max(0, cost) <= cutoff * (1 + 1e-9) { kept.append((candidate, max(0, cost))) }
            candidates = kept.map(\.candidate)
            let open = kept.indices.filter { !candidates[$0].isSettled && !candidates[$0].isBeyondSearch }
                .sorted { (kept[$0].reduced, $0) < (kept[$1].reduced, $1) }
            guard !open.isEmpty, settled < limits.settled else { break }
            let batch = Array(open.prefix(max(32, open.count / 3)))
            settled += batch.count
            let control = control
            let better = enumerator.settle(batch.map { candidates[$0] }) { control.shouldStop }
            for (index, candidate) in zip(batch, better) { candidates[index] = candidate }
            outcome.settled += better
        }
        return try search(window, candidates, cutoff, outcome)
    }

    /// Share of the window's latency up to which a reduced cost makes a candidate worth keeping.
    private static let promisingShare = 0.02
    /// Candidates kept of each window.
    private static let promisingCount = 48

    private func keepPromising(
        _ candidates: [Candidate], _ relaxation: Relaxation, _ cutoff: Double, _ outcome: inout Outcome
    ) {
        let costs = relaxation.solution.reducedCosts
        let near = candidates.indices.filter { costs[$0] <= Self.promisingShare * cutoff }
            .sorted { (costs[$0], $0) < (costs[$1], $1) }
        outcome.promising = near.prefix(Self.promisingCount).map { candidates[$0] }
    }

    private func search(
        _ window: Window, _ candidates: [Candidate], _ cutoff: Double, _ outcome: Outcome
    ) throws -> Outcome {
        var outcome = outcome
        guard let columns = columns(candidates, window, { $0.latency }),
            let relaxation = try relaxation(columns, candidates, window)
        else { return outcome }
        guard relaxation.solution.dualBound < cutoff * (1 - 1e-9) else {
            outcome.isProven = candidates.allSatisfy(\.isSettled)
            return outcome
        }
        let control = control
        let found = BackwardSearch(columns).run(
            prices: relaxation.prices(columns), cutoff: cutoff * (1 - 1e-9), maximumStates: limits.states,
            isCancelled: { control.shouldStop })
        outcome.states = found.expanded
        outcome.isProven = found.isProven && candidates.allSatisfy(\.isSettled)
        if let steps = found.steps {
            outcome.steps = steps.map { candidates[$0] }
            outcome.latency = found.latency
        }
        return outcome
    }

    func columns(
        _ candidates: [Candidate], _ window: Window, _ cost: (Candidate) -> Double
    ) -> CandidateColumns? {
        CandidateColumns(candidates, problem: window.problem.problem, border: window.problem.border, cost: cost)
    }

    func relaxation(
        _ columns: CandidateColumns, _ candidates: [Candidate], _ window: Window
    ) throws -> Relaxation? {
        try Relaxation(columns, candidates, problem: window.problem.problem, solver: solver, control: control)
    }
}

extension Candidate {
    /// The step without its granularity.
    var key: StepPricer.Key { .init(ops: ops, resident: resident, retained: retained) }
}
