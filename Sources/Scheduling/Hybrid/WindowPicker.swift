import TensorGraph

/// Picks disjoint windows of a schedule, of several kinds, at random.
struct WindowPicker {
    let problem: Problem
    var random: RandomSource
    /// For each op, how many ops a window around it may have, so that its candidates can be enumerated.
    private var budget: [Double]
    /// For each op, how much of its step's latency a bound does not explain, in units of time; windows start there.
    var slack: [Double]

    /// How many parts the ops of a coarse window may have, so that its candidates can be enumerated.
    private var atomBudget = 12.0

    private static let smallestBudget = 3.0
    private static let largestBudget = 64.0

    init(_ problem: Problem, seed: UInt64) {
        self.problem = problem
        random = RandomSource(seed: seed)
        budget = Array(repeating: 8, count: problem.ops.count)
        slack = Array(repeating: 1, count: problem.ops.count)
    }

    /// Makes windows around these ops smaller, or larger.
    mutating func adapt(_ ops: [OpID], isTooLarge: Bool) {
        let factor = isTooLarge ? 0.7 : 1.12
        for op in ops {
            budget[op.index] = min(Self.largestBudget, max(Self.smallestBudget, budget[op.index] * factor))
        }
    }

    /// Makes the parts of coarse windows fewer, or more.
    mutating func adaptAtoms(isTooLarge: Bool) {
        atomBudget = min(24, max(4, atomBudget * (isTooLarge ? 0.93 : 1.04)))
    }

    /// Cuts the whole schedule into stretches.
    mutating func stretches(_ steps: [Candidate]) -> WindowPlan {
        var plan = WindowPlan(sequence: steps)
        var start = 0
        var isFirst = true
        while start < steps.count {
            let seed = steps[start].ops[0]
            // A first stretch of random length shifts all others.
            let share =
                isFirst ? Double.random(in: 0.1...1, using: &random) : Double.random(in: 0.6...1, using: &random)
            isFirst = false
            let most = max(1, Int(budget[seed.index] * share))
            var end = start
            var ops = 0
            while end < steps.count, end == start || ops + steps[end].ops.count <= most {
                ops += steps[end].ops.count
                end += 1
            }
            plan.ranges.append((start..<end, .stretch, false))
            start = end
        }
        return plan
    }

    /// Groups chains of steps into windows of one kind.
    ///
    /// - Parameters:
    ///   - count: windows at most.
    ///   - isCoarse: windows have more ops, and steps are divided into few parts only.
    mutating func regions(_ steps: [Candidate], source: IncumbentSource, isCoarse: Bool, count: Int) -> WindowPlan {
        let graph = ChainGraph(steps, problem: problem)
        let order = WindowOrder(graph)
        let weights = graph.members.map { chain in
            chain.reduce(1e-9) { sum, step in
                sum + steps[step].ops.reduce(0) { $0 + slack[$1.index] } / Double(steps[step].ops.count)
            }
        }
        var isWindow: [Int: Bool] = [:]
        var free = weights
        for _ in 0..<count {
            guard let seed = random.pick(free) else { break }
            free[seed] = 0
            guard order.isAlone(seed) else { continue }
            let grown =
                source == .readers
                ? growReaders(seed, steps, graph, order, isCoarse) : growRegion(seed, steps, graph, order, isCoarse)
            for chain in grown {
                free[chain] = 0
                isWindow[chain] = true
            }
        }
        var plan = WindowPlan(sequence: [])
        for chains in order.groups {
            let start = plan.sequence.count
            for chain in chains { plan.sequence += graph.members[chain].map { steps[$0] } }
            if let first = chains.first, isWindow[first] == true {
                plan.ranges.append((start..<plan.sequence.count, source, isCoarse))
            }
        }
        return plan
    }

