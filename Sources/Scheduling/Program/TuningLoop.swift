import MIP
import TensorGraph

/// Searches granularities exhaustively for those candidates only that can matter, and drops the others.
///
/// With lower bounds for costs the relaxation bounds the optimum by *z*, and a choice that contains a candidate of
/// reduced cost *d* costs at least *z + d*. A candidate with *z + d* above the cutoff is in no choice below the cutoff:
/// it is dropped. Of the rest those of the least reduced cost are tuned first, because they move *z*.
///
/// Only what costs more than the cutoff is lost, whatever schedule the cutoff comes from: what is proven over the
/// candidates left is proven up to the cutoff (``cutoff``), and not above.
struct TuningLoop {
    /// How many candidates are tuned in each round: at least so many, and a part of those left.
    struct Batch: Sendable {
        var least: Int
        var part: Int
    }

    /// How the loop ended.
    enum Ending {
        /// Every candidate left is tuned, as far as it can be, or the budget is spent.
        case done
        /// The solver had no duals, so that nothing could be dropped.
        case noRelaxation
        /// The caller has seen enough.
        case stopped
    }

    /// A relaxation over lower bounds, and what it is about.
    struct Round {
        let candidates: [Candidate]
        let columns: CandidateColumns
        let relaxation: Relaxation
    }

    let subproblem: Subproblem
    let solver: any MIPSolver
    let tuner: GranularityTuner
    let batch: Batch
    /// Candidates tuned at most.
    var maximumTuned = Int.max
    /// Whether the candidates are relaxed once even if all are tuned.
    var relaxesAlways = false
    /// Rows C2' of the relaxations: those of one are the next one's first.
    var separation = Relaxation.Separation()
    /// The candidates that are left.
    private(set) var candidates: [Candidate]
    /// Candidates tuned so far.
    private(set) var tuned: [Candidate] = []
    /// The least cutoff against which a candidate was dropped, in units of time; infinite when none was.
    private(set) var cutoff = Double.infinity

    init(
        _ candidates: [Candidate], of subproblem: Subproblem, solver: any MIPSolver, tuner: GranularityTuner,
        batch: Batch
    ) {
        self.candidates = candidates
        self.subproblem = subproblem
        self.solver = solver
        self.tuner = tuner
        self.batch = batch
    }

    /// Runs until every candidate that is left is tuned.
    ///
    /// - Parameters:
    ///   - cutoff: choices that cost more than this are of no interest, in units of time; asked in every round.
    ///   - inspect: sees each relaxation before anything is dropped; false ends the loop.
    ///   - improve: sees the candidates left and prices that are feasible for them, and may lower the cutoff.
    /// - Throws: `MIPModelError` for costs that are not finite, and what the closures throw.
    mutating func run(
        budget: Budget, cutoff: () -> Double, inspect: (Round) throws -> Bool = { _ in true },
        improve: ([Candidate], SearchPrices) throws -> Void = { _, _ in }
    ) throws -> Ending {
        while !budget.shouldStop, relaxesAlways || candidates.contains(where: \.isOpen) {
            guard let columns = CandidateColumns(candidates, of: subproblem, cost: { $0.lowerBound }),
                let relaxation = try Relaxation(
                    columns, candidates, problem: subproblem.problem, solver: solver, budget: budget,
                    separation: separation)
            else { return .noRelaxation }
            separation.rows = relaxation.reachRows
            guard try inspect(Round(candidates: candidates, columns: columns, relaxation: relaxation)) else {
                return .stopped
            }
            let reduced = drop(relaxation, above: cutoff())
            try improve(candidates, relaxation.prices)
            let open = candidates.indices.filter { candidates[$0].isOpen }
                .sorted { (reduced[$0], $0) < (reduced[$1], $1) }
            guard !open.isEmpty, tuned.count < maximumTuned else { break }
            let chosen = Array(open.prefix(max(batch.least, open.count / batch.part)))
            let better = tuner.tune(chosen.map { candidates[$0] }) { budget.shouldStop }
            for (index, candidate) in zip(chosen, better) { candidates[index] = candidate }
            tuned += better
        }
        return .done
    }

    /// Drops candidates that no choice below the cutoff contains; returns the reduced costs of those that stay.
    private mutating func drop(_ relaxation: Relaxation, above cutoff: Double) -> [Double] {
        let limit = cutoff * (1 + Tolerance.agreement)
        var kept: [Candidate] = []
        var reduced: [Double] = []
        for (candidate, cost) in zip(candidates, relaxation.reducedCosts) {
            guard relaxation.bound + cost <= limit else { continue }
            kept.append(candidate)
            reduced.append(cost)
        }
        if kept.count < candidates.count { self.cutoff = min(self.cutoff, cutoff) }
        candidates = kept
        return reduced
    }
}
