import TestSupport
import Testing

@testable import Reporting

@Suite("Layout of the graph")
struct LayoutTests {
    private static let foldings = [
        (ClusterLayout.Direction.down, 1), (.down, 3), (.right, 1), (.right, 2), (.right, 4),
    ]

    @Test("Clusters and ops do not overlap, and ops lie in their clusters", arguments: foldings)
    func boxes(direction: ClusterLayout.Direction, rows: Int) throws {
        for graph in try graphs() {
            let layout = ClusterLayout(graph, direction: direction, rows: rows)
            let drawing = ClusterLayout.Box(x: 0, y: 0, width: layout.width + 1e-6, height: layout.height + 1e-6)
            for (index, box) in layout.clusters.enumerated() {
                #expect(drawing.contains(box))
                #expect(!layout.clusters[..<index].contains(where: box.overlaps))
            }
            for (index, box) in layout.nodes.enumerated() {
                #expect(layout.clusters[graph.clusterOfNode[index]].contains(box))
                #expect(!layout.nodes[..<index].contains(where: box.overlaps))
            }
        }
    }

    @Test("Edges run from op to op and pass other clusters by", arguments: foldings)
    func routes(direction: ClusterLayout.Direction, rows: Int) throws {
        for graph in try graphs() {
            let layout = ClusterLayout(graph, direction: direction, rows: rows)
            for (edge, route) in zip(graph.edges, layout.routes) {
                #expect(isOnBorder(route.first, of: layout.nodes[edge.from]))
                #expect(isOnBorder(route.last, of: layout.nodes[edge.to]))
                let ends = [graph.clusterOfNode[edge.from], graph.clusterOfNode[edge.to]]
                var last = point(route.first)
                for stretch in route {
                    defer { last = point(stretch) }
                    guard case .line(let end) = stretch, let start = last else { continue }
                    let line = ClusterLayout.Box(
                        x: min(start.x, end.x), y: min(start.y, end.y), width: abs(end.x - start.x),
                        height: abs(end.y - start.y))
                    #expect(line.width == 0 || line.height == 0)
                    let crossed = layout.clusters.indices.filter { layout.clusters[$0].overlaps(line) }
                    #expect(Set(crossed).isSubset(of: ends))
                }
            }
        }
    }

    @Test("Readers stand after what they read")
    func layers() throws {
        for graph in try graphs() {
            let layout = ClusterLayout(graph, direction: .right)
            for edge in graph.edges {
                let (from, to) = (layout.nodes[edge.from], layout.nodes[edge.to])
                #expect(from.x + from.width < to.x)
            }
        }
    }

    @Test("The same graph is laid out the same way")
    func isDeterministic() throws {
        let graph = try ReportCase(own: "moe-129").graph()
        let (first, second) = (ClusterLayout.best(graph), ClusterLayout.best(graph))
        #expect(first.clusters == second.clusters)
        #expect(first.routes == second.routes)
    }

    @Test("Large graphs are drawn a box per step, one edge from one to another")
    func abridged() throws {
        let example = try ReportCase(own: "attention-57")
        let graph = try example.graph(maximumNodes: 10)
        #expect(graph.isAbridged)
        #expect(graph.opOfNode.count == example.schedule.steps.count)
        #expect(Set(graph.edges.map { [$0.from, $0.to, $0.way == .retained ? 1 : 0] }).count == graph.edges.count)
        #expect(ClusterLayout.best(graph).clusters.count == example.schedule.steps.count)
    }

    @Test("Items keep their order and distance, and stay where they may")
    func spread() {
        #expect(LaneTable.spread([0, 10, 20], breadths: [4, 4, 4]) == [0, 10, 20])
        #expect(LaneTable.spread([5, 5], breadths: [4, 4]) == [3, 7])
        #expect(LaneTable.spread([9, 1, 5], breadths: [2, 2, 2]) == [3, 5, 7])
        #expect(LaneTable.spread([], breadths: []).isEmpty)
    }

    private func graphs() throws -> [ClusterGraph] {
        try ReportCase.random(seed: 11, count: 40).map { try $0.graph() }
            + ["attention-57", "random-160"].map { try ReportCase(own: $0).graph() }
    }

    private func point(_ stretch: ClusterLayout.Stretch?) -> ClusterLayout.Point? {
        switch stretch {
        case .move(let point), .line(let point), .curve(let point): point
        case nil: nil
        }
    }

    private func isOnBorder(_ stretch: ClusterLayout.Stretch?, of box: ClusterLayout.Box) -> Bool {
        guard let point = point(stretch) else { return false }
        let isWithin =
            point.x >= box.x - 1e-9 && point.x <= box.x + box.width + 1e-9 && point.y >= box.y - 1e-9
            && point.y <= box.y + box.height + 1e-9
        let distances = [
            point.x - box.x, point.y - box.y, box.x + box.width - point.x, box.y + box.height - point.y,
        ]
        return isWithin && distances.contains { abs($0) < 1e-9 }
    }
}
