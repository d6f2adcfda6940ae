import CostModel
import MIP
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

/// What a scheduler hands back.
public struct SchedulingResult: Sendable {
    /// Relative difference up to which a bound proves a latency optimal: what the evaluator and the referee agree to.
    public static let tolerance = 1e-9

    /// The best schedule.
    public var incumbent: SchedulingSnapshot
    /// All bounds found.
    public var bounds: [LowerBound]
    /// How the solution ended. `optimal` is about ``scope``.
    public var termination: Termination
    /// What is left out of the candidates; empty when they are complete. Nil when nothing was enumerated.
    public var candidateOmissions: [String]?
    /// Counts of the enumeration, if there was one.
    public var candidates: CandidateSet.Statistics?
    /// Counts of the integer program, if one was solved.
    public var program: ProgramStatistics?
    /// States that the backward search expanded, if it ran.
    public var searchStates: Int?
    /// Wall-clock time, in seconds.
    public var seconds: Double

    /// Sizes of the integer program and what solving it took.
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

    /// The best bound for the problem itself.
    public var bestBound: LowerBound? {
        bounds.filter { $0.scope.isAboutProblem }.max { $0.value < $1.value }
    }

    /// (incumbent - bound) / incumbent, a fraction, by the best bound for the problem; 1 without a bound.
    public var gap: Double {
        guard let bestBound else { return 1 }
        return max(0, relativeGap(incumbent: incumbent.latency, dualBound: min(bestBound.value, incumbent.latency)))
    }

    /// What optimality, or the bound, is about.
    public var scope: ProofScope {
        if termination == .optimal, gap > Self.tolerance {
            return .candidates(reason: candidateOmissions?.joined(separator: "; ") ?? "nothing was enumerated")
        }
        return bestBound?.scope ?? .candidates(reason: "no bound was found")
    }

    /// The status in the words of the command line: `optimal`, `best of candidates`, `feasible (time limit)` …
    public var status: String {
        switch termination {
        case .optimal: scope.isAboutProblem ? "optimal" : "best of candidates"
        case .feasible(.interrupted): "feasible (interrupted)"
        case .feasible(.candidates): "feasible (too large for complete enumeration)"
        case .feasible(let limit): "feasible (\(limit.rawValue) limit)"
        case .infeasible: "infeasible"
        case .unbounded, .noSolution: "no solution"
        }
    }
}

extension SchedulingResult {
    /// What is known of a solution that did not come to its own end.
    public init(incumbent: SchedulingSnapshot, bounds: [LowerBound], termination: Termination, seconds: Double) {
        self.init(
            incumbent: incumbent, bounds: bounds, termination: termination, candidateOmissions: nil, candidates: nil,
            program: nil, searchStates: nil, seconds: seconds)
    }
}
