import CostModel
import TensorGraph

// The restricted master: the best choice of all candidates that windows found worth keeping.
extension WindowSearch {
    /// Share of the average latency per op that every op is worth as a start, so that no place is forgotten.
    private static let leastSlackShare = 0.05

    /// Remembers a window's candidates that came close to being chosen.
    mutating func keep(_ candidates: [Candidate], of window: Window) {
        let analyzer = StepAnalyzer(problem)
        for candidate in candidates {
            if let outer = window.subproblem.outer(candidate, of: problem, analyzer) { pool.insert(outer) }
        }
    }

    /// Solves the restricted master, and lets its duals say where windows are worth the most.
    mutating func solveMaster(in session: Session, _ budget: Budget) throws {
        let plan = WindowPlan(sequence: steps, places: [.init(range: steps.indices, source: .master)])
        guard let window = windows(of: plan).first else { return }
        session.enter(.master)
        let numbers = window.subproblem.numbers
        let analyzer = StepAnalyzer(window.subproblem.problem)
        let candidates = pool.candidates.compactMap { window.subproblem.inner($0, numbers, analyzer) }
        let outcome = try solver.solve(window, among: candidates, budget: budget)
        progress.nodes += outcome.states
        session.enter(.windows)
        if let better = outcome.steps {
            known.insert(KnownWindows.Best(latency: outcome.latency, steps: better), for: window)
            if let replacement = replacement(for: window, isRepeated: false) {
                apply([replacement], to: plan, in: session)
            }
        }
        if !outcome.opPrices.isEmpty { steer(outcome.opPrices, window, session) }
    }

    /// A step that costs more than the prices of its ops, as the relaxation sees them, is where something can be
    /// gained.
    private mutating func steer(_ prices: [Double], _ window: Window, _ session: Session) {
        var price = [Double](repeating: 0, count: problem.ops.count)
        for (number, op) in window.subproblem.ops.enumerated() { price[op.index] = prices[number] }
        for op in sizes.slack.indices { sizes.slack[op] = 0 }
        let average = (session.incumbent?.latency ?? 0) / Double(max(1, problem.ops.count))
        for step in steps {
            let slack = max(0, step.latency - step.ops.reduce(0) { $0 + price[$1.index] })
            for op in step.ops {
                sizes.slack[op.index] += slack / Double(step.ops.count) + Self.leastSlackShare * average
            }
        }
    }
}
