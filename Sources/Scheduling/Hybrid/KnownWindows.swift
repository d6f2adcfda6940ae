/// What became of windows that were solved, so that none is solved twice and what helps one helps all that are equal.
struct KnownWindows {
    /// The best steps known for a window, in its numbers.
    struct Solution {
        /// Their latency, in units of time.
        var latency: Double
        var steps: [Candidate]
    }

    private var solutions: [WindowProblem.Signature: Solution] = [:]
    private var tried: Set<Window.Key> = []

    /// Windows remembered at most; when there are more all are forgotten, which bounds memory on large graphs.
    private static let maximumCount = 20_000

    /// True when the window was solved before, whatever its steps were then.
    func isTried(_ window: Window) -> Bool { tried.contains(window.key) }

    /// Steps that are better than the window's; nil when none are known.
    func better(than window: Window) -> Solution? {
        guard let known = solutions[window.problem.signature], known.latency < window.latency * (1 - 1e-9) else {
            return nil
        }
        return known
    }

    /// Remembers the best steps for a window.
    mutating func insert(_ solution: Solution, for window: Window) {
        if tried.count >= Self.maximumCount {
            tried.removeAll()
            solutions.removeAll()
        }
        tried.insert(window.key)
        let signature = window.problem.signature
        if let known = solutions[signature], known.latency <= solution.latency { return }
        solutions[signature] = solution
    }
}
