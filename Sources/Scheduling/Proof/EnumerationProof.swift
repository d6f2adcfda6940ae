import CostModel
import MIP
import TensorGraph

/// Enumerates all candidates, within limits, and proves by them what can be proven.
///
/// 1. All candidates are enumerated, or as many as limits allow, and the incumbent's steps are added.
/// 2. ``TuningLoop`` searches granularities where they can matter.
/// 3. The linear relaxation gives prices; the backward search looks for anything cheaper than the incumbent.
/// 4. The integer program does the same by branch and bound, with the incumbent injected, reduced-cost fixing and lazy
///    order cuts, where the search did not end by itself.
///
/// Run again, it goes on with the candidates of the time before if they are complete.
struct EnumerationProof: Strategy {
    /// What proves optimality over the candidates.
    let engine: ProofEngine
    /// Whether ops may be recomputed; without, nothing is proven for the problem.
    let level: ScheduleFormulation.Level
    /// Confirms linear bounds in exact arithmetic.
    let certifies: Bool
    let reductionCap: ReductionCap
    /// Cores to use.
    let threads: Int
    /// Part of the time that enumeration may take; the rest belongs to the proof, and what has not been enumerated by
    /// then never will be.
    let enumerationShare: Double
    /// What was found on other hardware.
    let known: [CarriedTunings]
    let solver: any MIPSolver
    /// The candidates of the last run; nil before the first.
    private var candidates: CandidateSet?
    /// Rows C2' that earlier relaxations took; the next one starts with them.
    private var reachRows: [ReachRow] = []

    init(
        engine: ProofEngine = .both, level: ScheduleFormulation.Level = .recompute, certifies: Bool = true,
        reductionCap: ReductionCap = .native, threads: Int = 2, enumerationShare: Double = 0.6,
        known: [CarriedTunings] = [], solver: any MIPSolver
    ) {
        self.known = known
        self.engine = engine
        self.level = level
        self.certifies = certifies
        self.reductionCap = reductionCap
        self.threads = threads
        self.enumerationShare = enumerationShare
        self.solver = solver
    }

    mutating func run(in session: Session, budget: Budget) throws -> Ending {
        var limit: SolveLimit?
        var set: CandidateSet
        if let known = candidates, known.isComplete, !known.candidates.isEmpty {
            set = known
        } else {
            set = enumerate(session, budget, &limit)
            CarriedTunings.apply(known, to: &set.candidates, problem: session.problem, reductionCap: reductionCap)
        }
        defer {
            candidates = set
            session.note(set.statistics, omissions: set.omissions)
            session.note(tunings: set.candidates)
        }
        guard !set.candidates.isEmpty else { return .limit(budget.stop ?? limit ?? .candidates) }
        if let incumbent = session.incumbent {
            _ = set.include(try Candidate.steps(of: incumbent, problem: session.problem, isBest: true))
        }
        if let stop = budget.stop { return .limit(stop) }
        try tune(&set, session, budget)
        let whole = Subproblem(whole: session.problem)
        guard let columns = CandidateColumns(set.candidates, of: whole) else {
            set.omissions.append(.tooManyTensors(capacity: OpSet.capacity))
            return .limit(.candidates)
        }
        return try CandidateProof(self, set, columns, reachRows, session, budget).run()
    }

    private func enumerate(_ session: Session, _ budget: Budget, _ limit: inout SolveLimit?) -> CandidateSet {
        session.enter(.enumerate)
        let part = budget.share(enumerationShare)
        let enumerator = CandidateEnumerator(
            session.problem, reductionCap: reductionCap, limits: budget.enumeration, threads: threads, tuning: .bounded)
        let set = enumerator.enumerate { part.shouldStop }
        if part.stop == .time { limit = .time }
        session.report(SolveProgress(phase: .enumerate, columns: set.candidates.count))
        return set
    }

    /// Candidates tuned per round: with fewer the relaxation takes more time than the search for granularities.
    private static let batch = TuningLoop.Batch(least: 128, part: 4)
    /// States of the search for a better incumbent between rounds: the tighter it is, the fewer have to be tuned.
    private static let improvementStates = 20_000

    private mutating func tune(_ set: inout CandidateSet, _ session: Session, _ budget: Budget) throws {
        session.enter(.tune)
        let whole = Subproblem(whole: session.problem)
        var loop = TuningLoop(
            set.candidates, of: whole, solver: solver,
            tuner: GranularityTuner(session.problem, reductionCap: reductionCap, threads: threads), batch: Self.batch)
        loop.separation = Relaxation.Separation(rows: reachRows, adds: true)
        _ = try loop.run(
            budget: budget, cutoff: { session.cutoff },
            improve: { candidates, prices in
                session.report(SolveProgress(phase: .tune, columns: candidates.count))
                // The prices are feasible for lower bounds and so for these costs; hand-offs are numbered alike only if
                // none was dropped.
                guard let columns = CandidateColumns(candidates, of: whole),
                    prices.handOff.count == columns.handOffs.count
                else { return }
                let outcome = BackwardSearch(columns).run(
                    prices: prices, cutoff: session.cutoff, maximumStates: Self.improvementStates,
                    isCancelled: { budget.shouldStop })
                guard let steps = outcome.steps else { return }
                try session.accept(
                    Schedule(steps: steps.map { candidates[$0].step }), from: .search, claiming: outcome.latency)
            })
        reachRows = loop.separation.rows
        set.candidates = loop.candidates
        set.cutoff = min(set.cutoff, loop.cutoff)
        let late = set.candidates.count(where: \.isOpen)
        if late > 0 { set.omissions.append(.notTuned(candidates: late)) }
        let beyond = set.candidates.count { $0.isBeyondSearch && !$0.isTuned }
        if beyond > 0 { set.omissions.append(.beyondSearch(candidates: beyond)) }
    }
}

/// Which methods prove optimality over the candidates.
public enum ProofEngine: String, Sendable, Hashable, CaseIterable {
    /// Backward search first, then the integer program if need be.
    case both
    /// Backward search and the integer program, whatever either proves: two answers to compare.
    case all
    /// The integer program alone.
    case program
    /// The backward search alone.
    case search
}
