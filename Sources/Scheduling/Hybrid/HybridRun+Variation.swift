import CostModel
import TensorGraph

// Ways out of a schedule that no window improves.
extension HybridRun {
    /// Rounds without improvement after which the schedule is varied, or given up for the incumbent: as many as windows of
    /// ten ops need to cover the graph six times.
    private var patience: Int { max(6, 6 * problem.ops.count / (10 * windowsPerRound)) }
    /// Steps that cost at most this share more than the incumbent may be varied further.
    private static let closeShare = 0.005
    /// By how much latencies are off when steps are varied.
    private static let shares = [0.02, 0.05, 0.1, 0.2]
    /// A variation that costs more than this share above the incumbent is not worth improving.
    private static let worstShare = 0.1

    /// Latency of the steps that are being improved, in units of time.
    var currentLatency: Double { steps.reduce(0) { $0 + $1.latency } }

    /// Starts from a variation of the incumbent when windows have not improved the steps for a while.
    mutating func varyWhenStalled() throws {
        let latency = currentLatency
        if latency < lastLatency * (1 - 1e-9) {
            lastLatency = latency
            stalledRounds = 0
            return
        }
        stalledRounds += 1
        guard stalledRounds >= patience, let incumbent = exact.incumbent else { return }
        stalledRounds = 0
        let isClose = latency < incumbent.latency * (1 + Self.closeShare)
        if latency > incumbent.latency * (1 + 1e-9), !isClose || Bool.random(using: &picker.random) {
            steps = []
            try takeIncumbent()
        }
        stalls += 1
        if try stalls.isMultiple(of: Self.stallsPerStart) && startAnew() {
            lastLatency = currentLatency
            return
        }
        try vary()
        lastLatency = currentLatency
    }

    /// Every how many stalls the search starts from another schedule, and how many rounds may lie before the first stall:
    /// where they were more, it would never come as far again.
    private static let stallsPerStart = 3
    private static let quickDescent = 60

    /// Starts from a schedule of the list scheduler that was not tried yet.
    ///
    /// - Returns: false when there is none.
    private mutating func startAnew() throws -> Bool {
        if starts == nil {
            // Those with the most steps first: they are the least like what has been improved so far.
            starts =
                problem.ops.count <= OpSet.capacity && roundsDone <= Self.quickDescent * Self.stallsPerStart
                ? exact.starts.sorted { $0.steps.count > $1.steps.count } : []
        }
        guard starts?.isEmpty == false, let start = starts?.removeFirst(), let evaluation = exact.evaluation(of: start)
        else { return false }
        steps = try candidates(of: start, evaluation)
        return true
    }

    private mutating func vary() throws {
        let isCoarse = Bool.random(using: &picker.random)
        let count = Int.random(in: 1...windowsPerRound, using: &picker.random)
        let plan = picker.regions(steps, source: .region, isCoarse: isCoarse, count: count)
        let windows = windows(of: plan)
        let seeds = windows.map { _ in picker.random.next() }
        let share = Self.shares.randomElement(using: &picker.random) ?? 0.05
        let (solver, prices) = (windowSolver, prices)
        let found = parallelMap(count: windows.count, threads: threads) { index in
            Result {
                try solver.vary(windows[index], known: prices, seed: seeds[index], share: share)
            }
        }
        let analyzer = StepAnalyzer(problem)
        var sequence = plan.sequence
        for (window, result) in zip(windows, found).reversed() {
            guard let steps = try result.get() else { continue }
            let outer = steps.compactMap { window.problem.outer($0, of: problem, analyzer) }
            guard outer.count == steps.count else { continue }
            sequence.replaceSubrange(window.range, with: outer)
        }
        let latency = sequence.reduce(0) { $0 + $1.latency }
        guard latency < currentLatency * (1 + Self.worstShare), exact.isValid(Schedule(steps: sequence.map(\.step)))
        else { return }
        try exact.accept(Schedule(steps: sequence.map(\.step)), from: .variation)
        steps = sequence
    }
}
