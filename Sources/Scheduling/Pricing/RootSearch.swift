import CostModel
import TensorGraph

/// What a search found for one root, or for several.
struct RootOutcome: Sendable {
    var columns: [PricedColumn] = []
    /// By how much steps of a root can be worth more than they cost; roots without an entry have none that is.
    var excesses: [RootExcess] = []
    var nodes = 0
    var leaves = 0
    var granularitySearches = 0
    /// Roots whose search met a limit.
    var unfinished = 0
    /// True for a root that more partial steps would finish, or bound better.
    var isOutOfNodes = false
    /// False when something with a value above the threshold was left out.
    var isComplete = true
    /// What the bounds of unfinished roots are made of.
    var relaxed: [RelaxedStep] = []

    mutating func add(_ other: RootOutcome) {
        columns += other.columns
        relaxed += other.relaxed
        excesses += other.excesses
        nodes += other.nodes
        leaves += other.leaves
        granularitySearches += other.granularitySearches
        unfinished += other.unfinished
        isComplete = isComplete && other.isComplete
    }
}

/// By how much the steps with one last op can be worth more than they cost.
struct RootExcess: Sendable {
    /// The last op.
    var root: Int
    /// Value less cost at most, in units of time; infinite when nothing is known.
    var excess: Double
    /// Value in proportion to cost at most, above 1.
    var ratio: Double
}

/// Branch and bound over the op sets of one class whose last op is a given one, the *root*.
///
/// Partial steps are branched on the last undecided op next to the step, so that readers are decided before producers:
/// it is in, or out. The partial step with the largest bound comes first, followed to an end; then the next largest.
/// What is open when a limit is met is accounted for by its bounds.
final class RootSearch {
    let tables: ClassTables
    let graph: PricingGraph
    let step: PartialStep
    let leaf: LeafSteps
    private let finder: PotentialsFinder
    let exact: ExactCosts
    let analyzer: StepAnalyzer
    private let prices: PriceTables
    private let weights: [Weight]
    /// Potentials found for some partial steps; those below use them too.
    private var found: [[Potentials]] = []
    /// Of the partial step at hand: where its potentials are, and branchings since they were found.
    private var current = 0
    private var age = 0
    let settings: Settings
    /// For each op the earlier ones that it stands for, and the last that stands for it or -1; see
    /// ``PricingSearch/interchangeable``.
    private let twins: [[Int]]
    private let lastTwin: [Int]

    /// How a bound weighs compute against traffic, and what it charges for memory.
    struct Weight: Sendable {
        /// The weight of compute, 0 to 1.
        var compute: Double
        /// Units of time for each element of fast memory.
        var memoryPrice: Double
        /// True for a price so high that it helps against large steps alone.
        var isHigh: Bool
    }

    struct Settings {
        /// Op sets whose value less cost exceeds this are looked for.
        var threshold: Double
        var listsAll: Bool
        var columnsPerRoot: Int
        /// Granularities searched for one op set to no effect, unless all steps are asked for.
        var vainSearches: Int
        var isCancelled: @Sendable () -> Bool
    }

    private var waiting: WaitingSteps
    private let words: Int
    let set: UnsafeMutablePointer<UInt64>
    let open: UnsafeMutablePointer<UInt64>
    private let childSet: UnsafeMutablePointer<UInt64>
    private let childOpen: UnsafeMutablePointer<UInt64>
    private let frontier: UnsafeMutablePointer<UInt64>
    private let next: UnsafeMutablePointer<UInt64>
    var outcome = RootOutcome()
    /// The worst of the root's steps so far.
    var worst = RootExcess(root: 0, excess: 0, ratio: 1)
    /// True when the cost of a step is not known well enough in this class.
    var isVague = false

    init(
        _ tables: ClassTables, _ prices: PriceTables, weights: [Weight],
        exact: ExactCosts,
        analyzer: StepAnalyzer, settings: Settings, twins: [[Int]], lastTwin: [Int]
    ) {
        self.tables = tables
        self.exact = exact
        self.analyzer = analyzer
        self.settings = settings
        self.twins = twins
        self.lastTwin = lastTwin
        graph = tables.graph
        self.prices = prices
        self.weights = weights
        step = PartialStep(tables, prices)
        leaf = LeafSteps(step)
        finder = PotentialsFinder(tables, prices)
        words = graph.words
        waiting = WaitingSteps(words: words)
        set = .filled(words, 0)
        open = .filled(words, 0)
        childSet = .filled(words, 0)
        childOpen = .filled(words, 0)
        frontier = .filled(words, 0)
        next = .filled(words, 0)
    }

