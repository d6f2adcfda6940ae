import CostModel
import Foundation
import GLPKBackend
import MIP
import TensorGraph
import TestSupport
import Testing

@testable import Scheduling

/// The rows C1' and C2' against what they say, told from a schedule step by step.
@Suite("First executions, and what they read")
struct ReachRowTests {
    /// Counts that prove that a run has met the hard cases.
    private struct Cases {
        var schedules = 0
        /// Steps that hold an op which has run before.
        var recomputing = 0
        /// Such steps that find something made from the op: C1' does not count them.
        var uncounted = 0
        /// Rows C2' that a step reading the tensor satisfies by an earlier eviction alone.
        var supplied = 0
    }

    /// Checks every row for a valid schedule whose steps are these columns.
    private func check(_ steps: [CandidateColumns.Column], _ columns: CandidateColumns, _ cases: inout Cases) {
        cases.schedules += 1
        var hasRun = OpSet()
        for column in steps {
            // What is upstream of a step has run before it.
            #expect(column.upstream.isSubset(of: hasRun))
            if !column.ops.isDisjoint(with: hasRun) { cases.recomputing += 1 }
            if !column.ops.isDisjoint(with: column.upstream) { cases.uncounted += 1 }
            hasRun = hasRun.union(column.ops)
        }
        for op in columns.mustRun.members {
            #expect(steps.contains { $0.first.contains(op) })
            for tensor in columns.tensors.indices {
                let row = ReachRow(op: op, tensor: tensor)
                let counted = steps.count { row.counts($0) }
                #expect(counted >= 1, "op \(op), tensor \(columns.tensors[tensor])")
                let first = steps.first { $0.ops.contains(op) }
                if first?.slowReads.contains(tensor) == true { cases.supplied += 1 }
            }
        }
    }

    @Test("Every random schedule obeys every row, with recomputation and hand-offs")
    func randomSchedules() throws {
        var cases = Cases()
        for seed in 0..<80 as Range<UInt64> {
            var generator = ProblemGenerator(seed: seed)
            let problem = try generator.next()
            guard problem.ops.count <= 14 else { continue }
            var random = RandomSource(seed: seed)
            for _ in 0..<6 {
                let schedule = ScheduleGenerator(problem).schedule(using: &random)
                guard let evaluation = try? Evaluator(problem).evaluate(schedule) else { continue }
                var set = CandidateSet()
                let chosen = set.include(
                    try Candidate.steps(of: schedule, latencies: evaluation.latencies, problem: problem, isBest: true))
                let columns = try #require(CandidateColumns(set.candidates, of: Subproblem(whole: problem)))
                check(chosen.map { columns.columns[$0] }, columns, &cases)
                var weights: [Int: Double] = [:]
                for column in chosen { weights[column, default: 0] += 1 }
                let point = weights.sorted { $0.key < $1.key }.map { (column: $0.key, weight: $0.value) }
                #expect(ReachSeparation(columns).broken(by: point, limit: 1).isEmpty)
            }
        }
        #expect(cases.schedules > 200 && cases.recomputing > 200 && cases.supplied > 500, "\(cases)")
        #expect(cases.uncounted > 20, "\(cases)")
    }

    @Test("The optimum of trying every schedule obeys every row", .tags(.slow))
    func trueOptima() throws {
        var cases = Cases()
        var problems = OracleProblemGenerator(seed: 77, opCounts: 2...4, maximumWritten: 4)
        for _ in 0..<60 {
            let problem = try problems.next()
            guard let optimum = try ScheduleOracle(problem).optimum() else { continue }
            let latencies = try Evaluator(problem).evaluate(optimum.schedule).latencies
            var set = CandidateSet()
            let chosen = set.include(
                try Candidate.steps(of: optimum.schedule, latencies: latencies, problem: problem, isBest: true))
            let columns = try #require(CandidateColumns(set.candidates, of: Subproblem(whole: problem)))
            check(chosen.map { columns.columns[$0] }, columns, &cases)
        }
        #expect(cases.schedules > 40, "\(cases)")
    }

