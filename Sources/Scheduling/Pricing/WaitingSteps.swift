/// Partial steps of a root's search that wait to be branched on, the one with the largest bound first.
///
/// Their places are used again, so that a search of millions of partial steps allocates for those that wait at one
/// time.
struct WaitingSteps {
    /// Where a partial step's potentials come from.
    struct Origin {
        /// Position of the potentials.
        var potentials: Int
        /// Branchings since they were found.
        var age: Int
    }

    /// What is known of a partial step.
    struct Node {
        /// Bound on value less cost.
        var excess: Double
        /// Lower bound of the cost.
        var cost: Double
        var origin: Origin
    }

    private let words: Int
    private var nodes: [Node] = []
    /// Ops that are in, then open ops, of each node.
    private var sets: [UInt64] = []
    private var free: [Int] = []
    /// A binary heap of node numbers by bound.
    private var heap: [Int] = []

    /// - Parameter words: of a set of ops.
    init(words: Int) { self.words = words }

    /// A node that waits, or was the last to be taken.
    subscript(node: Int) -> Node { nodes[node] }

    /// Forgets all.
    mutating func removeAll() {
        nodes.removeAll(keepingCapacity: true)
        sets.removeAll(keepingCapacity: true)
        free.removeAll(keepingCapacity: true)
        heap.removeAll(keepingCapacity: true)
    }

    /// Adds a partial step.
    ///
    /// - Complexity: O(log *n* + words).
    mutating func push(
        _ set: UnsafePointer<UInt64>, _ open: UnsafePointer<UInt64>, excess: Double, cost: Double, origin: Origin
    ) {
        let added = Node(excess: excess, cost: cost, origin: origin)
        let node: Int
        if let reused = free.popLast() {
            node = reused
            nodes[node] = added
        } else {
            node = nodes.count
            nodes.append(added)
            sets.append(contentsOf: repeatElement(0, count: 2 * words))
        }
        for word in 0..<words {
            sets[node * 2 * words + word] = set[word]
            sets[(node * 2 + 1) * words + word] = open[word]
        }
        heap.append(node)
        var child = heap.count - 1
        while child > 0, isBefore(child, (child - 1) / 2) {
            heap.swapAt(child, (child - 1) / 2)
            child = (child - 1) / 2
        }
    }

    /// Takes the node with the largest bound; it can be read until the next one is added.
    ///
    /// - Complexity: O(log *n*).
    mutating func popLargest() -> Int? {
        guard let first = heap.first, let last = heap.popLast() else { return nil }
        free.append(first)
        guard !heap.isEmpty else { return first }
        heap[0] = last
        var parent = 0
        while 2 * parent + 1 < heap.count {
            var child = 2 * parent + 1
            if child + 1 < heap.count, isBefore(child + 1, child) { child += 1 }
            guard isBefore(child, parent) else { break }
            heap.swapAt(parent, child)
            parent = child
        }
        return first
    }

    /// Copies the ops of a node.
    func copy(_ node: Int, to set: UnsafeMutablePointer<UInt64>, _ open: UnsafeMutablePointer<UInt64>) {
        for word in 0..<words {
            set[word] = sets[node * 2 * words + word]
            open[word] = sets[(node * 2 + 1) * words + word]
        }
    }

    @inline(__always)
    private func isBefore(_ left: Int, _ right: Int) -> Bool {
        nodes[heap[left]].excess > nodes[heap[right]].excess
    }
}
