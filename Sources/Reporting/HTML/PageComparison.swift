/// Another schedule beside the one that a report page shows, block by block.
public struct PageComparison: Encodable, Sendable {
    /// Steps of both schedules that cover the same ops.
    public struct Block: Encodable, Sendable {
        /// Ids of ops.
        public let ops: [Int]
        /// Positions of A's steps.
        public let stepsA: [Int]
        /// Positions of B's steps.
        public let stepsB: [Int]
        /// Units of time.
        public let latencyA: Double
        /// Units of time.
        public let latencyB: Double
        /// B's latency less A's, in units of time.
        public var difference: Double { latencyB - latencyA }
        /// What is decided differently; empty if nothing is.
        public let differs: [String]
    }

    /// The file of A, which the page shows.
    public let pathA: String
    /// The file of B.
    public let pathB: String
    /// The latency of each of A's steps, in units of time.
    public let latenciesA: [Double]
    /// The latency of each of B's steps, in units of time.
    public let latenciesB: [Double]
    /// B's latency less A's, in units of time.
    public let difference: Double
    /// In the order of A.
    public let blocks: [Block]

    /// Takes what a page shows from a comparison.
    public init(_ comparison: ScheduleComparison) {
        (pathA, pathB) = (comparison.a.path, comparison.b.path)
        latenciesA = comparison.a.steps.map(\.latency)
        latenciesB = comparison.b.steps.map(\.latency)
        difference = comparison.difference
        blocks = comparison.blocks.map { block in
            Block(
                ops: block.ops, stepsA: block.stepsA, stepsB: block.stepsB, latencyA: block.latencyA,
                latencyB: block.latencyB, differs: block.costs.map(\.name))
        }
    }

    /// Positions in ``blocks`` of those that differ.
    var differing: [Int] { blocks.indices.filter { !blocks[$0].differs.isEmpty } }
}

/// The steps of two schedules over one axis of time.
struct ComparisonChart {
    let comparison: PageComparison

    private let frame = ChartFrame(
        name: "comparison", title: "Steps of both schedules",
        description: "The steps of A above those of B, as wide as their latency. The table below has the numbers.")

    var svg: String { frame.drawn(draw) }

    private func draw(_ size: ChartSize, _ svg: inout SVGWriter) -> Double {
        let sides = [
            ("A", comparison.latenciesA, \PageComparison.Block.stepsA), ("B", comparison.latenciesB, \.stepsB),
        ]
        let longest = sides.map { $0.1.reduce(0, +) }.max() ?? 0
        let axis = Axis(.linear, from: 0, to: longest, start: 26, end: size.width - 14)
        var top = 4.0
        for (name, latencies, steps) in sides {
            svg.label(name, x: 8, y: top + 22, style: "label strong")
            let colours = colours(of: steps, count: latencies.count)
            var start = 0.0
            for (index, latency) in latencies.enumerated() {
                let (low, high) = (axis.position(start), axis.position(start + latency))
                let block = colours[index]
                svg.rect(
                    block.map { "block \(stepColour($0))" } ?? "same", x: low, y: top, width: high - low, height: 34,
                    tip: tip(name, index, latency, block))
                let text = "\(index)"
                if high - low > Double(text.count) * 7.5 + 5 {
                    svg.label(text, x: (low + high) / 2, y: top + 21.5, style: "name", anchor: .middle)
                }
                start += latency
            }
            top += 44
        }
        return drawTimeAxis(axis, at: top + 2, count: size == .wide ? 10 : 4, &svg)
    }

    /// The block of each step, by its place among those that differ; nil where both decide the same.
    private func colours(of steps: KeyPath<PageComparison.Block, [Int]>, count: Int) -> [Int?] {
        var colours = [Int?](repeating: nil, count: count)
        for (colour, block) in comparison.differing.enumerated() {
            for step in comparison.blocks[block][keyPath: steps] where step < count { colours[step] = colour }
        }
        return colours
    }

    private func tip(_ name: String, _ index: Int, _ latency: Double, _ colour: Int?) -> String {
        let first = "\(name), step \(index): latency \(readable(latency))"
        guard let colour else { return first + "\nthe same in both" }
        let block = comparison.blocks[comparison.differing[colour]]
        return first + "\nblock \(colour): ops \(abridged(block.ops)), B - A \(signed(block.difference))"
            + "\ndiffers in \(block.differs.joined(separator: ", "))"
    }
}