    deinit {
        set.deallocate()
        open.deallocate()
        childSet.deallocate()
        childOpen.deallocate()
        frontier.deallocate()
        next.deallocate()
    }

    /// Searches one root.
    ///
    /// - Parameter nodes: partial steps bounded at most.
    /// - Returns: nil if the limit was met and `mayStop` says that the caller will split the class.
    func run(root: Int, nodes limit: Int, mayStop: Bool) -> RootOutcome? {
        outcome = RootOutcome()
        worst = RootExcess(root: root, excess: 0, ratio: 1)
        isVague = false
        waiting.removeAll()
        found.removeAll(keepingCapacity: true)
        start(root)
        guard choosePotentials() else { return outcome }
        guard consider(set, open) else { return finished(mayStop) }
        while true {
            // `set` and `open` hold the partial step to go on with.
            if branch() { continue }
            guard let node = waiting.popLargest() else { break }
            if outcome.nodes >= limit || outcome.columns.count >= settings.columnsPerRoot || isStopped() {
                if mayStop, outcome.columns.count < settings.columnsPerRoot { return nil }
                account(node)
                relax(node)
                while let other = waiting.popLargest() { account(other) }
                outcome.unfinished = 1
                outcome.isOutOfNodes = outcome.columns.count < settings.columnsPerRoot
                outcome.isComplete = false
                break
            }
            load(node)
            guard age < Self.oldest || outcome.nodes < Self.nodesBeforeRenewal || renewPotentials() else { continue }
        }
        return finished(mayStop)
    }

    private func finished(_ mayStop: Bool) -> RootOutcome? {
        if isVague, mayStop { return nil }
        if worst.excess > 0 { outcome.excesses.append(worst) }
        return outcome
    }

    /// Partial steps taken up between two looks at the clock.
    private static let polling = 16
    private var untilPoll = 0

    private func isStopped() -> Bool {
        untilPoll -= 1
        guard untilPoll <= 0 else { return false }
        untilPoll = Self.polling
        return settings.isCancelled()
    }

    // MARK: Branching

    /// The root alone, with all that can be reached from it undecided.
    private func start(_ root: Int) {
        for word in 0..<words {
            set[word] = 0
            open[word] = 0
        }
        set[root >> 6] |= 1 << UInt64(root & 63)
        for op in 0..<root where tables.possible[op] != 0 && lastTwin[op] <= root {
            open[op >> 6] |= 1 << UInt64(op & 63)
        }
        restrict(open, to: set)
    }

    /// Keeps those of the open ops that can be reached from the set through open ops.
    private func restrict(_ open: UnsafeMutablePointer<UInt64>, to set: UnsafePointer<UInt64>) {
        for word in 0..<words {
            frontier[word] = set[word]
            next[word] = 0
        }
        // `next` collects what is reached.
        var isGrowing = true
        while isGrowing {
            isGrowing = false
            for word in 0..<words {
                while frontier[word] != 0 {
                    let bit = frontier[word].trailingZeroBitCount
                    frontier[word] &= frontier[word] &- 1
                    let row = graph.neighbours + (word * 64 + bit) * words
                    for other in 0..<words {
                        let found = row[other] & open[other] & ~next[other]
                        next[other] |= found
                        frontier[other] |= found
                        if found != 0 { isGrowing = true }
                    }
                }
            }
        }
        for word in 0..<words { open[word] = next[word] }
    }

    /// The best potentials, up to two for each weight of compute, and one of a high memory price; false if some exclude
    /// all steps.
    private func choosePotentials() -> Bool {
        var ranked: [(excess: Double, index: Int, potentials: Potentials)] = []
        var least = Double.infinity
        for (index, weight) in weights.enumerated() {
            if index == 0 || weight.compute != weights[index - 1].compute { least = .infinity }
            // High prices are worth a look where those before were the better, the higher.
            if weight.isHigh, ranked.last.map({ $0.excess > least }) ?? true { continue }
            let potentials = finder.find(
                weight: weight.compute, memoryPrice: weight.memoryPrice, set: set, open: open)
            step.use([potentials])
            guard step.bound(set, open, threshold: -.infinity) else { return false }
            if step.excess <= settings.threshold { return false }
            least = min(least, step.excess)
            ranked.append((step.excess, index, potentials))
        }
        ranked.sort { ($0.excess, $0.index) < ($1.excess, $1.index) }
        var chosen: [(weight: Weight, potentials: Potentials)] = []
        for (_, index, potentials) in ranked where chosen.count < Self.potentialsKept {
            let weight = weights[index]
            let alike = chosen.lazy.filter {
                $0.weight.isHigh == weight.isHigh && (weight.isHigh || $0.weight.compute == weight.compute)
            }
            if alike.count < (weight.isHigh ? 1 : 2) { chosen.append((weight, potentials)) }
        }
        keep(chosen.map(\.potentials))
        return true
    }

