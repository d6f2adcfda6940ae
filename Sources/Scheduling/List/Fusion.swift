import CostModel
import HeapModule
import TensorGraph

/// Joins steps as long as the real latency of the schedule falls.
///
/// Every move is judged by the latency that the steps have before and after, each at its best granularity: while
/// steps grow their granularity is chosen anew, down to smaller tiles when memory is tight, so that fusions become
/// possible that no fixed tile size would allow. The best move comes first; ties go to the critical path.
struct Fusion {
    /// Which moves are tried.
    struct Moves: OptionSet {
        let rawValue: Int
        /// A producer and its consumer, alone or with all other consumers of its outputs.
        static let dependent = Moves(rawValue: 1)
        /// Independent steps that read one tensor; see ``Staggering``.
        static let independent = Moves(rawValue: 2)
        /// Recomputing a step inside all its readers.
        static let recompute = Moves(rawValue: 4)
        /// Counts as lost what the joined steps could save by hand-offs, see ``Retention``.
        static let sparingHandOffs = Moves(rawValue: 8)
        /// Of dependent steps only those that are maps which go on element by element; see ``isEpilogue(_:)``.
        static let epilogues = Moves(rawValue: 16)
    }

    /// A move and what it gains.
    private struct Move: Comparable {
        enum Kind { case merge, recompute }
        /// What it gains, in units of time; no more than that as long as ``isBound``.
        var gain: Double
        /// True while the steps that it makes have not been tuned.
        var isBound = true
        /// False when it is known to make no step. It waits its turn all the same: which of equal moves comes first
        /// depends on all that wait.
        var isPossible: Bool
        var priority: Double
        var kind: Kind
        var group: [Int]
        var versions: [Int]

        static func < (left: Move, right: Move) -> Bool {
            (left.gain, left.priority, right.group[0]) < (right.gain, right.priority, left.group[0])
        }

        static func == (left: Move, right: Move) -> Bool {
            left.gain == right.gain && left.priority == right.priority && left.group == right.group
        }
    }

    let graph: StepGraph
    let tuner: StepTuner
    let dependencies: DependencyAnalyzer
    let moves: Moves
    private let shouldStop: () -> Bool
    private var queue = Heap<Move>()

    init(
        _ graph: StepGraph, tuner: StepTuner, dependencies: DependencyAnalyzer, moves: Moves,
        shouldStop: @escaping () -> Bool
    ) {
        self.shouldStop = shouldStop
        self.graph = graph
        self.tuner = tuner
        self.dependencies = dependencies
        self.moves = moves
    }

    /// Applies improving moves until there is none, or it is told to stop: the steps are valid at any time.
    mutating func run() {
        for node in graph.sequence {
            guard !shouldStop() else { return }
            propose(around: node, onlyLater: true)
        }
        while !shouldStop(), let move = queue.popMax() {
            guard zip(move.group, move.versions).allSatisfy({ graph.nodes[$0].version == $1 }) else { continue }
            if move.isBound { judge(move) } else { apply(move) }
        }
    }

    /// Queues a move again with what it really gains, if that is anything.
    ///
    /// Most moves are stale before their turn comes, since a step that has been joined with one other has changed for
    /// all; so only those that may be the best are judged.
    private mutating func judge(_ move: Move) {
        guard move.isPossible else { return }
        let after: Double
        switch move.kind {
        case .merge:
            let ops = graph.union(move.group)
            guard graph.isClosed(move.group, ops: ops), let choice = tuner.tune(.init(ops: ops)) else { return }
            after = choice.latency
        case .recompute:
            guard let readers = recomputation(of: move.group[0], in: Array(move.group.dropFirst())) else { return }
            after = readers.reduce(0) { $0 + $1.choice.latency }
        }
        var gain = move.group.reduce(-after) { $0 + graph.nodes[$1].choice.latency }
        if gain > 0, moves.contains(.sparingHandOffs) {
            let retention = Retention(graph: graph, tuner: tuner, dependencies: dependencies)
            for node in move.group { gain -= retention.potential(of: node) }
        }
        guard gain > 1e-9 * after else { return }
        var judged = move
        (judged.gain, judged.isBound) = (gain, false)
        queue.insert(judged)
    }

    private mutating func apply(_ move: Move) {
        switch move.kind {
        case .merge:
            let ops = graph.union(move.group)
            guard graph.isClosed(move.group, ops: ops), let choice = tuner.tune(.init(ops: ops)),
                graph.merge(move.group, ops: ops, choice: choice)
            else { return }
            propose(around: move.group[0], onlyLater: false)
        case .recompute:
            guard let readers = recomputation(of: move.group[0], in: Array(move.group.dropFirst())) else { return }
            graph.recompute(move.group[0], in: readers)
            for reader in readers { propose(around: reader.node, onlyLater: false) }
        }
    }

    // MARK: Proposals

