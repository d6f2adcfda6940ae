import CostModel
import MIP
import TensorGraph

/// Proves bounds by column generation, and schedules by what the bounds leave possible; no enumeration of all
/// candidates is needed.
///
/// 1. ``ColumnGeneration`` gives a bound for the problem at every round, from rough to fine.
/// 2. The restricted master's columns are candidates for better schedules: the backward search, and the integer program
///    where that does not end, look for one whenever a level of the ladder is done.
/// 3. When bound and schedule are close, the pricing search lists every step that a better schedule could have
///    (``StepList``). Over these the incumbent is proven, or a better one found.
///
/// Run again, it goes on where it stopped.
struct PricingProof: Strategy {
    let reductionCap: ReductionCap
    /// Cores to use; without a clock they do not change the result.
    let threads: Int
    /// Steps that the pool begins with, beside its own.
    let knownSteps: [StepKey]
    let solver: any MIPSolver
    private var work: Work?

    /// What is kept between runs; touched by one run at a time.
    private final class Work: @unchecked Sendable {
        let search: PricingSearch
        var generation: ColumnGeneration
        /// Position in the ladder.
        var level = 0
        /// Partial steps bounded in a round for roots that take long.
        var nodes = PricingProof.firstNodes
        /// The bound when relaxed steps were barred last.
        var boundAtBarring = 0.0
        var roundsAtBarring = 0
        /// Columns when better schedules were looked for last.
        var improvedColumns = 0
        /// The slack at which listing steps did not end, as a share of the latency; 1 before the first attempt.
        var failedShare = 1.0
        /// The incumbent whose steps are in the pool.
        var knownLatency = Double.infinity

        init(_ search: PricingSearch, _ master: RestrictedMaster) {
            self.search = search
            generation = ColumnGeneration(engine: search, master: master)
        }
    }

    /// Partial steps bounded at first for roots that take long, in a round: seconds.
    private static let firstNodes = 2_000_000
    /// How much more of them when the ladder has ended with unfinished roots.
    private static let growth = 4
    /// Partial steps at which more help no more: a round takes an hour then.
    private static let maximumNodes = 2_000_000_000
    /// Partial steps of a round that is cheap enough to go from rough prices to exact ones at once.
    private static let cheapRound = 100_000
    /// Rougher prices than these do not tell what exact ones cost.
    private static let firstJump = 2
    /// Where the ladder is entered again with more nodes.
    private static let returnLevel = 3
    /// The finest level at which relaxed steps stay, and the one at which the master goes on without those that it
    /// took.
    private static let finestRelaxed = 3
    private static let levelAfterBarring = 1
    /// What a bound has to gain between two times, as a share; else roots get more partial steps.
    private static let gainOfBarring = 0.003
    /// Columns that a round adds at most: with more the master's solutions take the time.
    private static let columnsPerRound = 400
    /// Share of the latency up to which it is worth while to list the steps of better schedules.
    private static let listingShare = 0.05

    init(
        reductionCap: ReductionCap = .native, threads: Int = 2, knownSteps: [StepKey] = [], solver: any MIPSolver
    ) {
        self.reductionCap = reductionCap
        self.threads = threads
        self.knownSteps = knownSteps
        self.solver = solver
    }

    mutating func run(in session: Session, budget: Budget) throws -> Ending {
        guard session.incumbent != nil else { return .exhausted }
        session.enter(.price)
        do {
            let work = try self.work ?? start(session)
            self.work = work
            defer { session.note(usefulSteps: usefulSteps(of: work)) }
            return try climb(work, session, budget)
        } catch is MIPSolverError {
            // A solver that fails proves nothing, and takes nothing back.
            return .limit(budget.stop ?? .solver)
        }
    }

    private func start(_ session: Session) throws -> Work {
        let search = PricingSearch(session.problem, reductionCap: reductionCap, threads: threads)
        let pool = StartingPool(session.problem, reductionCap: reductionCap)
        let master = try RestrictedMaster(
            session.problem, interchangeable: search.interchangeable,
            pool: pool.columns() + pool.columns(knownSteps), solver: solver)
        return Work(search, master)
    }

    /// Share of the latency up to which a column's reduced cost makes it useful to others.
    private static let usefulShare = 0.02

    /// The columns that the master's last solution takes, or nearly takes.
    private func usefulSteps(of work: Work) -> [StepKey] {
        guard let solution = work.generation.solution else { return [] }
        let columns = work.generation.master.columns
        let limit = Self.usefulShare * solution.objective
        return solution.reducedCosts.indices.filter { !columns[$0].isRelaxed && solution.reducedCosts[$0] <= limit }
            .sorted { (solution.reducedCosts[$0], $0) < (solution.reducedCosts[$1], $1) }
            .map { StepKey(ops: columns[$0].ops, resident: columns[$0].resident, retained: columns[$0].retained) }
    }

