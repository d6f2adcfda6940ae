import CostModel
import TensorGraph

/// What a step costs at every granularity and in every tile order that RULES 3.3 and 3.9 allow, whatever the capacity.
public struct OracleGranularities {
    /// A granularity, a tile order and what they make of a step.
    public struct Choice: Sendable {
        /// Tile size and depth.
        public var granularity: Granularity
        /// Tile order.
        public var order: TileOrder
        /// Latency, in units of time.
        public var latency = 0.0
        /// Elements that the fullest iteration holds.
        public var workingSet = 0.0
    }

    /// The largest grid on which all orders are tried.
    public static let largestPermutedGrid = 6

    private let problem: Problem
    private let structure: StepStructure
    private let resident: [TensorID]
    private let permutes: Bool
    private let simulatesAll: Bool

    /// Prepares to cost a step.
    ///
    /// - Parameters:
    ///   - problem: one with a capacity that no working set exceeds.
    ///   - resident: the tensors that the previous step retains.
    ///   - permutes: tries every order of the tiles, rather than the named ones, on small grids.
    ///   - simulatesAll: costs by simulation alone, rather than from classes where there are some.
    public init(
        problem: Problem, structure: StepStructure, resident: [TensorID], permutes: Bool = false,
        simulatesAll: Bool = false
    ) {
        self.problem = problem
        self.structure = structure
        self.resident = resident
        self.permutes = permutes
        self.simulatesAll = simulatesAll
    }

    /// All choices.
    public func choices() -> [Choice] {
        let cost = StepCost(structure, problem: problem, resident: resident)
        let simulator = StepSimulator(problem, structure, resident: Set(resident))
        var found: [Choice] = []
        for granularity in granularities() {
            let simulates = simulatesAll || cost.needsSimulation(granularity)
            for order in orders(structure.grid(granularity)) {
                var choice = Choice(granularity: granularity, order: order)
                if simulates {
                    guard let walked = try? simulator.simulate(granularity, order: order) else { continue }
                    (choice.latency, choice.workingSet) = (walked.latency, walked.peakWorkingSet)
                } else {
                    choice.latency = cost.latency(granularity, order: order)
                    choice.workingSet = cost.workingSet(granularity)
                }
                found.append(choice)
            }
        }
        return found
    }

    /// Every granularity within the rules.
    public func granularities() -> [Granularity] {
        let hardware = problem.hardware
        let deepest = structure.hasReducingOp ? min(hardware.nativeWidth, structure.smallestReduction) : 1
        var found: [Granularity] = []
        for width in 1...hardware.nativeWidth {
            for height in 1...hardware.nativeHeight {
                for depth in 1...deepest {
                    let granularity = Granularity(width: width, height: height, depth: depth)
                    if (try? structure.check(granularity, hardware: hardware, cap: .native)) != nil {
                        found.append(granularity)
                    }
                }
            }
        }
        return found
    }

    private func orders(_ grid: (rows: Int, columns: Int)) -> [TileOrder] {
        let tiles = grid.rows * grid.columns
        if permutes, tiles <= Self.largestPermutedGrid {
            return permutations(Array(0..<tiles)).map { .permutation($0) }
        }
        // All named orders visit a single row or column alike.
        return grid.rows > 1 && grid.columns > 1 ? TileOrder.named : [.raster]
    }

    private func permutations(_ items: [Int]) -> [[Int]] {
        guard items.count > 1 else { return [items] }
        return items.indices.flatMap { index -> [[Int]] in
            var rest = items
            let first = rest.remove(at: index)
            return permutations(rest).map { [first] + $0 }
        }
    }
}
