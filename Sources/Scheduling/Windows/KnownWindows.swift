/// What became of windows that were solved, so that none is solved twice and what helps one helps all that are equal.
struct KnownWindows {
    /// The best steps known for a window, in its numbers.
    struct Best {
        /// Their latency, in units of time.
        var latency: Double
        var steps: [Candidate]
    }

    private var bests: [Subproblem.Signature: Best] = [:]
    private var tried: Set<Window.Key> = []

    /// Windows remembered at most; when there are more all are forgotten, which bounds memory on large graphs.
    private static let maximumCount = 20_000

    /// True when the window was solved before, whatever its steps were then.
    func isTried(_ window: Window) -> Bool { tried.contains(window.key) }

    /// Steps that are better than the window's; nil when none are known.
    func better(than window: Window) -> Best? {
        guard let known = bests[window.subproblem.signature], known.latency < window.latency * (1 - 1e-9) else {
            return nil
        }
        return known
    }

    /// Remembers the best steps for a window.
    mutating func insert(_ best: Best, for window: Window) {
        if tried.count >= Self.maximumCount {
            tried.removeAll()
            bests.removeAll()
        }
        tried.insert(window.key)
        let signature = window.subproblem.signature
        if let known = bests[signature], known.latency <= best.latency { return }
        bests[signature] = best
    }
}
