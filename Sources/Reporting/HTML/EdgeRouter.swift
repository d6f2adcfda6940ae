/// Leads edges from op to op: straight through layers, in bends between them.
struct EdgeRouter {
    let layout: ClusterLayout
    let bands: [ClusterLayout.Band]
    let origins: [Double]
    /// Where rows start and end along the main axis.
    let rowStart: Double
    let rowEnds: [Double]

    private func point(_ main: Double, _ cross: Double) -> ClusterLayout.Point {
        layout.direction == .down ? ClusterLayout.Point(x: cross, y: main) : ClusterLayout.Point(x: main, y: cross)
    }

    func route(
        _ number: Int, _ graph: ClusterGraph, _ lanes: LaneTable, _ centres: [Double]
    ) -> [ClusterLayout.Stretch] {
        let edge = graph.edges[number]
        let (from, to) = (layout.nodes[edge.from], layout.nodes[edge.to])
        let (fromCluster, toCluster) = (graph.clusterOfNode[edge.from], graph.clusterOfNode[edge.to])
        let isDown = layout.direction == .down
        let start = isDown ? from.y + from.height : from.x + from.width
        let end = isDown ? to.y : to.x
        let startCross = isDown ? from.x + from.width / 2 : from.y + from.height / 2
        let endCross = isDown ? to.x + to.width / 2 : to.y + to.height / 2
        var stretches: [ClusterLayout.Stretch] = [.move(point(start, startCross))]
        guard fromCluster != toCluster else { return stretches + [.curve(point(end, endCross))] }

        var (layer, cross) = (layout.layers[fromCluster], startCross)
        stretches.append(.line(point(bands[layer].end, cross)))
        func enter(_ next: Int, at nextCross: Double) {
            if bands[next].row != bands[layer].row {
                // At the same height relative to the row, as text goes on in the next line.
                let leaves = nextCross - origins[bands[next].row] + origins[bands[layer].row]
                stretches.append(.curve(point(rowEnds[bands[layer].row] + ClusterLayout.Size.fold, leaves)))
                stretches.append(.move(point(rowStart - ClusterLayout.Size.fold, nextCross)))
                stretches.append(.line(point(bands[next].start, nextCross)))
            } else {
                stretches.append(.curve(point(bands[next].start, nextCross)))
            }
            (layer, cross) = (next, nextCross)
        }
        for item in lanes.lanesOfEdge[number] {
            let next = lanes.items[item].layer
            enter(next, at: centres[item] + origins[bands[next].row])
            stretches.append(.line(point(bands[next].end, cross)))
        }
        enter(layout.layers[toCluster], at: endCross)
        stretches.append(.line(point(end, endCross)))
        return stretches
    }
}
