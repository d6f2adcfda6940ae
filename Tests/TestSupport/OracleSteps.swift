import CostModel
import TensorGraph

/// Every step that a problem allows, each at its best granularity for any resident tensors, by trying all.
///
/// Sets of ops, and of tensors that ops write, are bit masks.
final class OracleSteps {
    /// A set of ops with a set of retained tensors.
    struct Shape {
        var structure: StepStructure
        var ops: UInt32
        /// Tensors read that some op writes.
        var reads: UInt32
        var retained: UInt32
        var evicted: UInt32
    }

    /// A granularity, a tile order and what they make of a step.
    struct Choice {
        var granularity: Granularity
        var order: TileOrder
        var latency: Double
        /// Working set without resident and retained tensors.
        var transientElements: Double
    }

    private struct Key: Hashable {
        var shape: Int
        var residentReads: UInt32
    }

    let problem: Problem
    let shapes: [Shape]
    /// Tensors that ops write, by bit.
    let tensors: [TensorID]
    let graphOutputs: UInt32
    private let options: ScheduleOracle.Options
    /// Costs do not depend on the capacity; whether they fit is looked at afterwards.
    private let unlimited: Problem
    private var choices: [Key: [Choice]] = [:]

    init(_ problem: Problem, options: ScheduleOracle.Options) throws(ProblemError) {
        self.problem = problem
        self.options = options
        unlimited = try problem.with(capacity: 1 << 50)
        let tensors = problem.tensors.indices.map { TensorID($0) }
            .filter { problem.graph.producers[$0.index] != nil }
        self.tensors = tensors
        func mask(_ set: [TensorID]) -> UInt32 {
            tensors.enumerated().reduce(0) { set.contains($1.element) ? $0 | 1 << UInt32($1.offset) : $0 }
        }
        graphOutputs = mask(tensors.filter { problem.graph.isGraphOutput($0) })
        let analyzer = StepAnalyzer(problem)
        var shapes: [Shape] = []
        for ops in UInt32(1)..<(1 << UInt32(problem.ops.count)) {
            let members = problem.graph.topologicalOrder.filter { ops & 1 << UInt32($0.index) != 0 }
            let written = mask(members.flatMap { problem[$0].outputs })
            for retained in 0...written where retained & ~written == 0 {
                let kept = tensors.indices.filter { retained & 1 << UInt32($0) != 0 }.map { tensors[$0] }
                guard let structure = try? analyzer.analyze(ops: members, retained: kept) else { continue }
                shapes.append(
                    Shape(
                        structure: structure, ops: ops, reads: mask(structure.reads), retained: retained,
                        evicted: mask(structure.evicted)))
            }
        }
        self.shapes = shapes
    }

    func members(of mask: UInt32) -> [TensorID] {
        tensors.indices.filter { mask & 1 << UInt32($0) != 0 }.map { tensors[$0] }
    }

    func elements(of mask: UInt32) -> Double {
        members(of: mask).reduce(0) { $0 + Double(problem[$1].size) }
    }

    /// The cheapest choice that fits, or nil.
    func best(_ shape: Int, resident: UInt32) -> Choice? {
        // Only tensors that are read change the cost; the others merely take up memory.
        let reads = resident & shapes[shape].reads
        let permanent = elements(of: resident | shapes[shape].retained)
        let capacity = Double(problem.hardware.fastMemoryCapacity)
        return all(shape, reads).first { permanent + $0.transientElements <= capacity }
    }

    /// All choices, cheapest first.
    private func all(_ index: Int, _ residentReads: UInt32) -> [Choice] {
        let key = Key(shape: index, residentReads: residentReads)
        if let known = choices[key] { return known }
        let structure = shapes[index].structure
        let resident = members(of: residentReads)
        let permanent = elements(of: residentReads | shapes[index].retained)
        let cost = StepCost(structure, problem: unlimited, resident: resident)
        let simulator = StepSimulator(unlimited, structure, resident: Set(resident))
        let hardware = problem.hardware
        var found: [Choice] = []
        for width in 1...hardware.nativeWidth {
            for height in 1...hardware.nativeHeight {
                for depth in 1...min(hardware.nativeWidth, structure.hasMatMul ? structure.smallestReduction : 1) {
                    let granularity = Granularity(width: width, height: height, depth: depth)
                    guard (try? structure.check(granularity, hardware: hardware, cap: .native)) != nil,
                        !options.forbidden.contains(.unevenDepths)
                            || structure.sinkReduction % depth == 0 || depth >= structure.sinkReduction
                    else { continue }
                    let simulates = options.simulatesAll || cost.needsSimulation(granularity)
                    for order in orders(structure.grid(granularity)) {
                        var choice = Choice(
                            granularity: granularity, order: order, latency: 0, transientElements: -permanent)
                        if simulates {
                            guard let walked = try? simulator.simulate(granularity, order: order) else { continue }
                            choice.latency = walked.latency
                            choice.transientElements += walked.peakWorkingSet
                        } else {
                            choice.latency = cost.latency(granularity, order: order)
                            choice.transientElements += cost.workingSet(granularity)
                        }
                        found.append(choice)
                    }
                }
            }
        }
        found.sort { $0.latency < $1.latency }
        choices[key] = found
        return found
    }

    private func orders(_ grid: (rows: Int, columns: Int)) -> [TileOrder] {
        // All named orders visit a single row or column alike.
        guard grid.rows > 1 || grid.columns > 1 else { return [.raster] }
        if options.permutes, grid.rows * grid.columns <= ScheduleOracle.largestPermutedGrid {
            return permutations(Array(0..<grid.rows * grid.columns)).map { .permutation($0) }
        }
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
