import TensorGraph

/// Cuts the whole schedule into segments: steps that follow each other.
struct Segments: Neighbourhood {
    func plan(
        _ steps: [Candidate], of problem: Problem, sizes: WindowSizes, count: Int, using random: inout RandomSource
    ) -> WindowPlan {
        var plan = WindowPlan(sequence: steps)
        var start = 0
        var isFirst = true
        while start < steps.count {
            let seed = steps[start].ops[0]
            // A first segment of random length shifts all others.
            let share =
                isFirst ? Double.random(in: 0.1...1, using: &random) : Double.random(in: 0.6...1, using: &random)
            isFirst = false
            let most = max(1, Int(sizes.opCounts[seed.index] * share))
            var end = start
            var ops = 0
            while end < steps.count, end == start || ops + steps[end].ops.count <= most {
                ops += steps[end].ops.count
                end += 1
            }
            plan.places.append(.init(range: start..<end, source: .segment))
            start = end
        }
        return plan
    }
}
