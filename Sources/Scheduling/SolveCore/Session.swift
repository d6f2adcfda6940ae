import CostModel
import Synchronization
import TensorGraph

/// The only owner of what is known of a problem while it is solved: the incumbent, the bounds and the events.
///
/// Strategies propose schedules and bounds; the session alone decides what counts. It evaluates every schedule once,
/// and tells the caller of a better one before ``submit(_:from:)`` returns. Safe to share between threads.
public final class Session: Sendable {
    /// The problem.
    public let problem: Problem
    private let control: SolveControl
    private let evaluator: Mutex<Evaluator>
    private let state = Mutex(State())
    /// Held while the caller is told of an incumbent, so that these events come in order.
    private let announcing = Mutex(())
    private let lastProgress = Mutex(-Double.infinity)

    /// Between two reports of progress, in seconds: several a second are enough for people to watch.
    private static let progressIntervalSeconds = 0.2

    private struct State {
        var incumbent: SchedulingSnapshot?
        var starts: [SchedulingSnapshot] = []
        var bounds: [LowerBound] = []
        var omissions: [Omission]?
        var candidates: EnumerationStatistics?
        var program: ProgramStatistics?
        var searchStates: Int?
        var certificate: BoundCertificate?
        var usefulSteps: [StepKey] = []
        var tunings = StepTunings()
    }

    /// Opens a session that knows nothing yet.
    ///
    /// - Parameters:
    ///   - problem: the problem.
    ///   - reductionCap: how deep k-steps may be.
    ///   - control: the clock; its events are this session's.
    public init(_ problem: Problem, reductionCap: ReductionCap = .native, control: SolveControl) {
        self.problem = problem
        self.control = control
        evaluator = Mutex(Evaluator(problem, reductionCap: reductionCap))
    }

    /// All the time that the control allows.
    public var budget: Budget { Budget(control) }

    // MARK: Schedules

    /// What became of a schedule.
    public enum Verdict: Sendable {
        /// It is the incumbent now.
        case better(SchedulingSnapshot)
        /// It is valid, and no better than the incumbent.
        case notBetter(SchedulingSnapshot)
        /// It breaks a rule.
        case invalid(RuleViolation)

        /// The schedule with what it costs; nil when it is not valid.
        public var snapshot: SchedulingSnapshot? {
            switch self {
            case .better(let snapshot), .notBetter(let snapshot): snapshot
            case .invalid: nil
            }
        }
    }

    /// Evaluates a schedule, makes it the incumbent if it is better, and then tells the caller.
    ///
    /// Not to be called by whoever receives events.
    @discardableResult
    public func submit(_ schedule: Schedule, from source: IncumbentSource) -> Verdict {
        let evaluation: Evaluation
        do throws(RuleViolation) {
            evaluation = try evaluator.withLock { (evaluator) throws(RuleViolation) in try evaluator.evaluate(schedule)
            }
        } catch {
            return .invalid(error)
        }
        let snapshot = SchedulingSnapshot(
            schedule: schedule, evaluation: evaluation, source: source, seconds: control.elapsedSeconds)
        // Most are no better: then nobody waits for a caller who is being told of another.
        guard isBetter(snapshot) else { return .notBetter(snapshot) }
        return announcing.withLock { _ in
            guard isBetter(snapshot) else { return .notBetter(snapshot) }
            state.withLock { $0.incumbent = snapshot }
            control.report(.incumbent(snapshot))
            return .better(snapshot)
        }
    }

    /// Submits a schedule that its source takes for valid, at a cost that it may claim to know.
    ///
    /// - Throws: ``InconsistencyError`` when the evaluator finds otherwise.
    @discardableResult
    public func accept(
        _ schedule: Schedule, from source: IncumbentSource, claiming objective: Double? = nil
    ) throws(InconsistencyError) -> SchedulingSnapshot {
        let verdict = submit(schedule, from: source)
        guard let snapshot = verdict.snapshot else {
            throw InconsistencyError(description: "a schedule from \(source.rawValue) is not valid: \(verdict)")
        }
        if let objective, abs(snapshot.latency - objective) > Tolerance.objective * max(1, snapshot.latency) {
            throw InconsistencyError(
                description: "the objective \(objective) of \(source.rawValue) is not the latency \(snapshot.latency)")
        }
        return snapshot
    }

    private func isBetter(_ snapshot: SchedulingSnapshot) -> Bool {
        snapshot.latency < (incumbent?.latency ?? .infinity) * (1 - Tolerance.improvement)
    }

    /// The best schedule so far.
    public var incumbent: SchedulingSnapshot? { state.withLock { $0.incumbent } }

    /// Latency of the best schedule so far, in units of time; infinite without one.
    public var cutoff: Double { incumbent?.latency ?? .infinity }

