import CostModel
import TensorGraph

/// Finds independent steps worth running together: those that read a common tensor.
///
/// A step's iteration takes the longer of compute and transfer. When ops of independent branches share a step, the
/// transfers of one overlap with the compute of the other in the same iterations, and a slice that both read is loaded
/// once. RULES 3.2 allows it where the branches touch a common tensor; whether it pays is decided by the real latency.
enum Staggering {
    /// Partners looked at on either side among the readers of a tensor.
    private static let reach = 3

    /// Steps that read a tensor that this step reads, nearest first; those that depend on it directly excluded.
    static func partners(of node: Int, in graph: StepGraph) -> [Int] {
        var partners: [Int] = []
        for op in graph.nodes[node].ops {
            for tensor in graph.problem[op].inputs {
                collect(readersOf: tensor, around: op, node, graph, &partners)
            }
        }
        return partners
    }

    /// Where an op stands in an ascending list.
    private static func position(of op: OpID, in readers: [OpID]) -> Int? {
        var (low, high) = (0, readers.count)
        while low < high {
            let middle = (low + high) / 2
            if readers[middle] < op { low = middle + 1 } else { high = middle }
        }
        return low < readers.count && readers[low] == op ? low : nil
    }

    private static func collect(
        readersOf tensor: TensorID, around op: OpID, _ node: Int, _ graph: StepGraph, _ partners: inout [Int]
    ) {
        let readers = graph.problem.graph.readers[tensor.index]
        guard readers.count > 1, let place = position(of: op, in: readers) else { return }
        for direction in [1, -1] {
            var found = 0
            var index = place + direction
            while readers.indices.contains(index), found < reach {
                for other in graph.containers[readers[index].index] where other != node {
                    found += 1
                    if !partners.contains(other) { partners.append(other) }
                }
                index += direction
            }
        }
    }
}
