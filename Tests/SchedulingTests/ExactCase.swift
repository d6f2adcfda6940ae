import CostModel
import GLPKBackend
import MIP
import SolverTestSupport
import Synchronization
import TensorGraph
import TestSupport
import Testing

@testable import Scheduling

/// A problem with all its candidates, for tests that ask several solvers for the optimum.
struct ExactCase {
    let problem: Problem
    let candidates: [Candidate]
    let columns: CandidateColumns

    /// What a solver found.
    struct Answer {
        var termination: Termination
        var objective: Double
        var schedule: Schedule
        /// False when a cut was made that may have forbidden something that can be ordered.
        var isExact = true
    }

    struct NotOrdered: Error {}

    /// Nil when an op fits at no granularity, or when the problem is too large to be complete.
    init?(_ problem: Problem, candidatesAtMost: Int = 2000) {
        // Tiny tensors fit in fast memory by the dozen; the default limits are meant for larger ones.
        var limits = CandidateEnumerator.Limits()
        (limits.retainedSets, limits.retainedTensors, limits.candidates) = (1 << 6, 6, candidatesAtMost)
        let set = CandidateEnumerator(problem, limits: limits, threads: 1).enumerate()
        guard set.isComplete, let columns = CandidateColumns(set.candidates, of: Subproblem(whole: problem)),
            problem.opIDs.allSatisfy({ op in set.candidates.contains { $0.ops == [op] } })
        else { return nil }
        self.problem = problem
        candidates = set.candidates
        self.columns = columns
    }

    /// The program of these candidates.
    func formulation(_ level: ScheduleFormulation.Level = .recompute) throws -> ScheduleFormulation {
        try ScheduleFormulation(columns, candidates: candidates, problem: problem, level: level)
    }

    /// The optimum by the integer program, without a schedule to start from.
    func program(_ level: ScheduleFormulation.Level = .recompute, solver: any MIPSolver) throws -> Answer {
        let formulation = try formulation(level)
        let decoder = ScheduleDecoder(formulation)
        let allExact = Atomic(true)
        var options = MIPOptions()
        options.lazyRows = { point in
            guard let cut = decoder.cut(at: point) else { return [] }
            if !cut.isExact { allExact.store(false, ordering: .relaxed) }
            return [cut.row]
        }
        let solution = try solver.solve(formulation.model, options: options)
        let incumbent = try #require(solution.incumbent)
        guard case .order(let steps) = decoder.decode(formulation.chosen(at: incumbent.point)) else {
            throw NotOrdered()
        }
        return Answer(
            termination: solution.termination, objective: incumbent.objective, schedule: schedule(steps),
            isExact: allExact.load(ordering: .relaxed))
    }

    /// The optimum by backward search without prices.
    func search() throws -> Answer {
        let outcome = BackwardSearch(columns).run(prices: SearchPrices(columns: columns), cutoff: .infinity)
        let steps = try #require(outcome.steps)
        #expect(abs(outcome.lowerBound - outcome.latency) <= 1e-9 * outcome.latency)
        return Answer(
            termination: outcome.isProven ? .optimal : .feasible(.nodes), objective: outcome.latency,
            schedule: schedule(steps))
    }

    /// The schedule of these candidates.
    func schedule(_ steps: [Int]) -> Schedule { Schedule(steps: steps.map { candidates[$0].step }) }
}

extension ExactCase {
    /// 200 random problems, enumerated once for all tests that can do with the same ones.
    static let samples = Result {
        var supply = Supply(seed: 3)
        return try (0..<200).map { _ in try supply.next() }
    }

    /// Random problems that can be solved exactly in no time.
    struct Supply {
        private var general: ProblemGenerator
        private var tiny: OracleProblemGenerator
        private var count = 0
        private let opsAtMost: Int
        private let candidatesAtMost: Int
        private let sideAtMost: Int

        init(seed: UInt64, opsAtMost: Int = 5, candidatesAtMost: Int = 120, sideAtMost: Int = 4) {
            general = ProblemGenerator(seed: seed)
            tiny = OracleProblemGenerator(seed: seed, opCounts: 2...min(4, opsAtMost))
            self.opsAtMost = opsAtMost
            self.candidatesAtMost = candidatesAtMost
            self.sideAtMost = sideAtMost
        }

        /// Two kinds of problems in turn.
        mutating func next() throws -> ExactCase {
            while true {
                count += 1
                let problem = count.isMultiple(of: 2) ? try general.next() : try tiny.next()
                guard isSmall(problem), let found = ExactCase(problem, candidatesAtMost: candidatesAtMost) else {
                    continue
                }
                return found
            }
        }

        /// True when neither granularities nor sets of retained tensors are many.
        private func isSmall(_ problem: Problem) -> Bool {
            let written = problem.ops.reduce(0) { $0 + $1.outputs.count }
            return problem.ops.count <= opsAtMost && written <= opsAtMost + 1
                && problem.tensors.allSatisfy { $0.width <= sideAtMost && $0.height <= sideAtMost }
        }
    }
}