    private func climb(_ work: Work, _ session: Session, _ budget: Budget) throws -> Ending {
        let lastLevel = ColumnGeneration.ladder.count - 1
        while true {
            try addIncumbent(work, session)
            while work.level <= lastLevel {
                if let stop = budget.stop { return .limit(stop) }
                let ending = try price(work, session, budget)
                if session.isDone { return .limit(.gap) }
                if ending == .stopped { return .limit(budget.stop ?? .solver) }
                try improve(work, session, budget)
                try addIncumbent(work, session)
                if session.isDone { return .limit(.gap) }
                if let objective = work.generation.solution?.objective, work.level < lastLevel,
                    work.level >= Self.firstJump, work.generation.nodesOfRound < Self.cheapRound,
                    objective >= session.cutoff * (1 - Tolerance.agreement)
                {
                    // The relaxation costs as much as the incumbent: its prices are the proof, once they are exact.
                    work.level = lastLevel
                    continue
                }
                if try prove(work, session, budget) { return .proven }
                try changeLevel(work)
            }
            guard !work.generation.isComplete || work.failedShare < 1,
                work.nodes < Self.maximumNodes
            else { return .exhausted }
            spendMore(work)
            work.level = Self.returnLevel
            work.failedShare = 1
        }
    }

    private func spendMore(_ work: Work) { work.nodes = min(Self.maximumNodes, work.nodes * Self.growth) }

    /// Goes to finer prices, or spends more on the roots that hide what finer ones would show.
    private func changeLevel(_ work: Work) throws {
        let generation = work.generation
        let isReached = generation.isReached(ColumnGeneration.ladder[work.level])
        if generation.isRelaxed {
            if isReached, work.level < Self.finestRelaxed {
                work.level += 1
                return
            }
            // The bound is all that these relaxed steps allow: without them there may be more.
            try generation.barRelaxed()
            if generation.rounds > work.roundsAtBarring {
                if generation.bound < work.boundAtBarring * (1 + Self.gainOfBarring) { spendMore(work) }
                work.boundAtBarring = generation.bound
                work.roundsAtBarring = generation.rounds
            }
            work.level = min(work.level, Self.levelAfterBarring)
        } else if !isReached, (1...ColumnGeneration.fewRoots).contains(generation.unfinishedRoots),
            work.nodes < Self.maximumNodes
        {
            // Prices are good but for a few roots.
            spendMore(work)
        } else {
            work.level += 1
        }
    }

    /// Adds the incumbent's steps to the pool.
    private func addIncumbent(_ work: Work, _ session: Session) throws {
        guard let incumbent = session.incumbent, incumbent.latency < work.knownLatency else { return }
        work.knownLatency = incumbent.latency
        let steps = try Candidate.steps(of: incumbent, problem: session.problem, isBest: true)
        try work.generation.master.add(steps.map { MasterColumn($0, problem: session.problem) })
    }

    // MARK: Bounds

    private func price(_ work: Work, _ session: Session, _ budget: Budget) throws -> ColumnGeneration.Ending {
        session.enter(.price)
        let start = budget.elapsedSeconds
        var limits = PricingLimits()
        limits.nodes = work.nodes
        limits.columns = Self.columnsPerRound
        return try work.generation.run(
            eps: ColumnGeneration.ladder[work.level], limits: limits, isStopped: { budget.shouldStop || session.isDone }
        ) { round in
            if let prices = round.certificate, round.bound > 0 {
                session.note(
                    BoundCertificate(
                        prices, bound: round.bound, problem: session.problem, reductionCap: reductionCap))
            }
            if round.bound > session.bestBound {
                // A schedule of the caller's may visit tiles in an order that the bound is not about.
                session.add(
                    LowerBound(
                        .pricing, min(round.bound, session.cutoff), scope: .namedOrders,
                        seconds: budget.elapsedSeconds - start))
            }
            session.report(
                SolveProgress(
                    phase: .price, nodes: round.nodes, open: round.unfinishedRoots, columns: round.columns,
                    rows: round.rows))
            return !session.isDone
        }
    }

    // MARK: Schedules

    /// Columns that a search for better schedules looks at: those of the least reduced costs.
    private static let improvementColumns = 2_000
    /// States of the backward search for better schedules.
    private static let improvementStates = 50_000
    /// Share of the time left that the integer program may take to find a better schedule.
    private static let improvementShare = 0.1
    /// Gap below which better schedules are left to the proof.
    private static let improvementGap = 1e-6

