import CostModel
import TensorGraph

/// Keeps tensors in fast memory between adjacent steps, as a register allocator keeps values.
///
/// A retained tensor lives for one step (RULES 3.6), so a lifetime is one hand-off from a step to the next, and only a
/// tensor whose readers all lie in that next step can be handed over. First the steps are chained, the most valuable
/// hand-off first, as long as the chains can still be ordered; then, along the finished sequence, a dynamic program
/// picks what each step hands over at the lowest total latency.
struct Retention {
    let graph: StepGraph
    let tuner: StepTuner
    let dependencies: DependencyAnalyzer

    /// Steps in a chain at most: joining two takes time in proportion. Longer chains are cut, and the dynamic program
    /// still hands over between the pieces where they follow each other.
    private static let longestChain = 1024

    /// Sets of tensors tried per hand-off: everything that can be handed over, and each tensor alone up to this many.
    private static let singlesTried = 4

    // MARK: Chains

    /// A sequence of all steps in which those with valuable hand-offs follow each other; nil when it is told to stop.
    func sequence(until shouldStop: () -> Bool = { false }) -> [Int]? {
        var order = graph.order
        var chain = Array(graph.nodes.indices)
        var members = graph.nodes.indices.map { [$0] }
        let successors = successorLists()
        guard let links = links(until: shouldStop) else { return nil }
        for link in links {
            guard !shouldStop() else { return nil }
            let (head, tail) = (chain[link.from], chain[link.to])
            guard head != tail, members[head].last == link.from, members[tail].first == link.to,
                members[head].count + members[tail].count <= Self.longestChain
            else { continue }
            let merged = order.merge([head, tail]) { node, body in
                for member in members[node] {
                    for next in successors[member] where chain[next] != node { body(chain[next]) }
                }
            }
            guard merged else { continue }
            for member in members[tail] { chain[member] = head }
            members[head] += members[tail]
            members[tail] = []
        }
        return order.nodes.flatMap { members[$0] }
    }

    private func successorLists() -> [[Int]] {
        graph.nodes.indices.map { node in
            graph.nodes[node].isAlive ? graph.readers(of: node) ?? [] : []
        }
    }

    private struct Link {
        var gain: Double
        var priority: Double
        var from: Int
        var to: Int
    }

    /// All hand-offs that gain something by themselves, the best first.
    private func links(until shouldStop: () -> Bool) -> [Link]? {
        var links: [Link] = []
        for from in graph.sequence {
            guard !shouldStop() else { return nil }
            for (to, tensors) in handOffs(of: from) {
                let gain = gain(handing: tensors, from: graph.nodes[from], to: graph.nodes[to])
                guard gain > 0 else { continue }
                let priority = dependencies.priority(of: graph.nodes[from].ops)
                links.append(Link(gain: gain, priority: priority, from: from, to: to))
            }
        }
        return links.sorted {
            ($1.gain, $1.priority, $0.from, $0.to) < ($0.gain, $0.priority, $1.from, $1.to)
        }
    }

    /// What the best hand-off between two steps saves, in units of time; 0 when none does.
    private func gain(handing tensors: [TensorID], from: StepGraph.Node, to: StepGraph.Node) -> Double {
        let before = from.choice.latency + to.choice.latency
        var best = before
        for set in Self.subsets(tensors) {
            guard let giving = tuner.tune(.init(ops: from.ops, retained: set)),
                let taking = tuner.tune(.init(ops: to.ops, resident: set))
            else { continue }
            best = min(best, giving.latency + taking.latency)
        }
        return before - best
    }

    /// What a step's most valuable hand-off, to a reader or from a supplier, would save, in units of time.
    func potential(of node: Int) -> Double {
        var best = 0.0
        for (to, tensors) in handOffs(of: node) {
            best = max(best, gain(handing: tensors, from: graph.nodes[node], to: graph.nodes[to]))
        }
        for op in graph.nodes[node].ops {
            for tensor in graph.problem[op].inputs {
                guard let supplier = graph.supplierOfTensor(tensor), supplier != node,
                    let link = handOffs(of: supplier).first(where: { $0.to == node })
                else { continue }
                best = max(best, gain(handing: link.tensors, from: graph.nodes[supplier], to: graph.nodes[node]))
            }
        }
        return best
    }

    /// For each step that could follow, the tensors that this step could hand over to it.
    private func handOffs(of node: Int) -> [(to: Int, tensors: [TensorID])] {
        var result: [(to: Int, tensors: [TensorID])] = []
        for op in graph.nodes[node].ops where graph.supplier[op.index] == node {
            for tensor in graph.problem[op].outputs {
                guard let reader = graph.onlyReader(of: tensor, producedBy: op, in: node) else { continue }
                if let index = result.firstIndex(where: { $0.to == reader }) {
                    result[index].tensors.append(tensor)
                } else {
                    result.append((reader, [tensor]))
                }
            }
        }
        return result
    }

    private static func subsets(_ tensors: [TensorID]) -> [[TensorID]] {
        let sorted = tensors.sorted()
        guard sorted.count > 1 else { return [sorted] }
        return [sorted] + sorted.prefix(singlesTried).map { [$0] }
    }

    // MARK: Dynamic program

    /// A way to reach a boundary between two steps with a set handed over.
    private struct State {
        var handedOver: [TensorID]
        var latency: Double
        var previous: Int
        var choice: GranularityChoice?
    }

    /// The steps in this sequence, with the hand-offs that make it fastest; nil when it is told to stop.
    ///
    /// - Complexity: O(*steps* x *s* ^ 2) tunings for *s* sets tried per hand-off.
    func schedule(
        _ sequence: [Int], until shouldStop: () -> Bool = { false }
    ) -> (steps: [Step], latency: Double)? {
        var boundaries: [[State]] = [[State(handedOver: [], latency: 0, previous: 0, choice: nil)]]
        for (index, node) in sequence.enumerated() {
            guard !shouldStop() else { return nil }
            let next = index + 1 < sequence.count ? sequence[index + 1] : nil
            let tensors = handOffs(of: node).first { $0.to == next }?.tensors ?? []
            var states: [State] = []
            for set in [[]] + (tensors.isEmpty ? [] : Self.subsets(tensors)) {
                var best: State?
                for (previous, state) in boundaries[index].enumerated() {
                    let key = StepTuner.Key(ops: graph.nodes[node].ops, resident: state.handedOver, retained: set)
                    guard let choice = tuner.tune(key) else { continue }
                    let latency = state.latency + choice.latency
                    if latency < best?.latency ?? .infinity {
                        best = State(handedOver: set, latency: latency, previous: previous, choice: choice)
                    }
                }
                if let best { states.append(best) }
            }
            boundaries.append(states)
        }
        return (trace(boundaries, sequence), boundaries.last?.first?.latency ?? 0)
    }

    private func trace(_ boundaries: [[State]], _ sequence: [Int]) -> [Step] {
        var steps: [Step] = []
        var state = 0
        for index in stride(from: sequence.count, to: 0, by: -1) {
            let reached = boundaries[index][state]
            if let choice = reached.choice {
                steps.append(
                    Step(
                        ops: graph.nodes[sequence[index - 1]].ops, granularity: choice.granularity,
                        retained: reached.handedOver, order: choice.order))
            }
            state = reached.previous
        }
        return steps.reversed()
    }
}
