import CostModel
import TensorGraph

/// Depths and critical-path priorities of the ops of a problem, as a list scheduler for VLIW code uses them.
///
/// The length of an op is its latency alone in a step; an op's priority is the length of the longest path from it to a
/// graph output. Ops on the critical path come first wherever nothing else decides.
package struct DependencyAnalyzer: Sendable {
    /// Ops on the longest path of producers before each op.
    package let depth: [Int]
    /// Length of the longest path from each op, itself included, to a graph output, in units of time.
    package let priority: [Double]
    /// Latency of each op alone, in units of time.
    package let aloneLatency: [Double]

    /// Analyses a problem whose ops take these latencies alone.
    ///
    /// - Complexity: O(*ops* + *edges*).
    package init(_ problem: Problem, aloneLatency: [Double]) {
        self.aloneLatency = aloneLatency
        let graph = problem.graph
        var depth = [Int](repeating: 0, count: problem.ops.count)
        var priority = aloneLatency
        for op in graph.topologicalOrder {
            for tensor in problem[op].inputs {
                if let producer = graph.producers[tensor.index] {
                    depth[op.index] = max(depth[op.index], depth[producer.index] + 1)
                }
            }
        }
        for op in graph.topologicalOrder.reversed() {
            var longest = 0.0
            for tensor in problem[op].outputs {
                for reader in graph.readers[tensor.index] { longest = max(longest, priority[reader.index]) }
            }
            priority[op.index] += longest
        }
        self.depth = depth
        self.priority = priority
    }

    /// The highest priority of any of the ops.
    func priority(of ops: [OpID]) -> Double { ops.reduce(0) { max($0, priority[$1.index]) } }

    /// Length of the longest path of the graph, in units of time.
    package var criticalPathLength: Double { priority.max() ?? 0 }
}
