import CostModel
import TensorGraph

/// Changes a valid schedule in a way that tends to break one of the rules.
///
/// What comes out may still be valid, or break another rule first: the tests ask whether all judges agree on it.
public struct ScheduleBreaker {
    private let problem: Problem
    private let analyzer: StepAnalyzer

    /// Prepares to break schedules of one problem.
    public init(_ problem: Problem) {
        self.problem = problem
        analyzer = StepAnalyzer(problem)
    }

    /// The schedule with one random change; the schedule has at least one step.
    public func broken(_ schedule: Schedule, using random: inout some RandomNumberGenerator) -> Schedule {
        var copy = schedule
        guard let index = copy.steps.indices.randomElement(using: &random) else { return copy }
        switch Int.random(in: 0..<6, using: &random) {
        case 0: changeOps(&copy.steps, index, using: &random)
        case 1: changeSteps(&copy.steps, index, using: &random)
        case 2: changeGranularity(&copy.steps[index], using: &random)
        case 3: changeRetention(&copy.steps[index], using: &random)
        case 4: changeOrder(&copy.steps[index], using: &random)
        default: join(&copy.steps, index, using: &random)
        }
        return copy
    }

    /// Repeats, drops, reverses and invents ops.
    private func changeOps(_ steps: inout [Step], _ index: Int, using random: inout some RandomNumberGenerator) {
        let stray = OpID(Int.random(in: -1...problem.ops.count, using: &random))
        switch Int.random(in: 0..<5, using: &random) {
        case 0: steps[index].ops.append(steps[index].ops.randomElement(using: &random) ?? stray)
        case 1: steps[index].ops.remove(at: Int.random(in: 0..<steps[index].ops.count, using: &random))
        case 2: steps[index].ops.reverse()
        case 3: steps[index].ops.insert(stray, at: 0)
        default: steps[index].ops = []
        }
    }

    /// Adds the ops of one or two other steps, producers first.
    private func join(_ steps: inout [Step], _ index: Int, using random: inout some RandomNumberGenerator) {
        for other in steps.shuffled(using: &random).prefix(random.pick(1, 2)) {
            steps[index].ops += other.ops.filter { !steps[index].ops.contains($0) }
        }
        steps[index].ops = analyzer.ordered(steps[index].ops)
        if random.oneIn(2) { steps[index].granularity.depth = 1 }
    }

    /// Drops, repeats and exchanges whole steps.
    private func changeSteps(_ steps: inout [Step], _ index: Int, using random: inout some RandomNumberGenerator) {
        switch Int.random(in: 0..<3, using: &random) {
        case 0: steps.remove(at: index)
        case 1: steps.insert(steps[index], at: Int.random(in: 0...steps.count, using: &random))
        default: steps.swapAt(index, Int.random(in: 0..<steps.count, using: &random))
        }
    }

    private func changeGranularity(_ step: inout Step, using random: inout some RandomNumberGenerator) {
        let hardware = problem.hardware
        switch Int.random(in: 0..<8, using: &random) {
        case 0: step.granularity.width = random.pick(0, -1, hardware.nativeWidth + 1)
        case 1: step.granularity.height = random.pick(0, -1, hardware.nativeHeight + 1)
        case 2: step.granularity.depth = random.pick(0, -1, hardware.nativeWidth + 1)
        case 3: step.granularity.depth += 1
        case 4:
            let reduction = step.ops.map { problem.reduction(of: $0) }.max() ?? 1
            step.granularity.depth = reduction + random.pick(0, 1)
        case 5:
            // Many k-steps of narrow tiles: what Pointwise ops before a MatMul do not allow.
            step.granularity = Granularity(width: 1, height: 1, depth: 1)
        default:
            // The largest tile: what a small fast memory does not allow.
            step.granularity.width = hardware.nativeWidth
            step.granularity.height = hardware.nativeHeight
        }
        if case .permutation = step.order, !random.oneIn(4) { step.order = .raster }
    }

    private func changeRetention(_ step: inout Step, using random: inout some RandomNumberGenerator) {
        let written = step.ops.flatMap { problem[$0].outputs }
        switch Int.random(in: 0..<4, using: &random) {
        case 0: step.retained = []
        case 1: step.retained = written.sorted()
        case 2: step.retained = (step.retained + written.shuffled(using: &random).prefix(1)).sorted()
        default: step.retained.append(TensorID(Int.random(in: -1...problem.tensors.count, using: &random)))
        }
    }

    private func changeOrder(_ step: inout Step, using random: inout some RandomNumberGenerator) {
        guard let structure = try? analyzer.analyze(ops: step.ops, retained: step.retained) else { return }
        let grid = structure.grid(step.granularity)
        var tiles = step.order.tiles(rows: grid.rows, columns: grid.columns)
        let place = Int.random(in: 0..<tiles.count, using: &random)
        switch Int.random(in: 0..<5, using: &random) {
        case 0: tiles.remove(at: place)
        case 1: tiles.append(tiles.count)
        case 2: tiles[place] = random.pick(-1, tiles.count)
        case 3: tiles[place] = tiles[Int.random(in: 0..<tiles.count, using: &random)]
        default: tiles.shuffle(using: &random)
        }
        step.order = .permutation(tiles)
    }
}
