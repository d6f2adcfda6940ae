import CostModel
import TensorGraph

/// A step with all that its cost depends on.
public struct StepCase: Sendable {
    /// The problem that the step belongs to.
    public var problem: Problem
    /// The step.
    public var step: Step
    /// What is in fast memory when the step starts, ascending.
    public var resident: [TensorID]

    /// Creates a case.
    public init(problem: Problem, step: Step, resident: [TensorID]) {
        self.problem = problem
        self.step = step
        self.resident = resident
    }
}

/// Random steps of one problem: connected op sets with retained tensors, granularities and tile orders.
public struct StepGenerator {
    /// The problem.
    public let problem: Problem
    private let analyzer: StepAnalyzer
    private let neighbours: [[OpID]]

    /// Prepares to generate steps.
    public init(_ problem: Problem) {
        self.problem = problem
        analyzer = StepAnalyzer(problem)
        neighbours = problem.opIDs.map { op in
            let touched = problem[op].inputs + problem[op].outputs
            return problem.opIDs.filter { other in
                other != op && (problem[other].inputs + problem[other].outputs).contains { touched.contains($0) }
            }
        }
    }

    /// A connected set of at most `count` ops around `seed`, producers first.
    public func connectedOps(
        around seed: OpID, count: Int, using random: inout some RandomNumberGenerator
    ) -> [OpID] {
        var ops = [seed]
        while ops.count < count {
            let around = ops.flatMap { neighbours[$0.index] }.filter { !ops.contains($0) }
            guard let next = around.randomElement(using: &random) else { break }
            ops.append(next)
        }
        return analyzer.ordered(ops)
    }

    /// Some of the tensors that the ops write.
    public func retention(
        of ops: [OpID], using random: inout some RandomNumberGenerator
    ) -> [TensorID] {
        guard random.oneIn(2) else { return [] }
        let share = random.pick(2, 3)
        return ops.flatMap { problem[$0].outputs }.filter { _ in random.oneIn(share) }.sorted()
    }

    /// The analysis of the step, or nil if no granularity could make it valid.
    public func structure(ops: [OpID], retained: [TensorID]) -> StepStructure? {
        try? analyzer.analyze(ops: ops, retained: retained)
    }

    /// A granularity within the rules that need no capacity, or nil when a few tries find none.
    public func granularity(
        for structure: StepStructure, cap: ReductionCap = .native, using random: inout some RandomNumberGenerator
    ) -> Granularity? {
        let hardware = problem.hardware
        let deepest = min(structure.smallestReduction, cap.limit(hardware), 4 * hardware.nativeWidth)
        for _ in 0..<6 {
            let width = random.pick(
                hardware.nativeWidth, min(hardware.nativeWidth, structure.outputWidth),
                Int.random(in: 1...hardware.nativeWidth, using: &random))
            let height = random.pick(
                hardware.nativeHeight, min(hardware.nativeHeight, structure.outputHeight),
                Int.random(in: 1...hardware.nativeHeight, using: &random))
            let depth = random.pick(
                deepest, min(deepest, width), min(deepest, height), Int.random(in: 1...deepest, using: &random),
                Int.random(in: 1...deepest, using: &random))
            let granularity = Granularity(width: width, height: height, depth: depth)
            if (try? structure.check(granularity, hardware: hardware, cap: cap)) != nil { return granularity }
        }
        return nil
    }

    /// One of the named orders or a random permutation.
    public func order(
        for structure: StepStructure, _ granularity: Granularity, using random: inout some RandomNumberGenerator
    ) -> TileOrder {
        let grid = structure.grid(granularity)
        guard random.oneIn(4) else { return TileOrder.named.randomElement(using: &random) ?? .raster }
        return .permutation(Array(0..<(grid.rows * grid.columns)).shuffled(using: &random))
    }

    /// A random step with any tensors resident, valid but for capacity and availability; nil when the tries fail.
    public func stepCase(using random: inout some RandomNumberGenerator) -> StepCase? {
        for _ in 0..<10 {
            guard let seed = problem.opIDs.randomElement(using: &random) else { return nil }
            let ops = connectedOps(
                around: seed, count: Int.random(in: 1...6, using: &random), using: &random)
            guard let structure = structure(ops: ops, retained: retention(of: ops, using: &random)),
                let granularity = granularity(for: structure, using: &random)
            else { continue }
            let share = random.pick(3, 6, 1000)
            let resident = problem.tensors.indices.filter { _ in random.oneIn(share) }.map { TensorID($0) }
            let step = Step(
                ops: ops, granularity: granularity, retained: structure.retained,
                order: order(for: structure, granularity, using: &random))
            return StepCase(problem: problem, step: step, resident: resident)
        }
        return nil
    }
}
