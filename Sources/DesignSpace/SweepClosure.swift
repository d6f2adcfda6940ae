import CostModel
import Foundation
import Scheduling
import TensorGraph

/// Lets every point of a sweep have what was found at all the others.
///
/// A schedule is costed, by the evaluator, wherever it fits; a bound goes where ``BoundTransfer`` takes it. The result
/// depends on the set of findings alone, not on their order. So latency does not rise with capacity, bandwidth or
/// native tile, and bounds do not rise with capacity or with native tile: whatever holds at one point is offered to the
/// next.
struct SweepClosure {
    let problems: [Problem]
    let reductionCap: ReductionCap
    private(set) var outcomes: [SweepOutcome]
    private var bounds: [(position: Int, value: Double, scope: ProofScope?)] = []
    private var schedules: [(position: Int, schedule: Schedule, peak: Double)] = []
    /// Costs of each schedule by bandwidth and native tile, nil where it is not valid: capacity changes none.
    private var costs: [[CostKey: Cost?]] = []
    /// Numbers that are equal for points with equal costs of all ops.
    private let costClasses: [Int]

    private struct CostKey: Hashable {
        let bandwidth: Double
        let nativeWidth: Int
        let nativeHeight: Int
        let costClass: Int
    }

    private struct Cost {
        let latency: Double
        let compute: Double
        let movedElements: Double

        init(_ evaluation: Evaluation) {
            latency = evaluation.totalLatency
            compute = evaluation.steps.reduce(0) { $0 + $1.compute }
            movedElements = evaluation.steps.reduce(0) { $0 + $1.trafficElements }
        }
    }

    /// Knows nothing yet.
    ///
    /// - Parameters:
    ///   - problems: the problem at each point, of one graph.
    ///   - reductionCap: how deep k-steps may be.
    init(_ problems: [Problem], reductionCap: ReductionCap) {
        self.problems = problems
        self.reductionCap = reductionCap
        outcomes = problems.map { SweepOutcome(point: DesignPoint($0.hardware)) }
        var classes: [[Double]: Int] = [:]
        costClasses = problems.map { problem in
            let costs = problem.ops.map(\.baseCost)
            let number = classes[costs] ?? classes.count
            classes[costs] = number
            return number
        }
    }

    /// Takes what was found at a point.
    ///
    /// - Throws: `RuleViolation` when the finding's schedule is not valid at its own point.
    mutating func add(_ finding: Finding, at position: Int) throws {
        if let schedule = finding.schedule {
            let evaluation = try Evaluator(problems[position], reductionCap: reductionCap).evaluate(schedule)
            schedules.append((position, schedule, evaluation.steps.map(\.peakWorkingSet).max() ?? 0))
            costs.append([key(position): Cost(evaluation)])
            for target in problems.indices { offerSchedule(schedules.count - 1, to: target) }
        }
        if finding.bound > 0 {
            bounds.append((position, finding.bound, finding.scope))
            for target in problems.indices { offerBound(bounds.count - 1, to: target) }
        }
    }

    /// Schedules that fit at a point or may be made to, the nearest capacity first, each with the point it was found
    /// at.
    func schedules(near position: Int) -> [(schedule: Schedule, from: Int)] {
        let capacity = Double(problems[position].hardware.fastMemoryCapacity)
        return schedules.map { ($0.schedule, $0.position) }.sorted {
            let left = abs(log2(Double(problems[$0.1].hardware.fastMemoryCapacity) / capacity))
            let right = abs(log2(Double(problems[$1.1].hardware.fastMemoryCapacity) / capacity))
            return (left, $0.1) < (right, $1.1)
        }
    }

    private func key(_ position: Int) -> CostKey {
        let hardware = problems[position].hardware
        return CostKey(
            bandwidth: hardware.slowMemoryBandwidth, nativeWidth: hardware.nativeWidth,
            nativeHeight: hardware.nativeHeight, costClass: costClasses[position])
    }

    private mutating func offerSchedule(_ number: Int, to target: Int) {
        let (position, schedule, peak) = schedules[number]
        guard peak <= Double(problems[target].hardware.fastMemoryCapacity) else { return }
        guard let cost = cost(number, at: target) else { return }
        var outcome = outcomes[target]
        if let best = outcome.latency {
            guard
                cost.latency < best || cost.latency == best && ranks(position, before: outcome.scheduleFrom, at: target)
            else { return }
        }
        outcome.schedule = schedule
        outcome.latency = cost.latency
        outcome.compute = cost.compute
        outcome.movedElements = cost.movedElements
        outcome.scheduleFrom = position
        outcomes[target] = outcome
    }

    private mutating func cost(_ number: Int, at target: Int) -> Cost? {
        let key = key(target)
        if let known = costs[number][key] { return known }
        let evaluator = Evaluator(problems[target], reductionCap: reductionCap)
        let cost = (try? evaluator.evaluate(schedules[number].schedule)).map(Cost.init)
        costs[number][key] = .some(cost)
        return cost
    }

    private mutating func offerBound(_ number: Int, to target: Int) {
        let (position, value, scope) = bounds[number]
        guard let bound = BoundTransfer.bound(value, from: problems[position], to: problems[target]) else { return }
        let outcome = outcomes[target]
        guard
            bound > outcome.bound || bound == outcome.bound && ranks(position, before: outcome.boundFrom, at: target)
        else { return }
        outcomes[target].bound = bound
        outcomes[target].scope = scope
        outcomes[target].boundFrom = position
    }

    /// Which of two equally good sources is named: the point itself, else the first of the sweep.
    private func ranks(_ position: Int, before other: Int?, at target: Int) -> Bool {
        guard let other else { return true }
        return other != target && (position == target || position < other)
    }
}
