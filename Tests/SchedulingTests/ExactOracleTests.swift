import CostModel
import Foundation
import TensorGraph
import TestSupport
import Testing

@testable import Scheduling

/// Random tiny problems solved by trying everything and by the exact search.
struct OracleComparison {
    private var problems: OracleProblemGenerator
    private let simulatesAll: Bool
    /// Asks `Scheduler` with the method `exact` too: list scheduling, pricing, enumeration, backward search, program.
    private let asksMethod: Bool
    /// Optima that the method proved to be optima of the problem.
    private(set) var proven = 0
    private(set) var traits = OracleTraits()
    private(set) var candidates = 0
    /// Decoded schedules with their latencies.
    private(set) var decoded: [(problem: Problem, schedule: Schedule, latency: Double)] = []

    init(_ problems: OracleProblemGenerator, simulatesAll: Bool = false, asksMethod: Bool = false) {
        self.problems = problems
        self.simulatesAll = simulatesAll
        self.asksMethod = asksMethod
    }

    mutating func run(_ count: Int, keeping: Int = 0) throws {
        for _ in 0..<count {
            let problem = try problems.next()
            var options = ScheduleOracle.Options()
            options.simulatesAll = simulatesAll
            let optimum = try ScheduleOracle(problem, options: options).optimum()
            if let optimum { try traits.count(optimum.schedule, for: problem) } else { traits.infeasible += 1 }
            // Tiny tensors fit in fast memory by the dozen; the default limits are meant for larger ones.
            var limits = CandidateEnumerator.Limits()
            (limits.retainedSets, limits.retainedTensors) = (1 << 12, 12)
            let set = CandidateEnumerator(problem, limits: limits, threads: 1).enumerate()
            let omissions = set.omissions
            #expect(omissions.isEmpty, "\(ProblemFile.text(of: problem))")
            candidates += set.candidates.count
            let columns = try #require(CandidateColumns(set.candidates, of: Subproblem(whole: problem)))
            let found = BackwardSearch(columns).run(prices: SearchPrices(columns: columns), cutoff: .infinity)
            try compare(problem, optimum, found, set)
            if asksMethod { try compareWithMethod(problem, optimum) }
            if let steps = found.steps, decoded.count < keeping {
                decoded.append((problem, Schedule(steps: steps.map { set.candidates[$0].step }), found.latency))
            }
        }
    }

    private func compare(
        _ problem: Problem, _ optimum: ScheduleOracle.Optimum?, _ found: BackwardSearch.Outcome, _ set: CandidateSet
    ) throws {
        #expect(found.isProven)
        guard let optimum else {
            #expect(found.steps == nil, "a schedule where there is none: \(ProblemFile.text(of: problem))")
            return
        }
        let evaluated = try Evaluator(problem).evaluate(optimum.schedule).totalLatency
        for bound in [StructuralBounds.compute(problem), StructuralBounds.traffic(problem)] {
            #expect(bound <= optimum.latency * (1 + 1e-9), "a bound of \(bound): \(ProblemFile.text(of: problem))")
        }
        #expect(agree(evaluated, optimum.latency), "the oracle misjudges \(optimum.schedule)")
        guard let steps = found.steps, agree(found.latency, optimum.latency) else {
            Issue.record(
                """
                the optimum is \(optimum.latency), found \(found.latency): \(ProblemFile.text(of: problem))
                optimum: \(OracleComparison.text(optimum.schedule))
                """)
            return
        }
        let schedule = Schedule(steps: steps.map { set.candidates[$0].step })
        let decoded = try Evaluator(problem).evaluate(schedule).totalLatency
        #expect(agree(decoded, found.latency), "\(decoded) evaluated, \(found.latency) claimed: \(schedule)")
    }

    /// What the exact method proves is what trying everything found, and none of its bounds is above it.
    private mutating func compareWithMethod(_ problem: Problem, _ optimum: ScheduleOracle.Optimum?) throws {
        guard let optimum else {
            #expect(throws: InfeasibleOp.self, "\(ProblemFile.text(of: problem))") { try solveExactly(problem, .all) }
            return
        }
        let result = try solveExactly(problem, .all)
        try expectTruthful(result, optimum: optimum.latency, problem)
        guard result.status == .optimal else {
            Issue.record("\(result.status), \(result.scope): \(ProblemFile.text(of: problem))")
            return
        }
        proven += 1
    }

    /// Asks the referee about the schedules kept.
    func compareWithReferee() throws {
        var referee = Referee()
        for (problem, schedule, _) in decoded { referee.add(schedule, for: problem) }
        for (verdict, (_, schedule, latency)) in zip(try referee.verdicts(), decoded) {
            #expect(verdict.total.map { agree($0, latency) } == true, "\(verdict), not \(latency): \(schedule)")
        }
    }

    static func text(_ schedule: Schedule) -> String {
        schedule.steps.map { "\($0.ops) \($0.granularity) \($0.order.name) keeps \($0.retained)" }
            .joined(separator: "; ")
    }
}

extension Scheduler.Options {
    /// The exact method with limits that leave nothing out of a tiny problem: its tensors fit in fast memory by the
    /// dozen.
    fileprivate static var all: Scheduler.Options {
        var options = Scheduler.Options(.exact)
        options.threads = 1
        (options.limits.retainedSets, options.limits.retainedTensors) = (1 << 12, 12)
        return options
    }
}

/// True when two numbers differ by rounding alone.
func agree(_ left: Double, _ right: Double) -> Bool {
    abs(left - right) <= 1e-9 * max(1, abs(left), abs(right))
}