    private mutating func growRegion(
        _ seed: Int, _ steps: [Candidate], _ graph: ChainGraph, _ order: WindowOrder, _ isCoarse: Bool
    ) -> [Int] {
        var grown = [seed]
        var ops = graph.opCounts[seed]
        let most = limit(seed, steps, graph, isCoarse)
        var frontier: [Int: Int] = [:]
        var closed: Set<Int> = [seed]
        func open(_ chain: Int) {
            for (next, tensors) in graph.neighbours[chain] where !closed.contains(next) {
                frontier[next, default: 0] += tensors
            }
        }
        open(seed)
        while !frontier.isEmpty, grown.count < (isCoarse ? Int(atomBudget) : 32) {
            let chains = frontier.keys.sorted()
            guard let choice = random.pick(chains.map { Double(frontier[$0] ?? 0) }) else { break }
            let next = chains[choice]
            frontier[next] = nil
            closed.insert(next)
            guard ops + graph.opCounts[next] <= most, order.isAlone(next), order.merge(seed, next) else { continue }
            grown.append(next)
            ops += graph.opCounts[next]
            open(next)
        }
        return grown
    }

    /// A window of chains that read one tensor, and the chain that writes it.
    private mutating func growReaders(
        _ seed: Int, _ steps: [Candidate], _ graph: ChainGraph, _ order: WindowOrder, _ isCoarse: Bool
    ) -> [Int] {
        let tensors = graph.members[seed].flatMap { steps[$0].ops.flatMap { problem[$0].inputs } }
            .filter { problem.graph.readers[$0.index].count > 1 }
        guard let tensor = tensors.randomElement(using: &random) else {
            return growRegion(seed, steps, graph, order, isCoarse)
        }
        let readers = Set(problem.graph.readers[tensor.index])
        let producer = problem.graph.producers[tensor.index]
        var grown = [seed]
        var ops = graph.opCounts[seed]
        let most = limit(seed, steps, graph, isCoarse)
        for (next, _) in graph.neighbours[seed].shuffled(using: &random) {
            let touches = graph.members[next].contains { step in
                steps[step].ops.contains { readers.contains($0) || $0 == producer }
            }
            guard touches, ops + graph.opCounts[next] <= most, order.isAlone(next), order.merge(seed, next) else {
                continue
            }
            grown.append(next)
            ops += graph.opCounts[next]
        }
        return grown
    }

    private mutating func limit(_ chain: Int, _ steps: [Candidate], _ graph: ChainGraph, _ isCoarse: Bool) -> Int {
        if isCoarse { return Int(Self.largestBudget) * 2 }
        let op = graph.members[chain].first.map { steps[$0].ops[0] }
        return max(2, Int((op.map { budget[$0.index] } ?? 8) * Double.random(in: 0.6...1, using: &random)))
    }

    /// Glues ops of each step together at random until few parts are left.
    mutating func atoms(_ window: WindowProblem, current: [Candidate]) -> [OpSet] {
        let count = Int((atomBudget * Double.random(in: 0.7...1.1, using: &random)).rounded())
        var atomOf = Array(window.ops.indices)
        var left = window.ops.count
        // Pairs of ops that touch a common tensor and share all of their steps.
        var stepsOf = [OpSet](repeating: OpSet(), count: window.ops.count)
        for (index, step) in current.prefix(OpSet.capacity).enumerated() {
            for op in step.ops { stepsOf[op.index].insert(index) }
        }
        var pairs: [(Int, Int)] = []
        var last = [Int](repeating: -1, count: window.tensors.count)
        for op in window.problem.opIDs {
            for tensor in window.problem[op].inputs + window.problem[op].outputs {
                let other = last[tensor.index]
                if other >= 0, stepsOf[other] == stepsOf[op.index] { pairs.append((other, op.index)) }
                last[tensor.index] = op.index
            }
        }
        for (first, second) in pairs.shuffled(using: &random) where left > count {
            let (a, b) = (atomOf[first], atomOf[second])
            guard a != b else { continue }
            for op in atomOf.indices where atomOf[op] == b { atomOf[op] = a }
            left -= 1
        }
        var atoms: [Int: OpSet] = [:]
        for (op, atom) in atomOf.enumerated() { atoms[atom, default: OpSet()].insert(op) }
        return atoms.sorted { $0.key < $1.key }.map(\.value)
    }
}