    /// Schedules that a search may start from when it is stuck, other than the incumbent.
    public var starts: [SchedulingSnapshot] { state.withLock { $0.starts } }

    /// Keeps a schedule for searches that are stuck.
    public func keepAsStart(_ snapshot: SchedulingSnapshot) { state.withLock { $0.starts.append(snapshot) } }

    // MARK: Bounds

    /// Takes a bound, and tells the caller.
    public func add(_ bound: LowerBound) {
        state.withLock { state in
            // Each round of pricing has one; the best is kept, and the caller is told of all.
            if bound.kind == .pricing {
                state.bounds.removeAll { $0.kind == .pricing && $0.scope == bound.scope && $0.value <= bound.value }
            }
            state.bounds.append(bound)
        }
        control.report(.bound(bound))
    }

    /// The best bound for the problem so far, in units of time; 0 without one.
    public var bestBound: Double {
        state.withLock { $0.bounds.lazy.filter { $0.scope.isAboutProblem }.map(\.value).max() ?? 0 }
    }

    /// (incumbent - bound) / incumbent, a fraction; 1 without an incumbent or a bound.
    public var gap: Double {
        let (latency, bound) = (cutoff, bestBound)
        return latency.isFinite ? max(0, latency - bound) / latency : 1
    }

    /// True when a bound for the problem meets the incumbent, up to the gap that is asked for.
    public var isDone: Bool {
        incumbent.map { bestBound >= $0.latency * (1 - max(Tolerance.agreement, control.gap)) } ?? false
    }

    /// The gap that is asked for.
    public var wantedGap: Double { control.gap }

    // MARK: Reports

    /// Tells the caller what is done now.
    public func enter(_ phase: Phase) { control.report(.phase(phase)) }

    /// Tells the caller how far the work is, unless it was told just before.
    public func report(_ progress: SolveProgress) {
        let now = control.elapsedSeconds
        let isDue = lastProgress.withLock { last in
            guard now - last >= Self.progressIntervalSeconds else { return false }
            last = now
            return true
        }
        if isDue { control.report(.progress(progress)) }
    }

    /// Notes what was enumerated and what was left out of it.
    public func note(_ statistics: EnumerationStatistics, omissions: [Omission]) {
        state.withLock { ($0.candidates, $0.omissions) = (statistics, omissions) }
    }

    /// Notes counts of an integer program.
    public func note(_ statistics: ProgramStatistics) { state.withLock { $0.program = statistics } }

    /// Notes states that a backward search expanded.
    public func note(searchStates: Int) { state.withLock { $0.searchStates = searchStates } }

    /// Notes the dual prices that prove the best bound by pricing.
    public func note(_ certificate: BoundCertificate) {
        state.withLock { if certificate.bound >= $0.certificate?.bound ?? 0 { $0.certificate = certificate } }
    }

    /// Notes steps that a proof used.
    public func note(usefulSteps: [StepKey]) { state.withLock { $0.usefulSteps = usefulSteps } }

    /// Notes granularities that were searched exhaustively.
    func note(tunings: some Sequence<(StepKey, TuningState)>) {
        state.withLock { state in
            for (key, tuning) in tunings { state.tunings.insert(tuning, for: key) }
        }
    }

    /// True when candidates were enumerated and nothing was left out.
    public var hasAllCandidates: Bool { state.withLock { $0.omissions?.isEmpty == true } }

    // MARK: Result

    /// What is known now, of a run that ended so.
    ///
    /// What the bounds say goes before what the ending says: a schedule that a bound meets is proven optimal.
    ///
    /// - Parameters:
    ///   - ending: how the run ended.
    ///   - held: the schedule that the caller holds where it was too late for the incumbent; nil for the incumbent.
    /// - Throws: ``InconsistencyError`` when there is no schedule.
    public func result(
        _ ending: Ending, holding held: SchedulingSnapshot? = nil
    ) throws(InconsistencyError) -> SchedulingResult {
        let known = state.withLock { $0 }
        guard let incumbent = held ?? known.incumbent else {
            throw InconsistencyError(description: "no schedule was found")
        }
        let bound = bestBound
        let meets = { (gap: Double) in bound >= incumbent.latency * (1 - gap) }
        let ending =
            meets(Tolerance.agreement)
            ? Ending.proven
            : meets(max(Tolerance.agreement, control.gap)) ? .limit(.gap) : ending
        return SchedulingResult(
            incumbent: incumbent, bounds: known.bounds, ending: ending,
            candidateOmissions: known.omissions, candidates: known.candidates, program: known.program,
            searchStates: known.searchStates, certificate: known.certificate, usefulSteps: known.usefulSteps,
            tunings: known.tunings, seconds: control.elapsedSeconds)
    }
}

/// What went wrong in a way that is a defect of the program, not of the problem.
public struct InconsistencyError: Error, CustomStringConvertible {
    /// One sentence.
    public let description: String
}
