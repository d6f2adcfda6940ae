import CostModel
import MIP
import TensorGraph
import TestSupport
import Testing

@testable import Scheduling

/// Schedules as points of the program: a valid schedule that the program rejects would be a defect of one of them.
@Suite("Schedules as points of the program")
struct ExportPointTests {
    @Test("Every random schedule is a feasible point of its own cost, at both levels where they allow it")
    func randomSchedulesAreFeasible() throws {
        var counts: [ScheduleFormulation.Level: Int] = [:]
        var recomputed = 0
        var handingOver = 0
        for seed in 0..<60 as Range<UInt64> {
            var generator = ProblemGenerator(seed: seed)
            let problem = try generator.next()
            guard problem.ops.count <= 12 else { continue }
            let evaluator = Evaluator(problem)
            var random = RandomSource(seed: seed)
            for _ in 0..<6 {
                let schedule = ScheduleGenerator(problem).schedule(using: &random)
                guard let evaluation = try? evaluator.evaluate(schedule) else { continue }
                var set = CandidateSet()
                let chosen = set.include(
                    try Candidate.steps(of: schedule, latencies: evaluation.latencies, problem: problem, isBest: true))
                let columns = try #require(CandidateColumns(set.candidates, of: Subproblem(whole: problem)))
                // What no best schedule has, the program leaves out: a step twice, a last step that evicts nothing new.
                let last = try #require(chosen.last.map { Int(columns.columns[$0].retained) })
                guard Set(chosen).count == chosen.count, last == 0 || columns.canEnd(last) else { continue }
                let isPartition = schedule.steps.flatMap(\.ops).count == problem.ops.count
                for level in ScheduleFormulation.Level.allCases where level == .recompute || isPartition {
                    let formulation = try ScheduleFormulation(
                        columns, candidates: set.candidates, problem: problem, level: level, writesMemoryRows: true)
                    let point = try #require(formulation.point(choosing: chosen), "\(level), seed \(seed)")
                    let report = try FeasibilityReport(of: point, in: formulation.model)
                    #expect(report.isFeasible, "\(level), seed \(seed): \(report)")
                    #expect(abs(report.objective - evaluation.totalLatency) <= 1e-9 * evaluation.totalLatency)
                    #expect(formulation.rows.count == formulation.model.rows.count)
                    #expect(formulation.supplyCuts(at: point, limit: 10).isEmpty)
                    #expect(formulation.reachRows(at: point, limit: 10).isEmpty)
                    #expect(ScheduleDecoder(formulation).cut(at: point) == nil)
                    counts[level, default: 0] += 1
                }
                recomputed += isPartition ? 0 : 1
                handingOver += schedule.steps.contains { !$0.retained.isEmpty } ? 1 : 0
            }
        }
        // A run that meets no hard case proves nothing.
        #expect(counts[.recompute, default: 0] > 100 && counts[.partition, default: 0] > 20, "\(counts)")
        #expect(recomputed > 40 && handingOver > 40, "\(recomputed) recomputed, \(handingOver) with hand-offs")
    }

    @Test("The list scheduler's and the best schedule are feasible points", arguments: ExportCase.all)
    func incumbentsAreFeasible(_ example: ExportCase) throws {
        let problem = try example.problem()
        let schedule = try ListScheduler(problem).schedule()
        let evaluation = try Evaluator(problem).evaluate(schedule)
        for level in ScheduleFormulation.Level.allCases {
            let export = try example.export(level)
            let start = try #require(export.start, "the list scheduler recomputes nothing")
            let report = try FeasibilityReport(of: start, in: export.formulation.model)
            #expect(report.isFeasible, "\(level): \(report)")
            #expect(report.objective <= evaluation.totalLatency * (1 + 1e-9))
        }
    }
}
