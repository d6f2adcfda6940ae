extension ClusterLayout {
    /// Where a layer lies along the main axis, and in which row.
    struct Band {
        var row: Int
        var start: Double
        var end: Double
    }

    /// Turns orders and centres into boxes and routes.
    mutating func place(_ graph: ClusterGraph, _ order: LayeredOrder) {
        let (lanes, centres, breadths, depths) = (order.lanes, order.centres, order.breadths, order.depths)
        let layerDepths = lanes.layers.map { layer in
            layer.reduce(0) { max($0, lanes.items[$1].cluster.map { depths[$0] } ?? 0) }
        }
        let bands = fold(layerDepths)
        let mainLength = bands.reduce(0) { max($0, $1.end) }
        let rowCount = (bands.last?.row ?? 0) + 1
        rows = rowCount
        let (origins, crossLength) = rowOrigins(lanes, centres, breadths, bands, rowCount: rowCount)

        clusters = Array(repeating: Box(x: 0, y: 0, width: 0, height: 0), count: order.insides.count)
        for (item, centre) in zip(lanes.items, centres) {
            guard let cluster = item.cluster else { continue }
            let band = bands[item.layer]
            let main = band.start + (band.end - band.start - depths[cluster]) / 2
            let cross = origins[band.row] + centre - breadths[cluster] / 2
            clusters[cluster] = Box(
                x: direction == .down ? cross : main, y: direction == .down ? main : cross,
                width: order.insides[cluster].width, height: order.insides[cluster].height)
        }
        // Edges that go on in another row reach past its ends.
        let (main, margin) = rowCount > 1 ? (mainLength + 2 * Size.fold, Size.fold) : (mainLength, 0)
        (width, height) = direction == .down ? (crossLength, main) : (main, crossLength)
        for cluster in clusters.indices {
            if direction == .down { clusters[cluster].y += margin } else { clusters[cluster].x += margin }
        }
        nodes = Array(repeating: Box(x: 0, y: 0, width: 0, height: 0), count: graph.opOfNode.count)
        for (cluster, inside) in order.insides.enumerated() {
            for (node, box) in zip(graph.clusters[cluster], inside.nodes) {
                nodes[node] = Box(
                    x: clusters[cluster].x + box.x, y: clusters[cluster].y + box.y, width: box.width,
                    height: box.height)
            }
        }
        let placed = bands.map { Band(row: $0.row, start: $0.start + margin, end: $0.end + margin) }
        let rowEnds = (0..<rowCount).map { row in placed.reduce(0) { $1.row == row ? max($0, $1.end) : $0 } }
        let router = EdgeRouter(layout: self, bands: placed, origins: origins, rowStart: margin, rowEnds: rowEnds)
        routes = graph.edges.indices.map { router.route($0, graph, lanes, centres) }
    }

    /// The place of each layer along the main axis, in rows of about the same length.
    private func fold(_ depths: [Double]) -> [Band] {
        let whole = depths.reduce(0) { $0 + $1 + Size.layerGap }
        let target = whole / Double(rows)
        var bands: [Band] = []
        var (row, position) = (0, 0.0)
        for depth in depths {
            if position > 0, row + 1 < rows, position + depth / 2 > target {
                row += 1
                position = 0
            }
            bands.append(Band(row: row, start: position, end: position + depth))
            position += depth + Size.layerGap
        }
        return bands
    }

    /// What to add to centres in each row, and how far the last row reaches.
    private func rowOrigins(
        _ lanes: LaneTable, _ centres: [Double], _ breadths: [Double], _ bands: [Band], rowCount: Int
    ) -> (origins: [Double], length: Double) {
        var lows = [Double](repeating: .infinity, count: rowCount)
        var highs = [Double](repeating: -.infinity, count: rowCount)
        for (item, centre) in zip(lanes.items, centres) {
            let half = item.cluster.map { breadths[$0] / 2 } ?? Size.laneWidth / 2
            let row = bands[item.layer].row
            lows[row] = min(lows[row], centre - half)
            highs[row] = max(highs[row], centre + half)
        }
        var origins: [Double] = []
        var position = 0.0
        for (low, high) in zip(lows, highs) where low <= high {
            origins.append(position - low)
            position += high - low + Size.rowGap
        }
        return (origins, max(0, position - Size.rowGap))
    }
}
