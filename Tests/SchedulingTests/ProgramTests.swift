import CostModel
import Foundation
import GLPKBackend
import MIP
import SolverTestSupport
import TensorGraph
import TestSupport
import Testing

@testable import Scheduling

/// Random problems solved by the integer program and by backward search, and what the optima are made of.
struct ProgramComparison {
    private(set) var traits = OracleTraits()
    private(set) var manyOutputs = 0
    /// Problems on which recomputation gains something.
    private(set) var recomputed = 0
    private(set) var candidates = 0
    /// Problems on which the program proves nothing, because it had to forbid a choice without proof.
    private(set) var unproven = 0

    mutating func compare(_ example: ExactCase) throws {
        let text = Comment(rawValue: ProblemFile.text(of: example.problem))
        let program = try example.program(solver: GLPKSolver())
        let search = try example.search()
        let partition = try example.program(.partition, solver: GLPKSolver())
        for answer in [program, search, partition] {
            #expect(answer.termination == .optimal, text)
            let latency = try Evaluator(example.problem).evaluate(answer.schedule).totalLatency
            #expect(agree(latency, answer.objective), text)
        }
        // The solver prunes what is better by less than 1e-7 of the objective.
        let difference = program.objective - search.objective
        #expect(difference >= -1e-6 * search.objective, "\(difference): \(text)")
        if program.isExact {
            #expect(difference <= 1e-6 * search.objective, "\(difference): \(text)")
        } else {
            unproven += 1
        }
        #expect(partition.objective >= program.objective * (1 - 1e-6), text)
        let bound = max(StructuralBounds.compute(example.problem), StructuralBounds.traffic(example.problem))
        #expect(bound <= search.objective * (1 + 1e-12), text)
        if partition.objective > program.objective * (1 + 1e-6) { recomputed += 1 }
        if example.problem.ops.contains(where: { $0.outputs.count > 1 }) { manyOutputs += 1 }
        candidates += example.candidates.count
        try traits.count(search.schedule, for: example.problem)
    }
}

@Suite("Integer program and backward search")
struct ProgramTests {
    @Test("find the same optimum of 200 random problems, and schedules that cost just that", .tags(.slow))
    func agreeOnRandomProblems() throws {
        var comparison = ProgramComparison()
        for example in try ExactCase.samples.get() { try comparison.compare(example) }
        #expect(comparison.traits.feasible == 200)
        #expect(comparison.manyOutputs > 30)
        #expect(comparison.recomputed > 0)
        #expect(comparison.unproven < 4)
        for trait in ["hand-off", "fusion", "several k-steps", "folded reduction", "recomputation"] {
            #expect(comparison.traits.occurrences[trait, default: 0] > 0, "no \(trait): \(comparison.traits)")
        }
    }

    static let requested = ProcessInfo.processInfo.environment["MLSYS_PROGRAM_CASES"].flatMap { Int($0) }

    @Test(
        "find the same optimum of thousands of random problems", .tags(.slow),
        .enabled(if: requested != nil, "set MLSYS_PROGRAM_CASES to the number of problems; build for release"))
    func agreeOnManyProblems() throws {
        let seed = ProcessInfo.processInfo.environment["MLSYS_PROGRAM_SEED"].flatMap { UInt64($0) } ?? 5000
        var supply = ExactCase.Supply(seed: seed, opsAtMost: 6, candidatesAtMost: 200, sideAtMost: 5)
        var comparison = ProgramComparison()
        let time = try ContinuousClock().measure {
            for _ in 0..<(Self.requested ?? 0) { try comparison.compare(try supply.next()) }
        }
        print(
            "\(comparison.traits); \(comparison.manyOutputs) with ops of several outputs, \(comparison.recomputed) "
                + "gain by recomputation, \(comparison.unproven) unproven by the program, "
                + "\(comparison.candidates) candidates, \(time)")
        #expect(comparison.traits.feasible == Self.requested)
    }

    @Test("The brute-force solver finds the same optimum of the tiniest programs")
    func agreesWithBruteForce() throws {
        var supply = ExactCase.Supply(seed: 17, opsAtMost: 3, candidatesAtMost: 14)
        for _ in 0..<60 {
            let example = try supply.next()
            for level in ScheduleFormulation.Level.allCases {
                let brute = try example.program(level, solver: BruteForceMIPSolver())
                let found = try example.program(level, solver: GLPKSolver())
                #expect(brute.termination == .optimal)
                #expect(abs(brute.objective - found.objective) <= 1e-6 * brute.objective)
            }
        }
    }

    @Test("The optimum, as a point, breaks no row of the program, and no row of the program with memory rows")
    func acceptsSchedules() throws {
        for example in try ExactCase.samples.get() {
            let outcome = BackwardSearch(example.columns).run(
                prices: SearchPrices(columns: example.columns), cutoff: .infinity)
            let steps = try #require(outcome.steps)
            let formulation = try ScheduleFormulation(
                example.columns, candidates: example.candidates, problem: example.problem, level: .recompute,
                writesMemoryRows: true)
            let point = try #require(formulation.point(choosing: steps))
            let report = try FeasibilityReport(of: point, in: formulation.model)
            #expect(report.isFeasible, "\(report): \(ProblemFile.text(of: example.problem))")
            #expect(agree(report.objective, outcome.latency))
            #expect(formulation.chosen(at: point).sorted() == steps.sorted())
        }
    }
}
