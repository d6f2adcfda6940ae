import CostModel
import TensorGraph

/// One search with one set of prices: classes are searched, and split where that does not end.
final class PricingRun: Sendable {
    private let graph: PricingGraph
    private let prices: PriceTables
    private let exact: ExactCosts
    private let settings: RootSearch.Settings
    /// True when all steps within the slack are listed.
    var listsAll: Bool { settings.listsAll }
    private let depthLimit: Int
    private let limits: PricingLimits
    private let twins: [[Int]]
    /// The ops that each op is interchangeable with, itself included: its price is theirs.
    private let twinClass: [[Int]]
    /// The last op that an op is interchangeable with, -1 if none.
    private let lastTwin: [Int]
    /// The median price of an op: the scale of memory prices.
    private let typicalPrice: Double

    /// A class and the roots to search in it.
    private struct Job: Sendable {
        var pricingClass: PricingClass
        var roots: [Int]
    }

    /// Preparing a class takes as long as some partial steps for each op: more ops, more roots that share it.
    private static let opsPerRoot = 32
    /// How many more partial steps a root gets that has met its limit.
    private static let growth = 8
    /// How much more all roots together get when no more than these are left: a bound that lacks little is worth it.
    private static let growthForFew = 4
    private static let fewRoots = 16
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
            vainSearches: limits.vainSearches,
            isCancelled: limits.isCancelled)
        var twins = [[Int]](repeating: [], count: graph.opCount)
        var lastTwin = [Int](repeating: -1, count: graph.opCount)
        var twinClass = (0..<graph.opCount).map { [$0] }
        for ops in InterchangeableOps.withEqualPrices(interchangeable, prices, graph.problem) {
            let numbers = ops.map { graph.numberOfOp[$0.index] }.sorted()
            for (index, number) in numbers.enumerated() {
                twins[number] = Array(numbers[..<index])
                lastTwin[number] = numbers[numbers.count - 1]
                twinClass[number] = numbers
            }
        }
        self.twins = twins
        self.lastTwin = lastTwin
        self.twinClass = twinClass
        let sorted = (0..<graph.opCount).map { tables.firstAndReach[$0] }.sorted()
        typicalPrice = sorted.isEmpty ? 0 : max(sorted[sorted.count / 2], sorted[sorted.count - 1] / 16)
    }

    func run(threads: Int) -> RootOutcome {
        var total = RootOutcome()
        var jobs = firstJobs()
        var pending: [Unfinished] = []
        while !jobs.isEmpty {
            let level = jobs
            let parts = parallelMap(count: level.count, threads: threads) { self.search(level[$0]) }
            jobs = []
            for part in parts {
                total.add(part.outcome)
                jobs += part.jobs
                pending += part.unfinished
            }
        }
        var nodes = limits.nodesPerRoot
        while !pending.isEmpty, !limits.isCancelled() {
            // Most roots end soon; those that do not share what a round may cost.
            let all = limits.nodes * (pending.count <= Self.fewRoots ? Self.growthForFew : 1)
            let more = min(nodes * Self.growth, all / pending.count)
            guard more >= 2 * nodes else { break }
            nodes = more
            let level = pending
            let outcomes = parallelMap(count: level.count, threads: threads) { self.search(level[$0], nodes: more) }
            guard !limits.isCancelled() else { break }
            pending = []
            for part in outcomes {
                total.add(part.outcome)
                pending += part.unfinished
            }
        }
        for unfinished in pending { total.add(unfinished.outcome) }
        return total
    }

    /// Prices by which no step is worth more than it costs: those searched with, lowered as far as the search says.
    ///
    /// *Proof.* A step's last op is not upstream of what the step finds, so it can run there for the first time: the
    /// price first[root] counts in full in the value of each step of the root. Lowered by the root's excess, no step of
    /// it is worth more than it costs; no other step is worth more than before. Where the price is less than that, or
    /// where it is better, all prices are divided by the root's ratio instead. Of all ways to share roots between the
    /// two, by their ratios, the one with the largest objective is taken. Interchangeable ops have equal prices, and
    /// stand for each other as roots: they are lowered together.
    func feasible(_ excesses: [RootExcess]) -> DualPrices {
        var worst: [Int: RootExcess] = [:]
        for excess in excesses {
            let known = worst[excess.root] ?? RootExcess(root: excess.root, excess: 0, ratio: 1)
            worst[excess.root] = RootExcess(
                root: excess.root, excess: max(known.excess, excess.excess), ratio: max(known.ratio, excess.ratio))
        }
        let roots = worst.values.sorted { ($0.ratio, $0.root) < ($1.ratio, $1.root) }
        let objective = prices.prices.objective
        var best = (value: 0.0, divisor: Double.infinity, lowered: roots.count)
        var loss = 0.0
        // The roots from `lowered` on have their own price lowered, those before share a divisor.
        for lowered in stride(from: roots.count, through: 0, by: -1) {
            if lowered < roots.count {
                let root = roots[lowered]
                guard root.excess <= prices.first[root.root] else { break }
                loss += root.excess * Double(twinClass[root.root].count)
            }
            let divisor = lowered == 0 ? 1 : roots[lowered - 1].ratio
            let value = (objective - loss) / divisor
            if value > best.value { best = (value, divisor, lowered) }
        }
        guard best.divisor.isFinite else { return DualPrices(graph.problem) }
        var lowered = prices.prices
        for root in roots[best.lowered...] {
            for op in twinClass[root.root] {
                let index = graph.opOfNumber[op].index
                lowered.first[index] = max(0, lowered.first[index] - root.excess)
            }
        }
        // A hair below, for the rounding of sums.
        return lowered.scaled(by: (1 - 1e-10) / best.divisor)
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
            ).flatMap { pricingClass in
                // A reducing root is a sink.
                let fitting = (roots[shape] ?? []).filter {
                    !graph.isReducing[$0] || Int(graph.reduction[$0]) == pricingClass.sinkReduction
                }
                return jobs(pricingClass, fitting)
            }
        }
    }

    /// Roots that take long are shared out among the cores.
    private func jobs(_ pricingClass: PricingClass, _ roots: [Int]) -> [Job] {
        let chunk = max(1, graph.opCount / Self.opsPerRoot)
        return stride(from: 0, to: roots.count, by: chunk).map {
            Job(pricingClass: pricingClass, roots: Array(roots[$0..<min(roots.count, $0 + chunk)]))
        }
    }

    /// What became of a class's roots.
    private struct Part: Sendable {
        /// Of roots that are done with.
        var outcome = RootOutcome()
        /// Roots to be looked at in parts of the class.
        var jobs: [Job] = []
        /// Roots that met the limit in a class that is not split any more.
        var unfinished: [Unfinished] = []
    }

    /// A root of a class, and what is known of it so far.
    private struct Unfinished: Sendable {
        var job: Job
        var outcome: RootOutcome
    }

    private func search(_ job: Job) -> Part {
        var part = Part()
        if limits.isCancelled() {
            part.outcome.excesses = job.roots.map { RootExcess(root: $0, excess: .infinity, ratio: .infinity) }
            part.outcome.unfinished = job.roots.count
            part.outcome.isComplete = false
            return part
        }
        let tables = ClassTables(graph, job.pricingClass, depthLimit: depthLimit)
        let search = rootSearch(tables)
        let parts = job.pricingClass.split()
        var left: [Int] = []
        for root in job.roots where tables.possible[root] & 1 << UInt16(tables.tileKind) != 0 {
            let nodes = parts == nil ? limits.nodesPerRoot : Self.nodesBeforeSplit
            guard let outcome = search.run(root: root, nodes: nodes, mayStop: parts != nil) else {
                left.append(root)
                continue
            }
            if outcome.isOutOfNodes {
                part.unfinished.append(
                    Unfinished(job: Job(pricingClass: job.pricingClass, roots: [root]), outcome: outcome))
            } else {
                part.outcome.add(outcome)
            }
        }
        guard !left.isEmpty, let parts else { return part }
        part.jobs = [parts.0, parts.1].flatMap { jobs($0, left) }
        return part
    }

    /// Searches a root again, with more partial steps, and in narrower classes where there are any.
    private func search(_ unfinished: Unfinished, nodes: Int) -> Part {
        var part = Part()
        let pricingClass = unfinished.job.pricingClass
        let classes = pricingClass.split(above: 1).map { [$0.0, $0.1] } ?? [pricingClass]
        for pricingClass in classes {
            let tables = ClassTables(graph, pricingClass, depthLimit: depthLimit)
            let root = unfinished.job.roots[0]
            guard tables.possible[root] & 1 << UInt16(tables.tileKind) != 0 else { continue }
            let outcome = rootSearch(tables).run(root: root, nodes: nodes, mayStop: false) ?? unfinished.outcome
            if outcome.isOutOfNodes {
                part.unfinished.append(
                    Unfinished(job: Job(pricingClass: pricingClass, roots: [root]), outcome: outcome))
            } else {
                part.outcome.add(outcome)
            }
        }
        return part
    }

    private func rootSearch(_ tables: ClassTables) -> RootSearch {
        RootSearch(
            tables, prices, weights: weights, exact: exact, analyzer: StepAnalyzer(graph.problem),
            settings: settings, twins: twins, lastTwin: lastTwin)
    }

    /// Weights of compute against traffic, each with several prices of memory.
    private var weights: [RootSearch.Weight] {
        [0, 0.5, 1].flatMap { compute in
            [0, 0.25, 0.5, 1, 2, 4, 8, 16, 32].map {
                RootSearch.Weight(
                    compute: compute, memoryPrice: $0 * typicalPrice / graph.capacity, isHigh: $0 > Self.highestUsual)
            }
        }
    }

    /// Above this many typical prices for all of fast memory, few partial steps are bounded best; those few are large.
    private static let highestUsual = 4.0
}
