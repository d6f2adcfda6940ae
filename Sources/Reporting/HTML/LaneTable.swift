/// What stands in each layer of a ``ClusterLayout``: clusters, and lanes in which edges pass the layer by.
struct LaneTable {
    /// A cluster or a lane.
    struct Item {
        let layer: Int
        /// Nil for a lane.
        let cluster: Int?
    }

    private(set) var items: [Item] = []
    /// Items of each layer, in order.
    private(set) var layers: [[Int]] = []
    /// By edge: the lanes that it goes through.
    private(set) var lanesOfEdge: [[Int]]
    private var before: [[Int]]
    private var after: [[Int]]

    init(_ graph: ClusterGraph, layers layerOfCluster: [Int], maximum: Int) {
        lanesOfEdge = Array(repeating: [], count: graph.edges.count)
        items = layerOfCluster.enumerated().map { Item(layer: $1, cluster: $0) }
        layers = Array(repeating: [], count: (layerOfCluster.max() ?? -1) + 1)
        for (item, layer) in layerOfCluster.enumerated() { layers[layer].append(item) }
        before = Array(repeating: [], count: items.count)
        after = before

        struct Trunk: Hashable {
            let node: Int
            let tensor: Int
        }
        var trunks: [Trunk: [Int]] = [:]
        let laneLimit = items.count + maximum
        for (number, edge) in graph.edges.enumerated() {
            let (from, to) = (graph.clusterOfNode[edge.from], graph.clusterOfNode[edge.to])
            let (first, last) = (layerOfCluster[from], layerOfCluster[to])
            guard first < last else { continue }
            let passed = last - first - 1
            let trunk = Trunk(node: edge.from, tensor: edge.tensor)
            var lanes = trunks[trunk, default: []]
            let isTooMany = items.count + passed - lanes.count > laneLimit
            if isTooMany { continue }
            while lanes.count < passed {
                let item = items.count
                items.append(Item(layer: first + 1 + lanes.count, cluster: nil))
                before.append([])
                after.append([])
                layers[first + 1 + lanes.count].append(item)
                link(lanes.last ?? from, item)
                lanes.append(item)
            }
            trunks[trunk] = lanes
            lanesOfEdge[number] = Array(lanes.prefix(passed))
            link(passed == 0 ? from : lanes[passed - 1], to)
        }
    }

    private mutating func link(_ from: Int, _ to: Int) {
        after[from].append(to)
        before[to].append(from)
    }

    /// Orders each layer by the mean position of neighbours, forwards and backwards in turn.
    mutating func order(iterations: Int) {
        var rank = [Double](repeating: 0, count: items.count)
        func number(_ layer: [Int]) {
            for (position, item) in layer.enumerated() {
                rank[item] = (Double(position) + 0.5) / Double(max(1, layer.count))
            }
        }
        for layer in layers { number(layer) }
        for iteration in 0..<iterations {
            let forwards = iteration.isMultiple(of: 2)
            for layer in forwards ? Array(layers.indices) : layers.indices.reversed() {
                var keys: [Int: Double] = [:]
                for item in layers[layer] {
                    let neighbours = forwards ? before[item] : after[item]
                    keys[item] =
                        neighbours.isEmpty
                        ? rank[item] : neighbours.reduce(0) { $0 + rank[$1] } / Double(neighbours.count)
                }
                // Ties stay as they are: sorting is not stable, so the position decides.
                let sorted = layers[layer].enumerated().sorted { left, right in
                    let (a, b) = (keys[left.element] ?? 0, keys[right.element] ?? 0)
                    return a == b ? left.offset < right.offset : a < b
                }
                layers[layer] = sorted.map(\.element)
                number(layers[layer])
            }
        }
    }

    /// The centre of each item across the layers: as close to its neighbours as order and sizes allow, the least 0.
    func centres(breadths: [Double]) -> [Double] {
        func breadth(_ item: Int) -> Double {
            items[item].cluster.map { breadths[$0] + ClusterLayout.Size.clusterGap } ?? ClusterLayout.Size.laneWidth
        }
        var centres = [Double](repeating: 0, count: items.count)
        for layer in layers {
            let length = layer.reduce(0) { $0 + breadth($1) }
            var position = -length / 2
            for item in layer {
                centres[item] = position + breadth(item) / 2
                position += breadth(item)
            }
        }
        for iteration in 0..<16 {
            let forwards = iteration.isMultiple(of: 2)
            for layer in forwards ? layers : layers.reversed() {
                // The last rounds look both ways, so that nothing is drawn to one side only.
                let wanted = layer.map { item in
                    let neighbours =
                        iteration >= 8 ? before[item] + after[item] : forwards ? before[item] : after[item]
                    // A weak pull to the middle, or long graphs would drift to one side, layer by layer.
                    return neighbours.isEmpty
                        ? centres[item]
                        : neighbours.reduce(0) { $0 + centres[$1] } / (Double(neighbours.count) + 0.08)
                }
                for (item, centre) in zip(layer, Self.spread(wanted, breadths: layer.map(breadth))) {
                    centres[item] = centre
                }
            }
        }
        let least = items.indices.map { centres[$0] - breadth($0) / 2 }.min() ?? 0
        return centres.map { $0 - least }
    }

    /// The positions closest to the wanted ones, by least squares, that keep the order and do not overlap.
    ///
    /// With the sizes subtracted, this is isotonic regression: neighbours that are in each other's way are pooled.
    static func spread(_ wanted: [Double], breadths: [Double]) -> [Double] {
        var offsets: [Double] = []
        var offset = 0.0
        for breadth in breadths {
            offsets.append(offset + breadth / 2)
            offset += breadth
        }
        var pools: [(sum: Double, count: Int)] = []
        for (wish, offset) in zip(wanted, offsets) {
            pools.append((wish - offset, 1))
            while pools.count > 1 {
                let (last, previous) = (pools[pools.count - 1], pools[pools.count - 2])
                guard previous.sum / Double(previous.count) > last.sum / Double(last.count) else { break }
                pools.removeLast()
                pools[pools.count - 1] = (previous.sum + last.sum, previous.count + last.count)
            }
        }
        let values = pools.flatMap { Array(repeating: $0.sum / Double($0.count), count: $0.count) }
        return zip(values, offsets).map { $0 + $1 }
    }
}
