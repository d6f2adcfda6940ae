import CostModel
import TensorGraph

// The restricted master: the best choice of all candidates that windows found worth keeping.
extension HybridRun {
    /// Remembers a window's candidates that came close to being chosen.
    mutating func addToPool(_ candidates: [Candidate], of window: Window) {
        let analyzer = StepAnalyzer(problem)
        for candidate in candidates {
            if let outer = window.problem.outer(candidate, of: problem, analyzer) { pool.insert(outer) }
        }
    }

    /// Solves the restricted master, and lets its duals say where windows are worth the most.
    mutating func solveMaster() throws {
        let plan = WindowPlan(sequence: steps, ranges: [(steps.indices, .master, false)])
        guard let window = windows(of: plan).first else { return }
        control.report(.phase("master"))
        let numbers = window.problem.numbers
        let analyzer = StepAnalyzer(window.problem.problem)
        let candidates = pool.candidates.compactMap { window.problem.inner($0, numbers, analyzer) }
        let outcome = try windowSolver.solve(window, among: candidates)
        statesExpanded += outcome.states
        control.report(.phase("windows"))
        if let better = outcome.steps {
            known.insert(KnownWindows.Solution(latency: outcome.latency, steps: better), for: window)
            if let replacement = replacement(for: window, from: .master) { try apply([replacement], to: plan) }
        }
        if !outcome.opPrices.isEmpty { steer(outcome.opPrices, window) }
    }

    /// A step that costs more than the prices of its ops, as the relaxation sees them, is where something can be gained.
    private mutating func steer(_ prices: [Double], _ window: Window) {
        var price = [Double](repeating: 0, count: problem.ops.count)
        for (number, op) in window.problem.ops.enumerated() { price[op.index] = prices[number] }
        for op in picker.slack.indices { picker.slack[op] = 0 }
        let average = (exact.incumbent?.latency ?? 0) / Double(max(1, problem.ops.count))
        for step in steps {
            let slack = max(0, step.latency - step.ops.reduce(0) { $0 + price[$1.index] })
            for op in step.ops { picker.slack[op.index] += slack / Double(step.ops.count) + 0.05 * average }
        }
    }
}