    /// Each partial step is bounded by that many potentials: more bound better, and take longer.
    private static let potentialsKept = 5

    private func keep(_ potentials: [Potentials]) {
        current = found.count
        age = 0
        found.append(potentials)
        step.use(potentials)
    }

    /// Finds potentials anew for the partial step at hand, with the weights and prices of the old ones; false if they
    /// exclude all its steps.
    private func renewPotentials() -> Bool {
        let renewed = found[current].map {
            finder.find(weight: $0.weight, memoryPrice: $0.memoryPrice, set: set, open: open)
        }
        keep(renewed)
        outcome.nodes += Self.nodesPerRenewal
        return step.bound(set, open, threshold: settings.threshold) && step.excess > settings.threshold
    }

    /// Branchings after which potentials are found anew, where a part of the tree starts that comes next by its bound.
    private static let oldest = 6
    /// Partial steps bounded before the first renewal: small trees do without.
    private static let nodesBeforeRenewal = 500
    /// What finding potentials costs in partial steps bounded, about.
    private static let nodesPerRenewal = 20

    /// Splits the partial step on its last undecided neighbour and goes on with the better part.
    ///
    /// - Returns: false if neither part is worth going on with.
    private func branch() -> Bool {
        guard let op = lastNeighbour() else { return false }
        age += 1
        for word in 0..<words {
            childSet[word] = set[word]
            childOpen[word] = open[word]
        }
        childSet[op >> 6] |= 1 << UInt64(op & 63)
        childOpen[op >> 6] &= ~(1 << UInt64(op & 63))
        let isIn = consider(childSet, childOpen)
        let (inExcess, inCost) = (step.excess, step.leastCost)
        open[op >> 6] &= ~(1 << UInt64(op & 63))
        for twin in twins[op] { open[twin >> 6] &= ~(1 << UInt64(twin & 63)) }
        restrict(open, to: set)
        let isOut = consider(set, open)
        switch (isIn, isOut) {
        case (false, false): return false
        case (false, true): return true
        case (true, false): swapChild()
        case (true, true):
            if inExcess >= step.excess {
                push(set, open, step.excess, step.leastCost)
                swapChild()
            } else {
                push(childSet, childOpen, inExcess, inCost)
            }
        }
        return true
    }

    private func swapChild() {
        for word in 0..<words {
            set[word] = childSet[word]
            open[word] = childOpen[word]
        }
    }

    /// The last undecided op next to the set.
    private func lastNeighbour() -> Int? {
        for word in 0..<words { frontier[word] = 0 }
        for word in 0..<words {
            var bits = set[word]
            while bits != 0 {
                let row = graph.neighbours + (word * 64 + bits.trailingZeroBitCount) * words
                bits &= bits &- 1
                for other in 0..<words { frontier[other] |= row[other] }
            }
        }
        for word in stride(from: words - 1, through: 0, by: -1) {
            let found = frontier[word] & open[word]
            if found != 0 { return word * 64 + 63 - found.leadingZeroBitCount }
        }
        return nil
    }

    /// Bounds a partial step; looks at its steps if nothing is undecided.
    ///
    /// - Returns: whether it has to be branched on.
    private func consider(_ set: UnsafePointer<UInt64>, _ open: UnsafePointer<UInt64>) -> Bool {
        outcome.nodes += 1
        guard step.bound(set, open, threshold: settings.threshold), step.excess > settings.threshold else {
            return false
        }
        for word in 0..<words where open[word] != 0 { return true }
        complete()
        return false
    }

    // MARK: Waiting

    private func account(_ node: Int) { account(excess: waiting[node].excess, cost: waiting[node].cost) }

    private func push(
        _ set: UnsafePointer<UInt64>, _ open: UnsafePointer<UInt64>, _ excess: Double, _ cost: Double
    ) {
        waiting.push(set, open, excess: excess, cost: cost, origin: .init(potentials: current, age: age))
    }

    func load(_ node: Int) {
        (current, age) = (waiting[node].origin.potentials, waiting[node].origin.age)
        step.use(found[current])
        waiting.copy(node, to: set, open)
    }
}
