import CostModel
import TensorGraph

// Ways out of a schedule that no window improves.
extension WindowSearch {
    /// Steps that cost at most this share more than the incumbent may be perturbed further.
    private static let closeShare = 0.005
    /// By how much latencies are off when steps are perturbed.
    private static let shares = [0.02, 0.05, 0.1, 0.2]
    /// A perturbation that costs more than this share above the incumbent is not worth improving.
    private static let worstShare = 0.1
    /// How many rounds may lie before the first stalls: where they were more, another start would never come as far.
    private static let quickDescent = 60

    /// Starts from a perturbation of the incumbent when windows have not improved the steps for a while.
    mutating func perturbIfStalled(in session: Session, _ budget: Budget) throws {
        let latency = currentLatency
        guard patience.isStalled(at: latency), let incumbent = session.incumbent else { return }
        let isClose = latency < incumbent.latency * (1 + Self.closeShare)
        let isWorse = latency > incumbent.latency * (1 + Tolerance.agreement)
        if isWorse, !isClose || Bool.random(using: &random) {
            steps = []
            try takeIncumbent(of: session)
        }
        switch patience.adviceForStall() {
        case .startAnew:
            if try !startAnew(in: session) { try perturb(in: session, budget) }
        case .perturb: try perturb(in: session, budget)
        }
        patience.restart(at: currentLatency)
    }

    /// Starts from a schedule of the list scheduler that was not tried yet.
    ///
    /// - Returns: false when there is none.
    private mutating func startAnew(in session: Session) throws -> Bool {
        if starts == nil {
            // Those with the most steps first: they are the least like what has been improved so far.
            starts =
                problem.ops.count <= OpSet.capacity && roundsDone <= Self.quickDescent * Patience.stallsPerStart
                ? session.starts.sorted { $0.schedule.steps.count > $1.schedule.steps.count } : []
        }
        guard starts?.isEmpty == false, let start = starts?.removeFirst() else { return false }
        replaceSteps(by: try Candidate.steps(of: start, problem: problem), because: .otherStart)
        return true
    }

    private mutating func perturb(in session: Session, _ budget: Budget) throws {
        let isCoarse = Bool.random(using: &random)
        let count = Int.random(in: 1...windowsPerRound, using: &random)
        let plan = ChainRegions(growth: .region, isCoarse: isCoarse)
            .plan(steps, of: problem, sizes: sizes, count: count, using: &random)
        let windows = windows(of: plan)
        let seeds = windows.map { _ in random.next() }
        let share = Self.shares.randomElement(using: &random) ?? Self.shares[0]
        let (solver, tunings) = (solver, tunings)
        let found = parallelMap(count: windows.count, threads: threads) { index in
            Result {
                try solver.perturb(windows[index], known: tunings, seed: seeds[index], share: share, budget: budget)
            }
        }
        let analyzer = StepAnalyzer(problem)
        var sequence = plan.sequence
        for (window, result) in zip(windows, found).reversed() {
            guard let steps = try result.get() else { continue }
            let outer = steps.compactMap { window.subproblem.outer($0, of: problem, analyzer) }
            guard outer.count == steps.count else { continue }
            sequence.replaceSubrange(window.place.range, with: outer)
        }
        let latency = sequence.reduce(0) { $0 + $1.latency }
        guard latency < currentLatency * (1 + Self.worstShare),
            session.submit(Schedule(steps: sequence.map(\.step)), from: .perturbation).snapshot != nil
        else { return }
        replaceSteps(by: sequence, because: .perturbation)
    }
}
