import CostModel
import TensorGraph

extension ExactRun {
    /// Candidates settled per round: at least this many, and a share of those left.
    private static let batch = 128

    /// Searches granularities exhaustively, for those candidates only that can matter, and drops the others.
    ///
    /// With lower bounds for costs the relaxation bounds the optimum by z, and a schedule that contains a candidate of
    /// reduced cost d costs at least z + d. A candidate with z + d above the incumbent is in no better schedule: it goes
    /// (FORMULATION.md section 3.6). Of the rest those of the least reduced cost are settled first, because they move z.
    mutating func settle() throws {
        control.report(.phase("settle"))
        let options = scheduler.options
        let enumerator = CandidateEnumerator(
            problem, reductionCap: options.reductionCap, limits: options.limits, threads: options.threads)
        let control = control
        while candidates.candidates.contains(where: { !$0.isSettled && !$0.isBeyondSearch }), !control.shouldStop {
            guard let bounded = CandidateColumns(candidates.candidates, problem: problem, cost: { $0.lowerBound }),
                let relaxation = try Relaxation(
                    bounded, candidates.candidates, problem: problem, solver: scheduler.solver, control: control,
                    reachRows: reachRows, separates: true),
                relaxation.solution.reducedCosts.count >= candidates.candidates.count
            else { break }
            reachRows = relaxation.reachRows
            let reduced = drop(relaxation)
            try improve(relaxation.prices(bounded))
            let open = candidates.candidates.indices.filter {
                !candidates.candidates[$0].isSettled && !candidates.candidates[$0].isBeyondSearch
            }
            .sorted { (reduced[$0], $0) < (reduced[$1], $1) }
            let chosen = Array(open.prefix(max(Self.batch, open.count / 4)))
            let settled = enumerator.settle(chosen.map { candidates.candidates[$0] }) { control.shouldStop }
            for (index, candidate) in zip(chosen, settled) { candidates.candidates[index] = candidate }
        }
        let late = candidates.candidates.count { !$0.isSettled && !$0.isBeyondSearch }
        if late > 0 {
            candidates.omissions.append("granularities of \(late) candidates were not searched exhaustively in time")
        }
        let beyond = candidates.candidates.count { $0.isBeyondSearch && !$0.isSettled }
        if beyond > 0 {
            candidates.omissions.append(
                "granularities of \(beyond) candidates at which demands coincide, too many to simulate")
        }
    }

    /// Drops candidates that no better schedule contains; returns the reduced costs of those that stay.
    private mutating func drop(_ relaxation: Relaxation) -> [Double] {
        let bound = relaxation.solution.dualBound
        let limit = (incumbent?.latency ?? .infinity) * (1 + 1e-9)
        var kept: [Candidate] = []
        var reduced: [Double] = []
        for (candidate, cost) in zip(candidates.candidates, relaxation.solution.reducedCosts) {
            guard bound + max(0, cost) <= limit else { continue }
            kept.append(candidate)
            reduced.append(cost)
        }
        candidates.candidates = kept
        return reduced
    }

    /// Looks for a better incumbent among the prices known so far: the tighter it is, the fewer have to be settled.
    private mutating func improve(_ prices: SearchPrices) throws {
        guard let columns = CandidateColumns(candidates.candidates, problem: problem), let incumbent else { return }
        // The prices are feasible for lower bounds and so for these costs; hand-overs were numbered alike only if none
        // was dropped.
        guard prices.handOver.count == columns.handOvers.count else { return }
        let control = control
        let outcome = BackwardSearch(columns).run(
            prices: prices, cutoff: incumbent.latency, maximumStates: 20_000, isCancelled: { control.shouldStop })
        if let steps = outcome.steps { try accept(steps, objective: outcome.latency, from: .search) }
    }

    /// Searches the granularity of each step of the incumbent exhaustively: the list scheduler tried a few.
    mutating func refineGranularities() throws {
        guard let incumbent else { return }
        let options = scheduler.options
        let enumerator = CandidateEnumerator(
            problem, reductionCap: options.reductionCap, limits: options.limits, threads: options.threads)
        let analyzer = StepAnalyzer(problem)
        var resident: [TensorID] = []
        var steps: [Candidate] = []
        for (step, evaluation) in zip(incumbent.schedule.steps, incumbent.evaluation.steps) {
            let structure = try analyzer.analyze(ops: step.ops, retained: step.retained)
            let choice = GranularityChoice(
                granularity: step.granularity, order: step.order, latency: evaluation.latency)
            steps.append(
                Candidate(structure, resident: resident, choice: choice, lowerBound: 0, problem: problem))
            resident = structure.retained
        }
        let control = control
        let settled = enumerator.settle(steps) { control.shouldStop }
        try accept(Schedule(steps: settled.map(\.step)), from: .granularity)
    }
}
