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
        self.init(graph, LayeredOrder(graph, direction: direction), rows: rows)
    }

    init(_ graph: ClusterGraph, _ order: LayeredOrder, rows: Int) {
        direction = order.direction
        layers = order.layers
        self.rows = max(1, rows)
        place(graph, order)
    }

    /// The direction and the folding in which the whole drawing is shown largest in a window of this shape, but no
    /// larger than it is; the fewer rows the better.
    static func best(_ graph: ClusterGraph, width: Double = 1176, height: Double = 1000) -> ClusterLayout {
        var best: ClusterLayout?
        func scale(_ layout: ClusterLayout) -> Double {
            min(1, width / max(1, layout.width), height / max(1, layout.height))
        }
        for direction in [Direction.right, .down] {
            let order = LayeredOrder(graph, direction: direction)
            for rows in 1...(graph.isAbridged ? 16 : 5) {
                let layout = ClusterLayout(graph, order, rows: rows)
                if best.map({ scale(layout) > scale($0) * 1.02 }) ?? true { best = layout }
            }
        }
        return best ?? ClusterLayout(graph, direction: .right)
    }
}
