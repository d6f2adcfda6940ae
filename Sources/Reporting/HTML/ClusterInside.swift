/// The ops of one cluster, in layers by their depth within it, and the size that this takes.
struct ClusterInside {
    private(set) var width: Double
    private(set) var height: Double
    /// One box per node of the cluster, from the cluster's corner.
    private(set) var nodes: [ClusterLayout.Box] = []

    init(_ graph: ClusterGraph, cluster: Int, direction: ClusterLayout.Direction) {
        typealias Size = ClusterLayout.Size
        let members = graph.clusters[cluster]
        guard !graph.isAbridged else {
            width = Size.nodeWidth
            height = Size.nodeHeight
            nodes = members.map { _ in ClusterLayout.Box(x: 0, y: 0, width: width, height: height) }
            return
        }
        let depths = Self.depths(graph, members)
        let layerCount = (depths.max() ?? 0) + 1
        var counts = [Int](repeating: 0, count: layerCount)
        for depth in depths { counts[depth] += 1 }
        let broadest = Double(counts.max() ?? 1)
        let isDown = direction == .down
        let (nodeCross, nodeMain) = isDown ? (Size.nodeWidth, Size.nodeHeight) : (Size.nodeHeight, Size.nodeWidth)
        let cross = broadest * (nodeCross + Size.nodeGap) - Size.nodeGap
        let main = Double(layerCount) * (nodeMain + Size.nodeGap) - Size.nodeGap
        var placed = [Int](repeating: 0, count: layerCount)
        for depth in depths {
            let used = Double(counts[depth]) * (nodeCross + Size.nodeGap) - Size.nodeGap
            let crossStart = (cross - used) / 2 + Double(placed[depth]) * (nodeCross + Size.nodeGap)
            let mainStart = Double(depth) * (nodeMain + Size.nodeGap)
            placed[depth] += 1
            nodes.append(
                ClusterLayout.Box(
                    x: Size.padding + (isDown ? crossStart : mainStart),
                    y: Size.title + (isDown ? mainStart : crossStart),
                    width: Size.nodeWidth, height: Size.nodeHeight))
        }
        width = 2 * Size.padding + (isDown ? cross : main)
        height = Size.title + Size.padding + (isDown ? main : cross)
    }

    private static func depths(_ graph: ClusterGraph, _ members: [Int]) -> [Int] {
        guard let first = members.first, members.count > 1 else { return members.map { _ in 0 } }
        var depths = [Int](repeating: 0, count: members.count)
        for edge in graph.inside[graph.clusterOfNode[first]].sorted(by: { $0.to < $1.to }) {
            depths[edge.to - first] = max(depths[edge.to - first], depths[edge.from - first] + 1)
        }
        return depths
    }
}
