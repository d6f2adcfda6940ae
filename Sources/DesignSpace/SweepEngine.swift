import CostModel
import Foundation
import MIP
import Scheduling
import TensorGraph

/// Solves the points of a sweep, each with what is known from the others.
///
/// Before a point is solved, every schedule that fits there, or can be made to fit by other granularities, is submitted
/// and the bounds that carry over are added (``BoundTransfer``); where they meet, the point is proven without any
/// search. A run in rounds solves each point for itself instead, so that a part of a sweep finds what all of it finds;
/// the findings are shared afterwards.
public struct SweepEngine {
    /// What the caller chooses.
    public struct Options: Sendable {
        /// How schedules are found and proven, at every point.
        public var scheduler = Scheduler.Options(.auto)
        /// Wall-clock seconds for a point at most; nil for none.
        public var timeLimitSeconds: Double?
        /// A point is done when (latency - bound) / latency is at most this.
        public var gap = 0.0
        /// False to solve each point as if it were the only one.
        public var shares = true

        /// The defaults.
        public init() {}
    }

    /// The problem at each point of the sweep.
    public let problems: [Problem]
    /// What the caller has chosen.
    public let options: Options
    private let solver: any MIPSolver
    private var closure: SweepClosure
    private var known: [Finding?]
    /// Steps that the proofs of earlier points used, for those of later ones.
    private var steps: [StepKey] = []
    /// Granularities that were searched exhaustively at earlier points.
    private var tunings: [(position: Int, tunings: StepTunings)] = []

    /// Creates an engine.
    ///
    /// - Parameters:
    ///   - problems: the problem at each point; all of one graph.
    ///   - solver: solves linear and integer programs.
    ///   - options: what the caller chooses.
    public init(_ problems: [Problem], solver: any MIPSolver, options: Options = Options()) {
        self.problems = problems
        self.solver = solver
        self.options = options
        closure = SweepClosure(problems, reductionCap: options.scheduler.reductionCap)
        known = Array(repeating: nil, count: problems.count)
    }

    /// What is known of every point, from all findings so far.
    public var outcomes: [SweepOutcome] { closure.outcomes }

    /// What was found at each point itself; nil where nothing was looked for.
    public var findings: [Finding?] { known }

    /// Takes a finding of an earlier run.
    ///
    /// - Throws: `RuleViolation` when its schedule is not valid.
    public mutating func take(_ finding: Finding, at position: Int) throws {
        try closure.add(finding, at: position)
        known[position] = finding
    }

    /// Solves a point and shares what was found.
    ///
    /// - Parameters:
    ///   - position: of the point in ``problems``.
    ///   - timeLimitSeconds: for this point; nil for that of the options.
    /// - Throws: `InconsistencyError` when two parts of the program contradict each other.
    /// - Returns: what was found; also in ``findings``.
    @discardableResult
    public mutating func solve(_ position: Int, timeLimitSeconds: Double? = nil) throws -> Finding {
        let control = SolveControl(timeLimitSeconds: timeLimitSeconds ?? options.timeLimitSeconds, gap: options.gap)
        var finding = Finding(point: DesignPoint(problems[position].hardware), status: "")
        do {
            try solve(position, control, into: &finding)
        } catch let error as InfeasibleOp {
            finding.status = error.isProven ? "infeasible" : "no schedule"
            finding.failure = "\(error)"
        }
        finding.seconds = control.elapsedSeconds
        try closure.add(finding, at: position)
        known[position] = finding
        return finding
    }

    private mutating func solve(_ position: Int, _ control: SolveControl, into finding: inout Finding) throws {
        let problem = problems[position]
        let session = Session(problem, reductionCap: options.scheduler.reductionCap, control: control)
        var scheduler = options.scheduler
        if options.shares {
            let outcome = closure.outcomes[position]
            if let scope = outcome.scope { session.add(LowerBound(.carried, outcome.bound, scope: scope)) }
            if let schedule = outcome.schedule { session.submit(schedule, from: .warmStart) }
            if !session.isDone { submitRetuned(position, to: session) }
            scheduler.knownSteps = steps
            scheduler.knownTunings = carriedTunings(to: position)
        }
        let result =
            session.isDone
            ? try session.result(.proven)
            : try Scheduler(problem, solver: solver, options: scheduler).schedule(in: session)
        finding.schedule = result.incumbent.schedule
        finding.latency = result.incumbent.latency
        finding.peakWorkingSet = result.incumbent.evaluation.steps.map(\.peakWorkingSet).max()
        // What was carried here belongs to the point that it comes from.
        let own = result.bounds.filter { $0.scope.isAboutProblem && $0.kind != .carried }
            .max { $0.value < $1.value }
        finding.bound = own?.value ?? 0
        finding.scope = own?.scope
        finding.status = result.status.description
        guard options.shares else { return }
        remember(result)
        if !result.tunings.isEmpty { tunings.append((position, result.tunings)) }
    }

    /// Points whose granularities are looked at: those of the nearest hardware are the most alike.
    private static let tuningSources = 6

    private func carriedTunings(to position: Int) -> [CarriedTunings] {
        let target = problems[position]
        func distance(_ other: Int) -> Double {
            let (left, right) = (problems[other].hardware, target.hardware)
            return abs(log2(Double(left.fastMemoryCapacity) / Double(right.fastMemoryCapacity)))
                + abs(log2(left.slowMemoryBandwidth / right.slowMemoryBandwidth))
        }
        return tunings.map { (distance($0.position), $0) }.sorted { ($0.0, $0.1.position) < ($1.0, $1.1.position) }
            .prefix(Self.tuningSources).map { _, entry in
                // A step is a schedule of its own: the theorem holds for it as for all of them.
                CarriedTunings(
                    entry.tunings, boundFactor: BoundTransfer.factor(from: problems[entry.position], to: target))
            }
    }

    /// Schedules of other points that are tried at a new one: the nearest are the most alike.
    private static let retunedCount = 4

    /// Submits the schedules of the nearest points, each step at its best granularity here.
    private func submitRetuned(_ position: Int, to session: Session) {
        let tuner = ScheduleTuner(problems[position], reductionCap: options.scheduler.reductionCap)
        for (schedule, _) in closure.schedules(near: position).prefix(Self.retunedCount) {
            if let tuned = tuner.tuned(schedule) { session.submit(tuned, from: .warmStart) }
            if session.isDone { return }
        }
    }

    /// Steps kept at most: with more the linear programs take the time that they save.
    private static let maximumSteps = 4_000

    private mutating func remember(_ result: SchedulingResult) {
        var seen = Set(result.usefulSteps)
        steps = Array((result.usefulSteps + steps.filter { seen.insert($0).inserted }).prefix(Self.maximumSteps))
    }
}