    @Test("Separation finds just the rows that a fractional point breaks")
    func separation() throws {
        var random = RandomSource(seed: 5)
        var broken = 0
        for example in try ExactCase.samples.get().prefix(60) {
            let columns = example.columns
            let weights = columns.columns.indices.map {
                (
                    column: $0,
                    weight: Int.random(in: 0..<4, using: &random) == 0 ? Double.random(in: 0...0.5, using: &random) : 0
                )
            }
            let found = Set(ReachSeparation(columns).broken(by: weights, limit: .max))
            for op in columns.mustRun.members {
                // Rows of ops that C1' itself finds short follow from it, unless a read makes them shorter still.
                let first = weights.reduce(0) { $0 + (columns.columns[$1.column].first.contains(op) ? $1.weight : 0) }
                for tensor in columns.tensors.indices {
                    let row = ReachRow(op: op, tensor: tensor)
                    let value = weights.reduce(0) { $0 + (row.counts(columns.columns[$1.column]) ? $1.weight : 0) }
                    let isShort = value < 1 - 1e-4 && (first >= 1 || found.contains(row))
                    #expect(isShort == found.contains(row), "\(row): \(value)")
                    if found.contains(row) { broken += 1 }
                }
            }
        }
        #expect(broken > 30)
    }

    @Test(
        "Bounds of the relaxation before and after, for problems with complete candidates", .tags(.slow),
        .enabled(if: ProcessInfo.processInfo.environment["MLSYS_ROWS"] != nil, "set MLSYS_ROWS; build for release"),
        arguments: [
            "mlp-4", "pointwise-6", "ffn-8", "siblings-9", "mlp-12", "attention-15", "random-20", "moe-23", "tower-30",
        ])
    func table(name: String) throws {
        let problem = try OwnProblem.read(name)
        let set = CandidateEnumerator(problem).enumerate()
        let columns = try #require(CandidateColumns(set.candidates, of: Subproblem(whole: problem)))
        var values = [try PlainRelaxation(columns, set.candidates, problem: problem).solve()]
        var rows = 0
        for adds in [false, true] {
            let relaxation = try #require(
                try Relaxation(
                    columns, set.candidates, problem: problem, solver: GLPKSolver(), budget: Budget(SolveControl()),
                    separation: .init(adds: adds)))
            values.append(relaxation.bound)
            rows = relaxation.reachRows.count
        }
        #expect(values == values.sorted())
        print("| \(name) | \(values.map { "\($0)" }.joined(separator: " | ")) | \(rows) | \(set.omissions) |")
    }

    @Test("The relaxation with rows C2' stays at or below the optimum, and above the one without")
    func relaxations() throws {
        var (raised, closed, plainClosed) = (0, 0, 0)
        for example in try ExactCase.samples.get() {
            let plain = try PlainRelaxation(example).solve()
            var values: [Double] = []
            for separates in [false, true] {
                let relaxation = try #require(
                    try Relaxation(
                        example.columns, example.candidates, problem: example.problem, solver: GLPKSolver(),
                        budget: Budget(SolveControl()), separation: .init(adds: separates)))
                values.append(relaxation.bound)
                let found = BackwardSearch(example.columns).run(prices: relaxation.prices, cutoff: .infinity)
                #expect(found.isProven)
                #expect(relaxation.bound <= found.latency * (1 + 1e-9))
            }
            let optimum = try example.search().objective
            #expect(plain <= values[0] * (1 + 1e-9) && values[0] <= values[1] * (1 + 1e-9))
            if values[1] > plain * (1 + 1e-6) { raised += 1 }
            if values[1] >= optimum * (1 - 1e-6) { closed += 1 }
            if plain >= optimum * (1 - 1e-6) { plainClosed += 1 }
        }
        #expect(raised > 10)
        #expect(closed > plainClosed)
    }
}

/// The linear program with C1 in the place of C1' and without C2': what the stronger rows are compared with.
struct PlainRelaxation {
    private let model: MIPModel

    init(_ example: ExactCase) throws {
        try self.init(example.columns, example.candidates, problem: example.problem)
    }

    init(_ columns: CandidateColumns, _ candidates: [Candidate], problem: Problem) throws {
        let formulation = try ScheduleFormulation(
            columns, candidates: candidates, problem: problem, level: .recompute, relaxed: true)
        var model = MIPModel(name: "plain")
        for column in formulation.model.columns { try model.addColumn(column) }
        for (row, meaning) in zip(formulation.model.rows, formulation.rows) {
            guard case .first(let op) = meaning else {
                try model.addRow(row)
                continue
            }
            let terms = columns.columns.indices.compactMap {
                columns.columns[$0].ops.contains(op.index) ? Term(1, ColumnID($0)) : nil
            }
            try model.addRow(Row(row.name, terms, row.bounds))
        }
        self.model = model
    }

    func solve() throws -> Double { try GLPKSolver().solveRelaxation(model).dualBound }
}
