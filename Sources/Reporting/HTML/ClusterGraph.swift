import TensorGraph

/// The graph of a schedule as it is drawn: ops as nodes, steps as clusters, data flow as edges.
///
/// Data flows forward in a schedule, so clusters in schedule order are in topological order; an op that several steps
/// compute is a node in each.
struct ClusterGraph {
    /// A line between nodes of two clusters, or of one.
    struct Edge: Hashable {
        let from: Int
        let to: Int
        let way: ScheduleFlow.Way
        /// Edges of one tensor from one node share a lane.
        let tensor: Int
    }

    /// The op of each node; nil for a node that stands for a whole cluster.
    private(set) var opOfNode: [Int?] = []
    /// The cluster of each node.
    private(set) var clusterOfNode: [Int] = []
    /// Nodes of each cluster, producers first.
    private(set) var clusters: [[Int]] = []
    /// Each once.
    private(set) var edges: [Edge] = []
    /// The edges within each cluster, by cluster.
    private(set) var inside: [[Edge]] = []

    /// With more ops than this, clusters are drawn without their ops.
    static let maximumNodes = 700

    /// True when clusters are drawn without their ops.
    let isAbridged: Bool

    init(steps: [[OpID]], edges flow: [ScheduleFlow.Edge], maximumNodes: Int = Self.maximumNodes) {
        isAbridged = steps.reduce(0) { $0 + $1.count } > maximumNodes
        var nodes: [ScheduleFlow.Copy: Int] = [:]
        for (cluster, ops) in steps.enumerated() {
            var members: [Int] = []
            for (position, op) in ops.enumerated() {
                if !isAbridged || position == 0 {
                    members.append(opOfNode.count)
                    opOfNode.append(isAbridged ? nil : op.index)
                    clusterOfNode.append(cluster)
                }
                nodes[ScheduleFlow.Copy(step: cluster, op: op)] = opOfNode.count - 1
            }
            clusters.append(members)
        }
        inside = Array(repeating: [], count: clusters.count)
        var known = Set<Edge>()
        for edge in flow {
            guard let from = nodes[edge.from], let to = nodes[edge.to], from != to else { continue }
            let drawn = Edge(
                from: from, to: to, way: edge.way, tensor: isAbridged ? 0 : edge.tensor.index)
            guard known.insert(drawn).inserted else { continue }
            edges.append(drawn)
            if clusterOfNode[from] == clusterOfNode[to] { inside[clusterOfNode[from]].append(drawn) }
        }
    }
}
