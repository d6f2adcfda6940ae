import CostModel
import Scheduling
import TensorGraph

/// All numbers of a report page. The page carries them as JSON, and every chart is drawn from them.
public struct ReportModel: Encodable, Sendable {
    /// The chip and the size of the graph.
    public struct Facts: Encodable, Sendable {
        /// Elements that fast memory holds.
        public let fastMemoryCapacity: Int
        /// Elements per unit of time.
        public let slowMemoryBandwidth: Double
        /// Width and height of the largest tile.
        public let nativeGranularity: [Int]
        /// Number of ops.
        public let opCount: Int
        /// Number of tensors.
        public let tensorCount: Int
    }

    /// A lower bound of the latency.
    public struct Bound: Encodable, Sendable, Equatable {
        /// How it was found.
        public let kind: String
        /// Units of time.
        public let value: Double
        /// What it is about, in words.
        public let scope: String
        /// Whether no schedule of the problem falls below it.
        public let isAboutProblem: Bool
    }

    /// The problem's file name, as given.
    public let problem: String
    /// The schedule's file name, as given.
    public let schedule: String
    /// The chip and the size of the graph.
    public let facts: Facts
    /// Units of time.
    public let totalLatency: Double
    /// Compute time of all steps, in units of time.
    public let compute: Double
    /// Elements loaded by all steps.
    public let loadedElements: Double
    /// Elements evicted by all steps.
    public let evictedElements: Double
    /// Bounds known: two from the graph, the others from the log.
    public let bounds: [Bound]
    /// The best bound about the problem, in units of time.
    public let bestBound: Double
    /// (latency - best bound) / latency, a fraction; nil when the bound exceeds the latency, and so is about other
    /// schedules than this one.
    public let gap: Double?
    /// From the compute bound to the latency.
    public let waterfall: Waterfall
    /// One entry per step, in schedule order.
    public let steps: [StepFigures]
    /// One entry per op.
    public let ops: [OpFigures]
    /// One entry per tensor.
    public let tensors: [TensorFigures]
    /// What units of time and elements are, if the hardware is known.
    public let units: PhysicalUnits?
    /// Seconds, bytes and shares of the chip's peak, if the hardware is known.
    public let physical: PhysicalReport?
    /// Ops by layer or node, if they have names that tell.
    public let groups: OpGroups?
    /// Another schedule beside this one.
    public let comparison: PageComparison?
    /// The first iterations of steps, one entry per step; nil where the page has no room for them.
    public let strips: [IterationStrip?]
    /// Better schedules over time, from the log.
    public let incumbents: [SolveLog.Incumbent]
    /// Bounds over time, from the log.
    public let boundEvents: [SolveLog.Bound]

    let flow: ScheduleFlow

    /// Collects the numbers of a schedule that the evaluator found valid.
    ///
    /// - Throws: `RuleViolation` when it is not.
    public init(
        _ schedule: Schedule, _ evaluation: Evaluation, problem: Problem, problemPath: String, schedulePath: String,
        log: SolveLog? = nil, reductionCap: ReductionCap = .native, comparison: PageComparison? = nil,
        units: PhysicalUnits? = nil
    ) throws(RuleViolation) {
        flow = try ScheduleFlow(schedule, evaluation, problem: problem)
        self.problem = problemPath
        self.schedule = schedulePath
        facts = Facts(
            fastMemoryCapacity: problem.hardware.fastMemoryCapacity,
            slowMemoryBandwidth: problem.hardware.slowMemoryBandwidth,
            nativeGranularity: [problem.hardware.nativeWidth, problem.hardware.nativeHeight],
            opCount: problem.ops.count, tensorCount: problem.tensors.count)
        totalLatency = evaluation.totalLatency
        compute = evaluation.steps.reduce(0) { $0 + $1.compute }
        loadedElements = evaluation.steps.reduce(0) { $0 + $1.loadedElements }
        evictedElements = evaluation.steps.reduce(0) { $0 + $1.evictedElements }
        waterfall = Waterfall(flow.accounts, evaluation)
        steps = StepFigures.all(schedule, evaluation, flow, problem)
        ops = problem.ops.map { OpFigures($0, in: problem) }
        tensors = problem.tensors.indices.map { TensorFigures(TensorID($0), in: problem) }
        self.units = units ?? problem.physicalUnits
        physical = PhysicalReport(schedule, evaluation, problem: (try? problem.measured(in: self.units)) ?? problem)
        groups = try OpGroups(schedule, evaluation, problem: problem)
        self.comparison = comparison
        strips = IterationStrip.all(schedule, flow.resident, problem)
        incumbents = log?.incumbents ?? []
        boundEvents = log?.bounds ?? []
        bounds = Self.bounds(problem, reductionCap, boundEvents)
        bestBound = bounds.reduce(0) { $1.isAboutProblem ? max($0, $1.value) : $0 }
        gap =
            bestBound > totalLatency * (1 + Tolerance.agreement)
            ? nil : totalLatency > 0 ? max(0, totalLatency - bestBound) / totalLatency : 0
    }

    /// The bounds of the graph, and the best of each kind and scope in the log.
    private static func bounds(
        _ problem: Problem, _ cap: ReductionCap, _ events: [SolveLog.Bound]
    ) -> [Bound] {
        let everything = ProofScope.problem.description
        var bounds = [
            Bound(
                kind: LowerBound.Kind.compute.rawValue, value: StructuralBounds.compute(problem), scope: everything,
                isAboutProblem: true),
            Bound(
                kind: LowerBound.Kind.traffic.rawValue,
                value: StructuralBounds.traffic(problem, reductionCap: cap), scope: everything, isAboutProblem: true),
        ]
        for event in events {
            let bound = Bound(
                kind: event.kind, value: event.value, scope: event.scope, isAboutProblem: event.isAboutProblem)
            let known = bounds.firstIndex {
                $0.kind == bound.kind && $0.scope == bound.scope && $0.isAboutProblem == bound.isAboutProblem
            }
            if let known {
                if bounds[known].value < bound.value { bounds[known] = bound }
            } else {
                bounds.append(bound)
            }
        }
        return bounds
    }

    private enum CodingKeys: CodingKey {
        case problem, schedule, facts, totalLatency, compute, loadedElements, evictedElements, bounds, bestBound, gap
        case waterfall, steps, ops, tensors, units, physical, groups, comparison, strips, incumbents, boundEvents
    }
}
