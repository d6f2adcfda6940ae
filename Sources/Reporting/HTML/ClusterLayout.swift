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

    /// A part of an edge.
    enum Stretch: Equatable {
        /// Begins anew: at the start of the edge, and where it comes from the end of the row before.
        case move(Point)
        /// Straight.
        case line(Point)
        /// A bend that leaves and arrives along the main axis.
        case curve(Point)
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
        static let rowGap = 40.0
        /// How far an edge goes on past the end of a row.
        static let fold = 22.0
    }

    /// Lanes at most; further edges are drawn straight.
    static let maximumLanes = 20_000

    let direction: Direction
    /// The layers are folded into this many rows, like text into lines; into columns when data flows downwards.
    var rows = 1
    var width = 0.0
    var height = 0.0
    /// By cluster.
    var clusters: [Box] = []
    /// By node.
    var nodes: [Box] = []
    /// By edge.
    var routes: [[Stretch]] = []
    /// The layer of each cluster.
    var layers: [Int] = []

    /// Lays out a graph in this direction.
    init(_ graph: ClusterGraph, direction: Direction, rows: Int = 1) {
        self.direction = direction
        self.rows = max(1, rows)
        layers = Self.layers(graph)
        let insides = graph.clusters.indices.map { ClusterInside(graph, cluster: $0, direction: direction) }
        var lanes = LaneTable(graph, layers: layers, maximum: Self.maximumLanes)
        let breadths = insides.map { direction == .down ? $0.width : $0.height }
        let depths = insides.map { direction == .down ? $0.height : $0.width }
        lanes.order(iterations: lanes.items.count > 4000 ? 4 : 12)
        let centres = lanes.centres(breadths: breadths)

        place(graph, lanes, insides, centres, breadths: breadths, depths: depths)
    }

    /// The direction and the folding in which the whole drawing is shown largest in a window of this shape, but no larger
    /// than it is; the fewer rows the better.
    static func best(_ graph: ClusterGraph, width: Double = 1176, height: Double = 1000) -> ClusterLayout {
        var best = ClusterLayout(graph, direction: .right)
        func scale(_ layout: ClusterLayout) -> Double {
            min(1, width / max(1, layout.width), height / max(1, layout.height))
        }
        for direction in [Direction.right, .down] {
            for rows in 1...5 {
                let layout = ClusterLayout(graph, direction: direction, rows: rows)
                if scale(layout) > scale(best) * 1.02 { best = layout }
            }
        }
        return best
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
