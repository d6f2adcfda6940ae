import TensorGraph
import TestSupport
import Testing

@testable import Scheduling

@Suite("AcyclicOrder")
struct ListOrderTests {
    /// A graph of merged nodes, kept in the plainest way: one class number per node.
    private struct Merged {
        var successors: [[Int]]
        /// The node that each node has been merged into.
        var head: [Int]

        func isAlive(_ node: Int) -> Bool { head[node] == node }

        /// Successors of a merged node, itself excluded.
        func next(_ node: Int) -> Set<Int> {
            var found = Set<Int>()
            for member in head.indices where head[member] == node {
                for successor in successors[member] where head[successor] != node { found.insert(head[successor]) }
            }
            return found
        }

        /// True when no path leads from a node back to itself.
        var isAcyclic: Bool {
            var alive = Set(head.indices.filter(isAlive))
            while let sink = alive.first(where: { next($0).isDisjoint(with: alive) }) { alive.remove(sink) }
            return alive.isEmpty
        }

        func merging(_ group: [Int]) -> Merged {
            var merged = self
            for node in head.indices where group.contains(head[node]) { merged.head[node] = group[0] }
            return merged
        }
    }

    private func randomGraph(_ count: Int, _ random: inout RandomSource) -> (graph: Merged, order: [Int]) {
        let order = Array(0..<count).shuffled(using: &random)
        var successors = [[Int]](repeating: [], count: count)
        for (index, node) in order.enumerated() {
            for later in order[(index + 1)...] where Int.random(in: 0..<count, using: &random) < 2 {
                successors[node].append(later)
            }
        }
        return (Merged(successors: successors, head: Array(0..<count)), order)
    }

    private func isTopological(_ order: AcyclicOrder, _ graph: Merged) -> Bool {
        var position: [Int: Int] = [:]
        for (index, node) in order.nodes.enumerated() { position[node] = index }
        guard Set(position.keys) == Set(graph.head.indices.filter(graph.isAlive)) else { return false }
        return position.allSatisfy { node, place in graph.next(node).allSatisfy { place < position[$0] ?? -1 } }
    }

    @Test("stays topological through merges, and refuses those that would close a cycle")
    func randomMerges() {
        var random = RandomSource(seed: 71)
        var (merged, refused) = (0, 0)
        for _ in 0..<200 {
            let start = randomGraph(Int.random(in: 3...20, using: &random), &random)
            var graph = start.graph
            var dynamic = AcyclicOrder(start.order)
            for _ in 0..<12 {
                let alive = graph.head.indices.filter(graph.isAlive)
                guard alive.count > 2 else { break }
                let size = min(alive.count, Int.random(in: 2...4, using: &random))
                let group = Array(alive.shuffled(using: &random).prefix(size))
                let joined = graph.merging(group)
                let canMerge = dynamic.canMerge(group) { node, body in graph.next(node).forEach(body) }
                #expect(canMerge == joined.isAcyclic)
                let before = dynamic.nodes
                let didMerge = dynamic.merge(group) { node, body in graph.next(node).forEach(body) }
                #expect(didMerge == canMerge)
                if didMerge {
                    graph = joined
                    merged += 1
                } else {
                    #expect(dynamic.nodes == before)
                    refused += 1
                }
                #expect(isTopological(dynamic, graph))
            }
        }
        #expect(merged > 300 && refused > 300, "\(merged) merged, \(refused) refused")
    }

    @Test("forgets a node that is removed")
    func removal() {
        var order = AcyclicOrder([2, 0, 1])
        order.remove(0)
        #expect(order.nodes == [2, 1])
    }
}