@Suite("Candidates and backward search find the true optimum")
struct ExactOracleTests {
    @Test("of tiny problems, as does trying every schedule", .needsReferee, .tags(.slow))
    func randomProblems() throws {
        // The number of schedules grows exponentially with the tensors written; most problems are the smallest.
        let parts: [(ops: ClosedRange<Int>, written: Int, count: Int)] = [
            (2...2, 4, Effort.cases(60, thorough: 120)), (3...3, 4, Effort.cases(60, thorough: 150)),
            (4...4, 4, Effort.cases(15, thorough: 30)),
        ]
        var counts = OracleTraits()
        for (index, part) in parts.enumerated() {
            var comparison = OracleComparison(
                OracleProblemGenerator(seed: UInt64(index), opCounts: part.ops, maximumWritten: part.written),
                simulatesAll: part.ops.upperBound == 2)
            try comparison.run(part.count, keeping: 30)
            try comparison.compareWithReferee()
            counts.add(comparison.traits)
        }
        #expect(counts.feasible > parts.reduce(0) { $0 + $1.count } * 14 / 15)
        for trait in [
            "fusion", "hand-off", "recomputation", "several k-steps", "uneven k", "folded reduction", "order",
        ] {
            #expect(counts.occurrences[trait, default: 0] > 0, "no \(trait): \(counts)")
        }
    }

    @Test("of tiny problems of any ops of RULES 7, and no bound is above it", .needsReferee, .tags(.slow))
    func generalProblems() throws {
        var counts = OracleTraits()
        let parts = [
            (ops: 2...2, count: Effort.cases(35, thorough: 70)), (ops: 3...3, count: Effort.cases(35, thorough: 70)),
            (ops: 4...4, count: Effort.cases(5, thorough: 10)),
        ]
        for (index, part) in parts.enumerated() {
            var comparison = OracleComparison(
                OracleProblemGenerator(
                    seed: UInt64(50 + index), opCounts: part.ops, maximumWritten: 4, variety: .general),
                simulatesAll: part.ops.upperBound == 2, asksMethod: true)
            try comparison.run(part.count, keeping: 30)
            try comparison.compareWithReferee()
            counts.add(comparison.traits)
            #expect(comparison.proven == comparison.traits.feasible)
        }
        #expect(counts.feasible > parts.reduce(0) { $0 + $1.count } * 13 / 15)
        for trait in [
            "fusion", "hand-off", "recomputation", "several k-steps", "transposed reads inside",
            "broadcasts of internal vectors", "reducing ops and no sink", "tensors read twice", "free ops",
        ] {
            #expect(counts.occurrences[trait, default: 0] > 0, "no \(trait): \(counts)")
        }
    }

    /// Problems in which tiles of one element are best, because on the diagonal both reads of a tensor, as it is and
    /// transposed, are one slice.
    private static let diagonals: [(optimum: Double, text: String)] = [
        (
            368,
            """
            {"widths": [3, 3, 3, 3, 3, 3], "heights": [3, 3, 3, 3, 3, 3], "inputs": [[0, 0], [1, 2], [3, 3]],
             "outputs": [[1], [3], [4, 5]], "base_costs": [8, 32, 8], "op_types": ["Einsum", "Pointwise", "Einsum"],
             "einsums": ["ik,jk->ij", null, "ij,ji->ij"], "fast_memory_capacity": 10, "slow_memory_bandwidth": 0.25,
             "native_granularity": [3, 3]}
            """
        ),
        (
            156,
            """
            {"widths": [3, 3, 3, 3, 3], "heights": [3, 1, 3, 3, 3], "inputs": [[0, 1], [2], [2]],
             "outputs": [[2], [3], [4]], "base_costs": [30, 0.5, 0], "op_types": ["Einsum", "Pointwise", "Einsum"],
             "einsums": ["ij,1j->ij", null, "ji->ij"], "fast_memory_capacity": 9, "slow_memory_bandwidth": 0.5,
             "native_granularity": [3, 3]}
            """
        ),
    ]

    @Test("where reads of a tensor as it is and transposed coincide on the diagonal, and no bound is above it")
    func diagonalProblems() throws {
        for (optimum, text) in Self.diagonals {
            let problem = try JSONDecoder().decode(ProblemFile.self, from: Data(text.utf8)).problem()
            let result = try solveExactly(problem, .all)
            try expectTruthful(result, optimum: optimum, problem)
            #expect(result.status == .optimal)
        }
    }

    static let requested = ProcessInfo.processInfo.environment["MLSYS_ORACLE_CASES"].flatMap { Int($0) }

    @Test(
        "of thousands of tiny problems of up to five ops", .tags(.slow),
        .enabled(if: requested != nil, "set MLSYS_ORACLE_CASES to the number of problems; build for release"),
        arguments: [ProblemGenerator.Variety.contest, .general])
    func manyProblems(variety: ProblemGenerator.Variety) throws {
        let environment = ProcessInfo.processInfo.environment
        let seed = environment["MLSYS_ORACLE_SEED"].flatMap { UInt64($0) } ?? 1000
        let cases = Self.requested ?? 0
        let parts: [(ops: ClosedRange<Int>, written: Int, share: Int)] = [
            (2...3, 6, 50), (3...4, 6, 50), (5...5, 6, 10),
        ]
        for (index, part) in parts.enumerated() {
            var comparison = OracleComparison(
                OracleProblemGenerator(
                    seed: seed &+ UInt64(index), opCounts: part.ops, maximumWritten: part.written, variety: variety),
                asksMethod: true)
            let clock = ContinuousClock()
            let time = try clock.measure { try comparison.run(cases * part.share / 100) }
            print(
                "\(variety), \(part.ops) ops: \(comparison.traits), \(comparison.candidates) candidates, "
                    + "\(comparison.proven) proven by the exact method, \(time)")
            #expect(comparison.proven == comparison.traits.feasible)
        }
    }
}
