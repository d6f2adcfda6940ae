import CostModel
import TensorGraph

/// A schedule that has passed the evaluator.
public struct SchedulingSnapshot: Sendable {
    /// The schedule.
    public let schedule: Schedule
    /// What it costs.
    public let evaluation: Evaluation
    /// What found it.
    public let source: IncumbentSource
    /// When it was found, in seconds from the start.
    public let seconds: Double

    /// Creates a snapshot of a schedule that the evaluator found valid.
    public init(schedule: Schedule, evaluation: Evaluation, source: IncumbentSource, seconds: Double) {
        self.schedule = schedule
        self.evaluation = evaluation
        self.source = source
        self.seconds = seconds
    }

    /// Its latency, in units of time.
    public var latency: Double { evaluation.totalLatency }
}

/// Counts of an enumeration of candidates.
public struct EnumerationStatistics: Sendable, Hashable {
    /// Connected op sets looked at.
    public var connected = 0
    /// Op sets that could be steps by shape, sinks and memory.
    public var admissible = 0
    /// Steps (op set, resident set, retained set) that fit at some granularity.
    public var feasible = 0
    /// Steps left after dominance.
    public var kept = 0

    /// All zero.
    public init() {}
}

/// Sizes of an integer program and what solving it took.
public struct ProgramStatistics: Sendable, Hashable {
    /// Rows, order cuts not counted.
    public var rows: Int
    /// Columns.
    public var columns: Int
    /// Objective of the linear relaxation with supply cuts, in units of time.
    public var linearBound: Double?
    /// Nodes of branch and bound.
    public var nodes: Int
    /// Order cuts.
    public var orderCuts: Int
}

/// What a scheduler hands back.
public struct SchedulingResult: Sendable {
    /// The best schedule.
    public let incumbent: SchedulingSnapshot
    /// All bounds found.
    public let bounds: [LowerBound]
    /// How the run ended. `proven` is about ``scope``.
    public let ending: Ending
    /// What is left out of the candidates; empty when they are complete. Nil when nothing was enumerated.
    public let candidateOmissions: [Omission]?
    /// Counts of the enumeration, if there was one.
    public let candidates: EnumerationStatistics?
    /// Counts of the integer program, if one was solved.
    public let program: ProgramStatistics?
    /// States that the backward search expanded, if it ran.
    public let searchStates: Int?
    /// Dual prices that prove the best bound by pricing, if there is one.
    public let certificate: BoundCertificate?
    /// Steps that the proof used, the incumbent's among them; see ``Scheduler/Options/knownSteps``.
    public let usefulSteps: [StepKey]
    /// Granularities that were searched exhaustively; see ``Scheduler/Options/knownTunings``.
    public let tunings: StepTunings
    /// Wall-clock time, in seconds.
    public let seconds: Double

    /// ``Session/result(_:holding:)`` makes these, and nothing else does.
    init(
        incumbent: SchedulingSnapshot, bounds: [LowerBound], ending: Ending, candidateOmissions: [Omission]?,
        candidates: EnumerationStatistics?, program: ProgramStatistics?, searchStates: Int?,
        certificate: BoundCertificate?, usefulSteps: [StepKey], tunings: StepTunings, seconds: Double
    ) {
        self.incumbent = incumbent
        self.bounds = bounds
        self.ending = ending
        self.candidateOmissions = candidateOmissions
        self.candidates = candidates
        self.program = program
        self.searchStates = searchStates
        self.certificate = certificate
        self.usefulSteps = usefulSteps
        self.tunings = tunings
        self.seconds = seconds
    }

    /// What is known of an incumbent.
    public enum Status: Sendable, Hashable, CustomStringConvertible {
        /// No schedule in the scope of the bound is faster.
        case optimal
        /// No schedule of the candidates is faster, but the candidates are not all.
        case bestOfCandidates
        /// There was nothing more to try, which proves nothing.
        case exhausted
        /// A limit stopped the run.
        case feasible(SolveLimit)

        /// The words of the command line: `optimal`, `best of candidates`, `feasible (time limit)` …
        public var description: String {
            switch self {
            case .optimal: "optimal"
            case .bestOfCandidates: "best of candidates"
            case .exhausted: "feasible (nothing more to try)"
            case .feasible(let limit): "feasible (\(limit))"
            }
        }
    }

    /// The best bound for the problem itself.
    public var bestBound: LowerBound? {
        bounds.filter { $0.scope.isAboutProblem }.max { $0.value < $1.value }
    }

    /// (incumbent - bound) / incumbent, a fraction, by the best bound for the problem; 1 without a bound.
    public var gap: Double {
        guard let bestBound else { return 1 }
        guard bestBound.value < incumbent.latency else { return 0 }
        return (incumbent.latency - bestBound.value) / incumbent.latency
    }

    /// What optimality, or the bound, is about.
    public var scope: ProofScope {
        if ending == .proven, gap > Tolerance.agreement { return .candidates(candidateOmissions ?? [.everything]) }
        return bestBound?.scope ?? .candidates([.noBound])
    }

    /// What is known of the incumbent.
    public var status: Status {
        switch ending {
        case .proven: scope.isAboutProblem ? .optimal : .bestOfCandidates
        case .exhausted: .exhausted
        case .limit(let limit): .feasible(limit)
        }
    }
}
