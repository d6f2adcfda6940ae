/// What a ``ClusterLayout`` decides before it folds the layers into rows: the layer of each cluster, and its place
/// there.
struct LayeredOrder {
    let direction: ClusterLayout.Direction
    /// The layer of each cluster.
    let layers: [Int]
    /// By cluster.
    let insides: [ClusterInside]
    /// Sizes of the clusters across the layers.
    let breadths: [Double]
    /// Sizes of the clusters along the main axis.
    let depths: [Double]
    let lanes: LaneTable
    /// The centre of each item of ``lanes``, across the layers.
    let centres: [Double]

    init(_ graph: ClusterGraph, direction: ClusterLayout.Direction) {
        self.direction = direction
        layers = Self.layers(graph)
        insides = graph.clusters.indices.map { ClusterInside(graph, cluster: $0, direction: direction) }
        breadths = insides.map { direction == .down ? $0.width : $0.height }
        depths = insides.map { direction == .down ? $0.height : $0.width }
        var lanes = LaneTable(graph, layers: layers, maximum: ClusterLayout.maximumLanes)
        lanes.order(iterations: lanes.items.count > 4000 ? 4 : 12)
        centres = lanes.centres(breadths: breadths)
        self.lanes = lanes
    }

    /// The longest path to each cluster; clusters that read no other stand right before their first reader.
    private static func layers(_ graph: ClusterGraph) -> [Int] {
        var layers = [Int](repeating: 0, count: graph.clusters.count)
        var isRoot = [Bool](repeating: true, count: graph.clusters.count)
        var firstReader = [Int?](repeating: nil, count: graph.clusters.count)
        let pairs = graph.edges.map { (graph.clusterOfNode[$0.from], graph.clusterOfNode[$0.to]) }
            .filter { $0.0 < $0.1 }.sorted { $0.1 < $1.1 }
        for (from, to) in pairs {
            layers[to] = max(layers[to], layers[from] + 1)
            isRoot[to] = false
        }
        for (from, to) in pairs where isRoot[from] {
            firstReader[from] = min(firstReader[from] ?? .max, layers[to])
        }
        for (cluster, reader) in firstReader.enumerated() {
            if let reader { layers[cluster] = max(0, reader - 1) }
        }
        return layers
    }
}
