import CostModel
import TensorGraph

/// How a schedule runs: for each step the loops, the buffers with their addresses, the transfers and the computations.
///
/// <doc:Addresses> proves that buffers fit wherever the schedule is valid.
public struct Plan: Sendable {
    /// The problem.
    public let problem: Problem
    /// What the schedule costs; loads, evictions and peak are those of the plan.
    public let evaluation: Evaluation
    /// One plan for each step, in order.
    public let steps: [StepPlan]

    /// Elements loaded from slow memory.
    public var loadedElements: Double { evaluation.steps.reduce(0) { $0 + $1.loadedElements } }
    /// Elements evicted to slow memory.
    public var evictedElements: Double { evaluation.steps.reduce(0) { $0 + $1.evictedElements } }
    /// Elements of fast memory in use when most are.
    public var peakWorkingSet: Double { evaluation.steps.reduce(0) { max($0, $1.peakWorkingSet) } }

    /// Plans a valid schedule.
    ///
    /// - Parameters:
    ///   - schedule: a schedule that the evaluator accepts.
    ///   - evaluation: what it said.
    ///   - problem: the problem.
    /// - Throws: ``LoweringError`` for a step without a layout, see <doc:Addresses>.
    public init(_ schedule: Schedule, _ evaluation: Evaluation, problem: Problem) throws(LoweringError) {
        self.problem = problem
        self.evaluation = evaluation
        let ends = EndLayout(schedule, problem: problem)
        var plans: [StepPlan] = []
        for (index, step) in schedule.steps.enumerated() {
            do throws(LoweringError) {
                let resident = index == 0 ? [] : Set(schedule.steps[index - 1].retained)
                plans.append(try StepPlan(step, resident: resident, ends: ends.steps[index], problem: problem))
            } catch {
                throw LoweringError(step: index, error.message)
            }
        }
        steps = plans
    }
}

extension StepPlan {
    init(
        _ step: Step, resident: Set<TensorID>, ends: EndLayout.StepEnds, problem: Problem
    ) throws(LoweringError) {
        let demand = try StepDemand(step, resident: resident, problem: problem)
        let retained = Set(step.retained)
        let builder = ActionBuilder(demand, retained: retained, problem: problem)
        self.init(
            ops: step.ops, loops: demand.loops, resident: ends.resident, retained: ends.retained,
            evicted: demand.outputs.filter { !retained.contains($0) }, slices: demand.slices, tiles: builder.tiles,
            ephemeral: builder.ephemeral, actions: builder.actions, layout: .fixed([]))
        layout = try StepLayout(self, room: ends.middle, problem: problem)
    }
}
