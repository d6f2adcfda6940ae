import CostModel
import MIP
import TensorGraph

/// The integer program of a problem, for inspection and for other solvers.
///
/// It is the program of ``Scheduler`` before that drops candidates which no better schedule contains, with the rows
/// C5 written out. The order of steps, C6, is in it only as far as ``addCuts(solver:control:)`` puts it there;
/// `models/README.md` says what follows from that.
package struct ProgramExport: Sendable {
    /// What the caller chooses.
    package struct Options: Sendable {
        /// Which schedules the program allows.
        package var level = ScheduleFormulation.Level.recompute
        /// Limits of the enumeration.
        package var limits = CandidateEnumerator.Limits()
        /// A valid schedule whose steps are to be among the columns, and which is the start; nil for none.
        package var schedule: Schedule?
        /// How deep k-steps may be.
        package var reductionCap = ReductionCap.native
        /// Cores to use; the result is the same for any number.
        package var threads = 2

        /// The defaults.
        package init() {}
    }

    /// The program cannot be written down because sets have no room for the problem.
    package struct TooLargeError: Error, CustomStringConvertible {
        /// One sentence.
        package let description: String
    }

    /// The program, with all cuts added so far.
    package internal(set) var formulation: ScheduleFormulation
    /// The candidates that its columns stand for.
    package let candidates: CandidateSet
    /// The best choice of candidates known, as a point; nil when the level does not allow the list scheduler's.
    package internal(set) var start: [Double]?
    /// What looking for cuts came to; nil when nobody did.
    package internal(set) var cuts: CutSummary?
    let problem: Problem

    /// Enumerates the candidates and writes the program.
    ///
    /// The steps of the list scheduler's schedule are among the columns, so that at the level `recompute` the program
    /// has a feasible point however few candidates there are.
    ///
    /// - Parameters:
    ///   - problem: the problem.
    ///   - options: level, limits of the enumeration, reduction cap.
    ///   - isCancelled: polled now and then; true ends the enumeration, which is then incomplete.
    /// - Throws: ``InfeasibleOp``, ``TooLargeError``, `RuleViolation` for an invalid ``Options/schedule``.
    package init(
        _ problem: Problem, options: Options = Options(), isCancelled: @escaping @Sendable () -> Bool = { false }
    ) throws {
        var listOptions = ListScheduler.Options()
        listOptions.reductionCap = options.reductionCap
        let schedule = try ListScheduler(problem, options: listOptions).schedule()
        let evaluation = try Evaluator(problem, reductionCap: options.reductionCap).evaluate(schedule)
        var candidates = CandidateEnumerator(
            problem, reductionCap: options.reductionCap, limits: options.limits, threads: options.threads
        ).enumerate(isCancelled: isCancelled)
        var chosen = candidates.include(
            try Candidate.steps(of: schedule, latencies: evaluation.latencies, problem: problem, isBest: true))
        if let own = options.schedule {
            let evaluation = try Evaluator(problem, reductionCap: options.reductionCap).evaluate(own)
            chosen = candidates.include(
                try Candidate.steps(of: own, latencies: evaluation.latencies, problem: problem, isBest: true))
        }
        try self.init(problem, candidates: candidates, chosen: chosen, level: options.level)
    }

    /// Writes the program for these candidates.
    ///
    /// - Parameter chosen: the candidates of the best schedule known, by position.
    /// - Throws: ``TooLargeError``.
    init(_ problem: Problem, candidates: CandidateSet, chosen: [Int], level: ScheduleFormulation.Level) throws {
        guard let columns = CandidateColumns(candidates.candidates, of: Subproblem(whole: problem)) else {
            throw TooLargeError(
                description: "the program has room for \(OpSet.capacity) ops and \(OpSet.capacity) tensors that ops "
                    + "write; the problem has more")
        }
        self.problem = problem
        self.candidates = candidates
        formulation = try ScheduleFormulation(
            columns, candidates: candidates.candidates, problem: problem, level: level, writesMemoryRows: true)
        if let point = formulation.point(choosing: chosen),
            try FeasibilityReport(of: point, in: formulation.model).isFeasible
        {
            start = point
        }
    }

    /// Whether the candidates are all that can matter; if not, an optimum is one over these candidates.
    package var isComplete: Bool { candidates.isComplete }

    /// The file.
    package func text(_ format: ExportFormat) -> String {
        let body =
            switch format {
            case .lp: LPWriter(formulation.model).text()
            case .mps: MPSWriter(formulation.model).text()
            case .mathprog: MathProgWriter(formulation.model).text()
            case .data: MathProgData(self).text()
            }
        return heading.map { "\(format.commentMark) \($0)\n" }.joined() + body
    }

    /// The start in the form that a solver reads; nil when there is none.
    package func startText(_ format: MIPStartWriter.Format = .cbc) -> String? {
        start.flatMap { try? MIPStartWriter($0, of: formulation.model).text(format) }
    }

    /// What a reader has to know, in lines of at most 100 characters or so.
    private var heading: [String] {
        let steps = formulation.candidateOfColumn.count
        var lines = [
            "steps to choose from: \(steps); ops may be recomputed: \(formulation.level == .recompute ? "yes" : "no")",
            "the steps are all that can matter: \(isComplete ? "yes" : "no")",
        ]
        lines += candidates.omissions.map { "left out: \($0)" }
        lines.append("order of steps (C6): \(cuts?.description ?? "left out")")
        return lines.flatMap { Self.wrapped($0) }
    }

    private static func wrapped(_ text: String) -> [String] {
        var lines: [String] = []
        for word in text.split(separator: " ") {
            if let last = lines.last, last.count + word.count < 100 {
                lines[lines.count - 1] = last + " " + word
            } else {
                lines.append((lines.isEmpty ? "" : "  ") + word)
            }
        }
        return lines
    }
}