    /// Looks for a better schedule among the master's columns.
    private func improve(_ work: Work, _ session: Session, _ budget: Budget) throws {
        guard let solution = work.generation.solution, session.gap > Self.improvementGap else { return }
        let room = max(0, session.cutoff - solution.objective)
        let master = work.generation.master
        // A relaxed master goes through the levels again and again.
        guard !work.generation.isRelaxed || master.columns.count > 2 * work.improvedColumns else { return }
        work.improvedColumns = master.columns.count
        let chosen = solution.reducedCosts.indices.filter { solution.reducedCosts[$0] <= room }
            .sorted { (solution.reducedCosts[$0], $0) < (solution.reducedCosts[$1], $1) }
            .prefix(Self.improvementColumns)
        let steps = StepList(session.problem, reductionCap: reductionCap)
        var set = CandidateSet(
            candidates: steps.candidates(
                chosen.compactMap { PricedColumn(master.columns[$0]) }, interchangeable: work.search.interchangeable,
                limit: 2 * Self.improvementColumns, needsAll: false, isStopped: { budget.shouldStop }) ?? [])
        guard !set.candidates.isEmpty, let incumbent = session.incumbent else { return }
        _ = set.include(try Candidate.steps(of: incumbent, problem: session.problem, isBest: true))
        let whole = Subproblem(whole: session.problem)
        guard let columns = CandidateColumns(set.candidates, of: whole),
            let relaxation = try Relaxation(
                columns, set.candidates, problem: session.problem, solver: solver, budget: budget,
                separation: .init(adds: true)),
            relaxation.bound < session.cutoff * (1 - Tolerance.agreement)
        else { return }
        session.enter(.master)
        let outcome = BackwardSearch(columns).run(
            prices: relaxation.prices, cutoff: session.cutoff, maximumStates: Self.improvementStates,
            isCancelled: { budget.shouldStop })
        if let found = outcome.steps {
            session.submit(Schedule(steps: found.map { set.candidates[$0].step }), from: .master)
        }
        guard !outcome.isProven, !budget.shouldStop else { return }
        let program = IntegerProgram(columns: columns, candidates: set.candidates, level: .recompute, solver: solver)
        _ = try program.solve(in: session, budget: budget.share(Self.improvementShare))
    }

    // MARK: Proof

    /// Steps that a list may have, interchangeable ones and hand-offs written out.
    private static let listedSteps = 60_000

    /// Share of the time left that listing them may take: better prices make lists short.
    private static let timeForListing = 0.8

    /// Lists the steps that a better schedule could have, and proves by them what can be proven.
    ///
    /// - Returns: whether the incumbent is proven.
    private func prove(_ work: Work, _ session: Session, _ budget: Budget) throws -> Bool {
        let cutoff = session.cutoff
        let slack = cutoff - work.generation.bound
        let share = slack / cutoff
        // What did not end is tried again when there is much less to list.
        guard share <= Self.listingShare, share < work.failedShare * 0.7, !budget.shouldStop else { return false }
        session.enter(.price)
        var limits = PricingLimits()
        limits.nodes = work.nodes * Self.growth
        limits.columns = Self.listedSteps
        let listing = budget.share(Self.timeForListing)
        limits.isCancelled = { listing.shouldStop }
        let outcome = work.search.run(work.generation.certificate, slack: .absolute(slack), limits: limits)
        guard outcome.isComplete else {
            work.failedShare = share
            return false
        }
        if try proveAggregated(work, outcome.columns, cutoff, session, budget) { return true }
        let list = StepList(session.problem, reductionCap: reductionCap)
        guard
            let candidates = list.candidates(
                outcome.columns, interchangeable: work.search.interchangeable,
                within: .init(prices: work.generation.certificate, slack: slack), limit: Self.listedSteps,
                needsAll: true,
                isStopped: { budget.shouldStop })
        else {
            work.failedShare = share
            return false
        }
        var set = CandidateSet(candidates: candidates)
        set.cutoff = cutoff
        if let incumbent = session.incumbent {
            _ = set.include(try Candidate.steps(of: incumbent, problem: session.problem, isBest: true))
        }
        let tuner = GranularityTuner(session.problem, reductionCap: reductionCap, threads: threads)
        var proof = ListProof(
            set, reachRows: reachRows(of: work.generation.master, session.problem), tuner: tuner, solver: solver,
            session: session, budget: budget)
        let isProven = try proof.run()
        if !isProven { work.failedShare = share }
        return isProven
    }

    /// The master's rows C2', as rows of programs over candidates.
    private func reachRows(of master: RestrictedMaster, _ problem: Problem) -> [ReachRow] {
        let written = CandidateColumns.writtenTensors(problem)
        let numbers = Dictionary(uniqueKeysWithValues: written.enumerated().map { ($1, $0) })
        return master.rows.compactMap {
            guard case .reach(let op, let tensor) = $0, let number = numbers[tensor] else { return nil }
            return ReachRow(op: op.index, tensor: number)
        }
    }

    /// Proves the incumbent by a program in which interchangeable ops are one.
    private func proveAggregated(
        _ work: Work, _ columns: [PricedColumn], _ cutoff: Double, _ session: Session, _ budget: Budget
    ) throws -> Bool {
        let program = AggregatedProgram(session.problem, rows: work.generation.master.rows, solver: solver)
        guard program.isWorthwhile, !budget.shouldStop else { return false }
        session.enter(.program)
        let start = budget.elapsedSeconds
        guard let bound = try program.bound(columns, budget: budget.share(Self.aggregatedShare)) else { return false }
        session.add(
            LowerBound(
                .integer, min(bound, cutoff, session.cutoff), scope: .namedOrders,
                seconds: budget.elapsedSeconds - start))
        return session.bestBound >= session.cutoff * (1 - Tolerance.agreement)
    }

    /// Share of the time left that the program with interchangeable ops as one may take.
    private static let aggregatedShare = 0.3
}
