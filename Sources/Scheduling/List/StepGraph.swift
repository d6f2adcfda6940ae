import CostModel
import TensorGraph

/// The steps under construction and how they depend on each other.
///
/// At first every op is a step of its own. Merging joins steps; recomputing copies the ops of a step into all steps
/// that read it. Through every change these hold:
/// - every op is in at least one step; the step that *supplies* an op's outputs evicts them to slow memory;
/// - a tensor that its supplier both writes and reads is read by no other step, for it is ephemeral (RULES 3.4);
/// - the steps can be ordered.
final class StepGraph {
    /// A step under construction.
    struct Node {
        /// Ops, producers first; empty once the node has been merged into another.
        var ops: [OpID]
        /// Granularity, order and latency without hand-offs.
        var choice: GranularityChoice
        /// Inputs and outputs of its ops, counted once per op: what tuning the step takes time in proportion to.
        var accesses: Int
        /// What others see of it.
        var interface: StepInterface
        /// Counts changes, so that what was computed for an earlier state is known to be stale.
        var version = 0

        var isAlive: Bool { !ops.isEmpty }
    }

    let problem: Problem
    // One thread, and no closure that outlives a call or changes the graph: see ``StepAnalyzer``.
    @exclusivity(unchecked) private(set) var nodes: [Node]
    private(set) var order: AcyclicOrder
    /// The steps that contain each op.
    @exclusivity(unchecked) private(set) var containers: [[Int]]
    /// The step that evicts what the op writes, or -1 when every reader recomputes the op.
    @exclusivity(unchecked) private(set) var supplier: [Int]
    /// Nodes found by the walk with the number ``stamp``.
    @exclusivity(unchecked) private var mark: [UInt32]
    @exclusivity(unchecked) private var stamp: UInt32 = 0
    private var interfaces: StepInterface.Builder

    /// Starts with every op alone.
    init(_ problem: Problem, choices: [GranularityChoice]) {
        self.problem = problem
        var interfaces = StepInterface.Builder(problem)
        nodes = problem.ops.indices.map {
            let ops = [OpID($0)]
            return Node(
                ops: ops, choice: choices[$0], accesses: Self.accesses(ops, problem), interface: interfaces.build(ops))
        }
        self.interfaces = interfaces
        containers = problem.ops.indices.map { [$0] }
        supplier = Array(problem.ops.indices)
        mark = Array(repeating: 0, count: problem.ops.count)
        order = AcyclicOrder(problem.graph.topologicalOrder.map(\.index))
    }

    private static func accesses(_ ops: [OpID], _ problem: Problem) -> Int {
        ops.reduce(0) { $0 + problem[$1].inputs.count + problem[$1].outputs.count }
    }

    /// Sum of the steps' latencies without hand-offs.
    var totalLatency: Double { nodes.reduce(0) { $1.isAlive ? $0 + $1.choice.latency : $0 } }

    /// Steps in an order in which they can run.
    var sequence: [Int] { order.nodes }

    /// The steps that read from slow memory what this one evicts, each once, ascending; nil when there are more than a
    /// limit.
    ///
    /// - Complexity: O(*readers*), and no more than finding one step above the limit takes.
    func readers(of node: Int, atMost limit: Int = .max) -> [Int]? {
        var found: [Int] = []
        stamp += 1
        for op in nodes[node].ops where supplier[op.index] == node {
            for tensor in problem[op].outputs {
                for reader in problem.graph.readers[tensor.index] {
                    for other in containers[reader.index] where other != node && mark[other] != stamp {
                        guard !containers[op.index].contains(other) else { continue }
                        mark[other] = stamp
                        found.append(other)
                        guard found.count <= limit else { return nil }
                    }
                }
            }
        }
        found.sort()
        return found
    }

    /// The steps that supply what this one reads from slow memory, each once, ascending.
    ///
    /// - Complexity: O(*inputs*).
    func suppliers(of node: Int) -> [Int] {
        var found: [Int] = []
        stamp += 1
        for op in nodes[node].ops {
            for tensor in problem[op].inputs {
                guard let supplier = supplierOfTensor(tensor), supplier != node, mark[supplier] != stamp else {
                    continue
                }
                mark[supplier] = stamp
                found.append(supplier)
            }
        }
        found.sort()
        return found
    }

    /// Calls `body` with every step that reads from slow memory what this one evicts; possibly several times each.
    func forEachReader(of node: Int, _ body: (Int) -> Void) {
        for op in nodes[node].ops where supplier[op.index] == node {
            for tensor in problem[op].outputs { forEachReader(of: tensor, producedBy: op, in: node, body) }
        }
    }

    /// Calls `body` with every step other than `node` that reads the tensor from slow memory.
    func forEachReader(of tensor: TensorID, producedBy op: OpID, in node: Int, _ body: (Int) -> Void) {
        for reader in problem.graph.readers[tensor.index] {
            for other in containers[reader.index] where other != node && !containers[op.index].contains(other) {
                body(other)
            }
        }
    }