    /// Queues the improving moves that a step takes part in.
    ///
    /// - Parameter onlyLater: skips partners that come before the step and would propose the pair themselves.
    private mutating func propose(around node: Int, onlyLater: Bool) {
        guard graph.nodes[node].isAlive else { return }
        if moves.contains(.dependent) {
            for reader in graph.readers(of: node) ?? [] { proposeMerge([node, reader]) }
            proposeFanOut(of: node)
            if moves.contains(.recompute) { proposeRecomputation(of: node) }
            if !onlyLater {
                for supplier in graph.suppliers(of: node) {
                    proposeMerge([supplier, node])
                    proposeFanOut(of: supplier)
                    if moves.contains(.recompute) { proposeRecomputation(of: supplier) }
                }
            }
        }
        if moves.contains(.independent) {
            for partner in Staggering.partners(of: node, in: graph) where !onlyLater || partner > node {
                proposeMerge([node, partner])
            }
        }
    }

    private mutating func proposeMerge(_ group: [Int]) {
        guard !isTooWide(group), !moves.contains(.epilogues) || isEpilogue(group) else { return }
        push(.merge, group, after: graph.latencyBound(of: group))
    }

    /// A step and its one reader, which reads its output at the same place as it writes its own: what compilers append
    /// to a kernel.
    private func isEpilogue(_ group: [Int]) -> Bool {
        guard group.count == 2, graph.readers(of: group[0], atMost: 1) == [group[1]] else { return false }
        let written = Set(graph.nodes[group[0]].ops.flatMap { graph.problem[$0].outputs })
        return graph.nodes[group[1]].ops.allSatisfy { id in
            let op = graph.problem[id]
            guard !op.isReducing else { return false }
            return zip(op.inputs, op.einsum.inputs).allSatisfy { tensor, access in
                !written.contains(tensor) || (access.rows == .row && access.columns == .column)
            }
        }
    }

    /// A step together with all readers of what it writes: the way to fuse below a tensor with several readers.
    private mutating func proposeFanOut(of node: Int) {
        guard let readers = graph.readers(of: node, atMost: Self.widestFanOut), readers.count > 1 else { return }
        proposeMerge([node] + readers)
    }

    private mutating func proposeRecomputation(of node: Int) {
        guard let readers = graph.readers(of: node, atMost: Self.widestFanOut), readers.count > 1,
            canRecompute(node)
        else { return }
        let after = readers.reduce((latency: 0, isPossible: true)) { sum, reader in
            let bound = graph.latencyBound(of: [node, reader])
            return (sum.latency + bound.latency, sum.isPossible && bound.isPossible)
        }
        push(.recompute, [node] + readers, after: after)
    }

    /// Queues a move that gains no more than what is left by these steps at the least.
    private mutating func push(_ kind: Move.Kind, _ group: [Int], after: (latency: Double, isPossible: Bool)) {
        let gain = group.reduce(-after.latency) { $0 + graph.nodes[$1].choice.latency }
        guard gain > 1e-9 * after.latency else { return }
        let priority = group.reduce(0) { max($0, dependencies.priority(of: graph.nodes[$1].ops)) }
        queue.insert(
            Move(
                gain: gain, isPossible: after.isPossible, priority: priority, kind: kind, group: group,
                versions: group.map { graph.nodes[$0].version }))
    }

    /// Fan-outs wider than this are left to pairwise moves: judging one costs time in proportion to its width.
    static let widestFanOut = 24

    /// Steps with more inputs and outputs of ops than this are not made: judging a move takes time in proportion, and a
    /// step is judged again whenever it grows. No graph of fewer than about 300 ops has such a step; huge graphs get
    /// fewer.
    private static let mostAccesses = (usual: 1024, huge: 192)

    private func isTooWide(_ group: [Int]) -> Bool {
        let isHuge = graph.problem.ops.count > ListScheduler.hugeOps
        return group.reduce(0) { $0 + graph.nodes[$1].accesses }
            > (isHuge ? Self.mostAccesses.huge : Self.mostAccesses.usual)
    }

    /// What the readers of a step become when they recompute it; nil when that is not possible.
    private func recomputation(
        of node: Int, in readers: [Int]
    ) -> [(node: Int, ops: [OpID], choice: GranularityChoice)]? {
        guard canRecompute(node) else { return nil }
        var after: [(node: Int, ops: [OpID], choice: GranularityChoice)] = []
        for reader in readers {
            guard !isTooWide([node, reader]) else { return nil }
            let joined = graph.union([node, reader])
            guard let choice = tuner.tune(.init(ops: joined)) else { return nil }
            after.append((reader, joined, choice))
        }
        return after
    }

    /// False for a step that holds copies itself, or whose outputs someone needs in slow memory: it has to stay.
    private func canRecompute(_ node: Int) -> Bool {
        graph.nodes[node].ops.allSatisfy { op in
            graph.supplier[op.index] == node && graph.containers[op.index].count == 1
                && !graph.problem[op].outputs.contains { graph.problem.graph.isGraphOutput($0) }
        }
    }
}
