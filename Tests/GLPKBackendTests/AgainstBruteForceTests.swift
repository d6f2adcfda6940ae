import GLPKBackend
import MIP
import SolverTestSupport
import Synchronization
import TensorGraph
import Testing

/// Two solvers that share nothing, one optimum.
@Suite struct AgainstBruteForceTests {
    private let glpk = GLPKSolver()
    private let bruteForce = BruteForceMIPSolver()

    private func compare(
        _ model: MIPModel, _ options: MIPOptions = MIPOptions(), named name: String
    ) throws -> Termination {
        let found = try glpk.solve(model, options: options)
        let wanted = try bruteForce.solve(model, options: options)
        #expect(found.termination == wanted.termination, "\(name)")
        guard let best = wanted.incumbent, let incumbent = found.incumbent else { return found.termination }
        #expect((incumbent.objective - best.objective).magnitude <= 1e-7 * max(1, best.objective.magnitude), "\(name)")
        #expect(try FeasibilityReport(of: incumbent.point, in: model).isFeasible, "\(name)")
        #expect(found.dualBound == incumbent.objective, "\(name)")
        return found.termination
    }

    @Test(arguments: [true, false])
    func partitionsAndCovers(exactly: Bool) throws {
        for seed in 0..<150 as Range<UInt64> {
            let model = try SampleModels.cover(
                items: 4 + Int(seed % 5), columns: 10 + Int(seed % 9), exactly: exactly, seed: seed)
            #expect(try compare(model, named: "seed \(seed)") == .optimal)
        }
    }

    @Test func startsAndFixing() throws {
        var fixed = 0
        for seed in 0..<100 as Range<UInt64> {
            let model = try SampleModels.cover(items: 8, columns: 18, exactly: seed % 2 == 0, seed: seed)
            let best = try bruteForce.solve(model)
            var options = MIPOptions()
            options.objectiveIsIntegral = seed % 3 == 0
            // A start that is optimal, or one that is not.
            options.initialPoint =
                seed % 5 == 0 ? best.incumbent?.point : model.columns.indices.map { $0 < model.rows.count ? 1 : 0 }
            let found = try glpk.solve(model, options: options)
            #expect(found.termination == .optimal, "seed \(seed)")
            #expect(found.incumbent?.objective == best.incumbent?.objective, "seed \(seed)")
            fixed += found.fixedColumns
        }
        #expect(fixed > 0)
    }

    @Test func randomIntegerModels() throws {
        var seen: [Termination: Int] = [:]
        for seed in 0..<400 as Range<UInt64> {
            seen[try compare(try SampleModels.integers(seed: seed), named: "seed \(seed)"), default: 0] += 1
        }
        #expect(seen[.optimal, default: 0] > 50)
        #expect(seen[.infeasible, default: 0] > 50)
    }

    @Test func lazyRows() throws {
        var generated = 0
        for seed in 0..<100 as Range<UInt64> {
            let model = try SampleModels.cover(items: 7, columns: 16, exactly: true, seed: seed)
            var generator = RandomSource(seed: seed + 1000)
            // Pairs of columns that must not be chosen together, told only when they are.
            let pairs = (0..<25).map { _ in
                (Int.random(in: 0..<16, using: &generator), Int.random(in: 0..<16, using: &generator))
            }
            var options = MIPOptions()
            options.lazyRows = { point in
                pairs.filter { $0 != $1 && point[$0] + point[$1] > 1 }.map { pair in
                    Row("not both", 1 * ColumnID(pair.0) + 1 * ColumnID(pair.1), .atMost(1))
                }
            }
            _ = try compare(model, options, named: "seed \(seed)")
            var eager = model
            for (first, second) in pairs where first != second {
                try eager.addRow(Row("not both", 1 * ColumnID(first) + 1 * ColumnID(second), .atMost(1)))
            }
            let lazy = try glpk.solve(model, options: options)
            let whole = try glpk.solve(eager)
            #expect(lazy.termination == whole.termination, "seed \(seed)")
            #expect(lazy.incumbent?.objective == whole.incumbent?.objective, "seed \(seed)")
            generated += lazy.lazyRows
        }
        #expect(generated > 100)
    }

    /// Whatever ends a search, its dual bound is one.
    @Test func boundsAreBounds() throws {
        var early = 0
        for seed in 0..<60 as Range<UInt64> {
            let model = try SampleModels.cover(
                items: 22, columns: 90, exactly: seed % 2 == 0, largestSet: 7, seed: seed, costs: 5...9)
            let best = try #require(try glpk.solve(model).incumbent)
            for limit in [0, 1, 3, 10] {
                var options = MIPOptions()
                options.nodeLimit = limit
                options.objectiveIsIntegral = seed % 3 == 0
                options.relativeGap = seed % 4 == 0 ? 0.02 : 0
                if seed % 5 == 0 {
                    options.initialPoint = model.columns.indices.map { $0 < model.rows.count ? 1 : 0 }
                }
                let result = try glpk.solve(model, options: options)
                #expect(result.dualBound <= best.objective + 1e-6, "seed \(seed), \(limit) nodes")
                #expect(
                    (result.incumbent?.objective ?? .infinity) >= best.objective - 1e-6, "seed \(seed), \(limit) nodes")
                if result.termination.limit != nil { early += 1 }
            }
        }
        #expect(early > 30)
    }

    @Test func branchingFirstFindsTheSameOptimum() throws {
        for seed in 0..<40 as Range<UInt64> {
            let model = try SampleModels.cover(items: 8, columns: 18, exactly: false, seed: seed)
            var options = MIPOptions()
            options.branchFirst = stride(from: 0, to: 18, by: 3).map { ColumnID($0) }
            #expect(try compare(model, options, named: "seed \(seed)") == .optimal)
        }
    }
}