    /// The one step other than `node` that reads the tensor from slow memory; nil when there is none or more than one.
    func onlyReader(of tensor: TensorID, producedBy op: OpID, in node: Int) -> Int? {
        var found: Int?
        for reader in problem.graph.readers[tensor.index] {
            for other in containers[reader.index] where other != node && other != found {
                guard !containers[op.index].contains(other) else { continue }
                guard found == nil else { return nil }
                found = other
            }
        }
        return found
    }

    /// The step that supplies the tensor to a step that reads it from outside; nil for a graph input.
    func supplierOfTensor(_ tensor: TensorID) -> Int? {
        guard let producer = problem.graph.producers[tensor.index] else { return nil }
        let node = supplier[producer.index]
        return node < 0 ? nil : node
    }

    /// No step of these steps' ops together takes less time than this, and whether there may be one, as far as their
    /// interfaces tell.
    ///
    /// - Complexity: O(*reads* + *outputs*), whatever lies inside.
    func latencyBound(of group: [Int]) -> (latency: Double, isPossible: Bool) {
        interfaces.latencyBound(group.map { nodes[$0].interface })
    }

    /// The ops of several steps together, producers first, each once.
    func union(_ group: [Int]) -> [OpID] {
        var ops: [OpID] = []
        for node in group { ops += nodes[node].ops }
        ops.sort { problem.graph.topologicalRank[$0.index] < problem.graph.topologicalRank[$1.index] }
        var last = -1
        ops.removeAll { op in
            defer { last = op.index }
            return op.index == last
        }
        return ops
    }

    /// True when the merged step would leave no step without a tensor that has become ephemeral.
    ///
    /// - Complexity: O(*ops* x *readers inside*): a tensor with many readers is looked at until one is found outside.
    func isClosed(_ group: [Int], ops: [OpID]) -> Bool {
        stamp += 1
        for node in group { mark[node] = stamp }
        for op in ops where supplier[op.index] >= 0 && mark[supplier[op.index]] == stamp {
            for tensor in problem[op].outputs where isReadByMarked(tensor, ops) {
                for reader in problem.graph.readers[tensor.index] {
                    for other in containers[reader.index] where mark[other] != stamp {
                        if !containers[op.index].contains(other) { return false }
                    }
                }
            }
        }
        return true
    }

    /// True when one of the steps that the last walk marked, whose ops together are these, reads the tensor.
    private func isReadByMarked(_ tensor: TensorID, _ ops: [OpID]) -> Bool {
        let readers = problem.graph.readers[tensor.index]
        guard readers.count > ops.count else {
            return readers.contains { reader in containers[reader.index].contains { mark[$0] == stamp } }
        }
        return ops.contains { problem[$0].inputs.contains(tensor) }
    }

    /// True when no path leads from one step of the group to another through a step outside.
    func isOrderable(_ group: [Int]) -> Bool {
        order.canMerge(group) { forEachReader(of: $0, $1) }
    }

    /// Merges steps into the first of the group.
    ///
    /// - Returns: false, with nothing changed, when the merged steps could not be ordered.
    func merge(_ group: [Int], ops: [OpID], choice: GranularityChoice) -> Bool {
        guard order.merge(group, successors: { forEachReader(of: $0, $1) }), let head = group.first else {
            return false
        }
        for op in ops {
            containers[op.index].removeAll { group.contains($0) }
            containers[op.index].append(head)
            if group.contains(supplier[op.index]) { supplier[op.index] = head }
        }
        for node in group.dropFirst() { retire(node) }
        replace(head, ops: ops, choice: choice)
        return true
    }

    /// Copies the ops of a step into all steps that read it, and drops the step.
    func recompute(_ node: Int, in readers: [(node: Int, ops: [OpID], choice: GranularityChoice)]) {
        let copied = nodes[node].ops
        for op in copied {
            containers[op.index].removeAll { $0 == node }
            for reader in readers where !containers[op.index].contains(reader.node) {
                containers[op.index].append(reader.node)
            }
            if supplier[op.index] == node { supplier[op.index] = -1 }
        }
        for reader in readers { replace(reader.node, ops: reader.ops, choice: reader.choice) }
        retire(node)
        order.remove(node)
    }

    private func retire(_ node: Int) {
        nodes[node].ops = []
        nodes[node].version += 1
    }

    private func replace(_ node: Int, ops: [OpID], choice: GranularityChoice) {
        nodes[node].ops = ops
        nodes[node].choice = choice
        nodes[node].accesses = Self.accesses(ops, problem)
        nodes[node].interface = interfaces.build(ops)
        // Copying replaces or retires every step that holds the op, so this stays true.
        nodes[node].interface.hasCopies = ops.contains { containers[$0.index].count > 1 }
        nodes[node].version += 1
    }
}
