/// A topological order of a graph whose nodes are merged step by step, kept without ever sorting the whole graph again.
///
/// Merging nodes is legal when no path leads from one of them to another through a node outside. Such a path lies
/// between the first and the last of them in the order, so the search, and the reordering after it, touch only
/// that window (after Pearce and Kelly, "A dynamic topological sort algorithm for directed acyclic graphs", 2007).
struct AcyclicOrder {
    /// Nodes in topological order; -1 where a node has been merged into another.
    private(set) var sequence: [Int32]
    /// Position of each node in ``sequence``.
    private(set) var position: [Int32]
    private var mark: [UInt32]
    private var stamp: UInt32 = 0
    private var stack: [Int] = []

    /// Takes over an order of the nodes 0, 1, 2 … that is topological.
    init(_ order: [Int]) {
        sequence = order.map(Int32.init)
        position = Array(repeating: 0, count: order.count)
        mark = Array(repeating: 0, count: order.count)
        for (index, node) in order.enumerated() { position[node] = Int32(index) }
    }

    /// The nodes that are left, in order.
    var nodes: [Int] { sequence.lazy.filter { $0 >= 0 }.map(Int.init) }

    /// Finds what lies behind a group of nodes before the last of them, or that the group cannot be merged.
    ///
    /// - Parameter successors: calls its second argument with each successor of a node.
    /// - Complexity: O(nodes and edges between the first and the last of the group).
    /// - Returns: whether merging leaves the graph without a cycle. If so, nodes behind the group carry the stamp.
    private mutating func explore(_ group: [Int], _ successors: (Int, (Int) -> Void) -> Void) -> Bool {
        let last = group.reduce(Int32.min) { max($0, position[$1]) }
        stamp += 2
        let (inGroup, behind) = (stamp, stamp + 1)
        for node in group { mark[node] = inGroup }
        var isAcyclic = true
        stack.removeAll(keepingCapacity: true)
        for node in group {
            successors(node) { next in
                if mark[next] < inGroup, position[next] < last {
                    mark[next] = behind
                    stack.append(next)
                }
            }
        }
        while isAcyclic, let node = stack.popLast() {
            successors(node) { next in
                if mark[next] == inGroup {
                    isAcyclic = false
                } else if mark[next] != behind, position[next] < last {
                    mark[next] = behind
                    stack.append(next)
                }
            }
        }
        return isAcyclic
    }

    /// True when merging the group leaves the graph without a cycle.
    mutating func canMerge(_ group: [Int], successors: (Int, (Int) -> Void) -> Void) -> Bool {
        explore(group, successors)
    }

    /// Merges a group into its first node if that leaves the graph without a cycle.
    ///
    /// - Returns: whether the group was merged; if not, nothing has changed.
    mutating func merge(_ group: [Int], successors: (Int, (Int) -> Void) -> Void) -> Bool {
        guard let head = group.first, explore(group, successors) else { return false }
        let first = Int(group.reduce(Int32.max) { min($0, position[$1]) })
        let last = Int(group.reduce(Int32.min) { max($0, position[$1]) })
        let (inGroup, behind) = (stamp, stamp + 1)
        var write = first
        var later: [Int32] = []
        for index in first...last {
            let node = sequence[index]
            guard node >= 0 else { continue }
            switch mark[Int(node)] {
            case inGroup: continue
            case behind: later.append(node)
            default:
                sequence[write] = node
                position[Int(node)] = Int32(write)
                write += 1
            }
        }
        for node in [Int32(head)] + later {
            sequence[write] = node
            position[Int(node)] = Int32(write)
            write += 1
        }
        while write <= last {
            sequence[write] = -1
            write += 1
        }
        return true
    }

    /// Takes a node out of the order.
    mutating func remove(_ node: Int) {
        sequence[Int(position[node])] = -1
    }
}
