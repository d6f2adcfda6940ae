import CostModel
import TensorGraph

/// One search with one set of prices: classes are searched, and split where that does not end.
final class PricingRun: Sendable {
    private let graph: PricingGraph
    private let prices: PriceTables
    private let exact: ExactCosts
    private let settings: RootSearch.Settings
    private let depthLimit: Int
    private let limits: PricingLimits
    private let twins: [[Int]]
    /// The last op that an op is interchangeable with, -1 if none.
    private let lastTwin: [Int]
    /// The median price of an op: the scale of memory prices.
    private let typicalPrice: Double

    /// A class and the roots to search in it.
    private struct Job: Sendable {
        var pricingClass: PricingClass
        var roots: [Int]
    }

    /// Partial steps bounded for a root in a class that can be split.
    private static let nodesBeforeSplit = 200

    init(
        _ graph: PricingGraph, _ prices: DualPrices, _ exact: ExactCosts, interchangeable: [[OpID]],
        threshold: Double, listsAll: Bool, depthLimit: Int, limits: PricingLimits
    ) {
        self.graph = graph
        let tables = PriceTables(graph, prices)
        self.prices = tables
        self.exact = exact
        self.depthLimit = depthLimit
        self.limits = limits
        settings = RootSearch.Settings(
            threshold: threshold, listsAll: listsAll, columnsPerRoot: limits.columnsPerRoot ?? (listsAll ? .max : 24),
            isCancelled: limits.isCancelled)
        var twins = [[Int]](repeating: [], count: graph.opCount)
        var lastTwin = [Int](repeating: -1, count: graph.opCount)
        for ops in InterchangeableOps.withEqualPrices(interchangeable, prices, graph.problem) {
            let numbers = ops.map { graph.numberOfOp[$0.index] }.sorted()
            for (index, number) in numbers.enumerated() {
                twins[number] = Array(numbers[..<index])
                lastTwin[number] = numbers[numbers.count - 1]
            }
        }
        self.twins = twins
        self.lastTwin = lastTwin
        let sorted = (0..<graph.opCount).map { tables.firstAndReach[$0] }.sorted()
        typicalPrice = sorted.isEmpty ? 0 : max(sorted[sorted.count / 2], sorted[sorted.count - 1] / 16)
    }

    func run(threads: Int) -> RootOutcome {
        var total = RootOutcome()
        var jobs = firstJobs()
        while !jobs.isEmpty {
            let level = jobs
            let parts = parallelMap(count: level.count, threads: threads) { self.search(level[$0]) }
            jobs = []
            for (outcome, left) in parts {
                total.add(outcome)
                jobs += left
            }
        }
        return total
    }

    private func firstJobs() -> [Job] {
        var roots: [Tensor: [Int]] = [:]
        var shapes: [Tensor] = []
        for op in stride(from: graph.opCount - 1, through: 0, by: -1) where lastTwin[op] <= op {
            let shape = graph.problem.tensors[graph.outputTensor[graph.outputStart[op]]]
            if roots[shape] == nil { shapes.append(shape) }
            roots[shape, default: []].append(op)
        }
        var reductions: [Tensor: Set<Int>] = [:]
        for op in 0..<graph.opCount where graph.isReducing[op] {
            let shape = graph.problem.tensors[graph.outputTensor[graph.outputStart[op]]]
            reductions[shape, default: []].insert(Int(graph.reduction[op]))
        }
        return shapes.flatMap { shape in
            PricingClass.all(
                width: shape.width, height: shape.height, hardware: graph.problem.hardware,
                reductions: (reductions[shape] ?? []).sorted(), depthLimit: depthLimit
            ).compactMap { pricingClass in
                // A reducing root is a sink.
                let fitting = (roots[shape] ?? []).filter {
                    !graph.isReducing[$0] || Int(graph.reduction[$0]) == pricingClass.sinkReduction
                }
                return fitting.isEmpty ? nil : Job(pricingClass: pricingClass, roots: fitting)
            }
        }
    }

    private func search(_ job: Job) -> (RootOutcome, [Job]) {
        var total = RootOutcome()
        if limits.isCancelled() {
            total.worst = .infinity
            total.unfinished = job.roots.count
            total.isComplete = false
            return (total, [])
        }
        let tables = ClassTables(graph, job.pricingClass, depthLimit: depthLimit)
        let search = RootSearch(
            tables, prices, weights: weights, exact: exact, analyzer: StepAnalyzer(graph.problem),
            settings: settings, twins: twins, lastTwin: lastTwin)
        let parts = job.pricingClass.split()
        var left: [Int] = []
        for root in job.roots where tables.possible[root] & 1 << UInt16(tables.tileKind) != 0 {
            let nodes = parts == nil ? limits.nodesPerRoot : Self.nodesBeforeSplit
            if let outcome = search.run(root: root, nodes: nodes, mayStop: parts != nil) {
                total.add(outcome)
            } else {
                left.append(root)
            }
        }
        guard !left.isEmpty, let parts else { return (total, []) }
        return (total, [parts.0, parts.1].map { Job(pricingClass: $0, roots: left) })
    }

    /// Weights of compute against traffic, each with several prices of memory.
    private var weights: [(weight: Double, memoryPrice: Double)] {
        [0, 0.5, 1].flatMap { weight in
            [0, 0.25, 0.5, 1, 2, 4].map { (weight, $0 * typicalPrice / graph.capacity) }
        }
    }
}
