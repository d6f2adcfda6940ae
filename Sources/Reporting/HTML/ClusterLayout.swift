/// Places the clusters of a graph in layers by topological depth, without overlap, and routes the edges between them.
///
/// Along the main axis go the layers; within a layer, items are ordered by the barycentre of their neighbours and
/// placed as close to it as the order allows. Where an edge passes a layer by, it gets a lane of its own there.
struct ClusterLayout {
    /// Which way data flows.
    enum Direction { case down, right }

    /// A point, in units of the drawing.
    struct Point: Equatable {
        var x: Double
        var y: Double
    }

    /// A rectangle with sides along the axes.
    struct Box: Equatable {
        var x: Double
        var y: Double
        var width: Double
        var height: Double

        func overlaps(_ other: Box) -> Bool {
            x < other.x + other.width && other.x < x + width && y < other.y + other.height && other.y < y + height
        }

        func contains(_ other: Box) -> Bool {
            other.x >= x && other.y >= y && other.x + other.width <= x + width && other.y + other.height <= y + height
        }
    }

    /// Sizes of what is drawn.
    enum Size {
        static let nodeWidth = 46.0
        static let nodeHeight = 22.0
        static let nodeGap = 10.0
        static let padding = 7.0
        static let title = 15.0
        static let clusterGap = 12.0
        static let layerGap = 34.0
        static let laneWidth = 5.0
    }

    /// Lanes at most; further edges are drawn straight.
    static let maximumLanes = 20_000

    let direction: Direction
    private(set) var width = 0.0
    private(set) var height = 0.0
    /// By cluster.
    private(set) var clusters: [Box] = []
    /// By node.
    private(set) var nodes: [Box] = []
    /// By edge: points to go through, two and two along the main axis; straight lines between the 0th and 1st, 2nd and
    /// 3rd …, curves between the others.
    private(set) var routes: [[Point]] = []
    /// The layer of each cluster.
    private(set) var layers: [Int] = []

    /// Lays out a graph in this direction.
    init(_ graph: ClusterGraph, direction: Direction) {
        self.direction = direction
        layers = Self.layers(graph)
        let insides = graph.clusters.indices.map { ClusterInside(graph, cluster: $0, direction: direction) }
        var lanes = LaneTable(graph, layers: layers, maximum: Self.maximumLanes)
        let breadths = insides.map { direction == .down ? $0.width : $0.height }
        let depths = insides.map { direction == .down ? $0.height : $0.width }
        lanes.order(iterations: lanes.items.count > 4000 ? 4 : 12)
        let centres = lanes.centres(breadths: breadths)

        var layerStarts: [Double] = []
        var layerDepths: [Double] = []
        var position = 0.0
        for layer in lanes.layers {
            let depth = layer.reduce(0) { max($0, lanes.items[$1].cluster.map { depths[$0] } ?? 0) }
            layerStarts.append(position)
            layerDepths.append(depth)
            position += depth + Size.layerGap
        }
        let mainLength = max(0, position - Size.layerGap)
        var crossLength = 0.0
        clusters = Array(repeating: Box(x: 0, y: 0, width: 0, height: 0), count: insides.count)
        for (item, centre) in zip(lanes.items, centres) {
            guard let cluster = item.cluster else {
                crossLength = max(crossLength, centre + Size.laneWidth)
                continue
            }
            let main = layerStarts[item.layer] + (layerDepths[item.layer] - depths[cluster]) / 2
            let cross = centre - breadths[cluster] / 2
            crossLength = max(crossLength, centre + breadths[cluster] / 2)
            clusters[cluster] = Box(
                x: direction == .down ? cross : main, y: direction == .down ? main : cross,
                width: insides[cluster].width, height: insides[cluster].height)
        }
        (width, height) = direction == .down ? (crossLength, mainLength) : (mainLength, crossLength)
        nodes = Array(repeating: Box(x: 0, y: 0, width: 0, height: 0), count: graph.opOfNode.count)
        for (cluster, inside) in insides.enumerated() {
            for (node, box) in zip(graph.clusters[cluster], inside.nodes) {
                nodes[node] = Box(
                    x: clusters[cluster].x + box.x, y: clusters[cluster].y + box.y, width: box.width,
                    height: box.height)
            }
        }
        let bands = zip(layerStarts, layerDepths).map { (start: $0, end: $0 + $1) }
        routes = graph.edges.indices.map { route($0, graph, lanes, centres, bands) }
    }

    /// The direction in which the whole drawing is shown larger in a window of this shape.
    static func best(_ graph: ClusterGraph, width: Double = 1200, height: Double = 660) -> ClusterLayout {
        let layouts = [ClusterLayout(graph, direction: .down), ClusterLayout(graph, direction: .right)]
        let scales = layouts.map { min(width / max(1, $0.width), height / max(1, $0.height)) }
        return scales[0] >= scales[1] ? layouts[0] : layouts[1]
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

    private func route(
        _ edge: Int, _ graph: ClusterGraph, _ lanes: LaneTable, _ centres: [Double],
        _ bands: [(start: Double, end: Double)]
    ) -> [Point] {
        let (from, to) = (nodes[graph.edges[edge].from], nodes[graph.edges[edge].to])
        let (fromCluster, toCluster) = (
            graph.clusterOfNode[graph.edges[edge].from], graph.clusterOfNode[graph.edges[edge].to]
        )
        let isDown = direction == .down
        let start = isDown ? from.y + from.height : from.x + from.width
        let end = isDown ? to.y : to.x
        let startCross = isDown ? from.x + from.width / 2 : from.y + from.height / 2
        let endCross = isDown ? to.x + to.width / 2 : to.y + to.height / 2
        var points = [(start, startCross)]
        if fromCluster == toCluster {
            points.append((start, startCross))
            points.append((end, endCross))
        } else {
            points.append((bands[layers[fromCluster]].end, startCross))
            for item in lanes.lanesOfEdge[edge] {
                points.append((bands[lanes.items[item].layer].start, centres[item]))
                points.append((bands[lanes.items[item].layer].end, centres[item]))
            }
            points.append((bands[layers[toCluster]].start, endCross))
        }
        points.append((end, endCross))
        return points.map { isDown ? Point(x: $0.1, y: $0.0) : Point(x: $0.0, y: $0.1) }
    }
}
