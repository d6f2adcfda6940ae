import MIP
import Synchronization
import TensorGraph

extension ConformanceCase {
    /// Knapsacks with subset-sum costs: no relaxation helps, so that no search ends early by itself.
    static func hardModel(columns count: Int = 30) throws -> MIPModel {
        var generator = RandomSource(seed: 11)
        var model = MIPModel(sense: .maximise)
        var terms: [[Term]] = [[], [], []]
        for index in 0..<count {
            let x = try model.addColumn(Column("x\(index)", .unit, objective: 1, integrality: .binary))
            for row in terms.indices {
                terms[row].append(Term(Double(Int.random(in: 2000...9999, using: &generator)), x))
            }
        }
        for (index, row) in terms.enumerated() {
            let total = row.reduce(0) { $0 + $1.coefficient }
            try model.addRow(Row("half \(index)", row, .range((total / 2).rounded(), (total / 2).rounded() + 2)))
        }
        return model
    }

    static let limits: [ConformanceCase] = [
        ConformanceCase("the time limit ends a search") { solver, findings in
            let model = try hardModel()
            var options = MIPOptions()
            options.timeLimitSeconds = 0.2
            let result = try solver.solve(model, options: options)
            findings.expectEqual(result.termination.limit, .time, "limit")
            findings.expect(result.seconds < 5, "took \(result.seconds) s")
            try findings.expectConsistent(result, with: model)
        },
        ConformanceCase("a time limit of nothing") { solver, findings in
            let model = try SampleModels.cover(items: 10, columns: 20, exactly: true, seed: 3)
            var options = MIPOptions()
            options.timeLimitSeconds = 0
            let result = try solver.solve(model, options: options)
            findings.expectEqual(result.termination, .noSolution(.time), "termination")
            options.initialPoint = singles(of: model)
            let started = try solver.solve(model, options: options)
            findings.expectEqual(started.termination, .feasible(.time), "termination with a start")
            findings.expectEqual(started.incumbent?.point, options.initialPoint, "incumbent")
        },
        ConformanceCase("the node limit ends a search") { solver, findings in
            let model = try hardModel()
            var options = MIPOptions()
            options.nodeLimit = 25
            let result = try solver.solve(model, options: options)
            findings.expectEqual(result.termination.limit, .nodes, "limit")
            findings.expect(result.nodes <= 25, "\(result.nodes) nodes")
            try findings.expectConsistent(result, with: model)
        },
        ConformanceCase("cancelled before it begins") { solver, findings in
            var options = MIPOptions()
            options.isCancelled = { true }
            let result = try solver.solve(try hardModel(), options: options)
            findings.expectEqual(result.termination, .noSolution(.interrupted), "termination")
        },
        ConformanceCase("cancelled on its way") { solver, findings in
            let polls = Mutex(0)
            var options = MIPOptions()
            options.isCancelled = {
                polls.withLock { count in
                    count += 1
                    return count > 40
                }
            }
            let result = try solver.solve(try hardModel(), options: options)
            findings.expectEqual(result.termination.limit, .interrupted, "limit")
            findings.expect(polls.withLock { $0 } > 40, "not polled")
        },
        ConformanceCase("a wide gap is enough") { solver, findings in
            let model = try SampleModels.cover(items: 12, columns: 30, exactly: true, seed: 5)
            var options = MIPOptions()
            options.relativeGap = 1000
            options.initialPoint = singles(of: model)
            let result = try solver.solve(model, options: options)
            findings.expectEqual(result.termination, .feasible(.gap), "termination")
            findings.expect(result.gap ?? .infinity <= 1000, "gap \(result.gap ?? .nan)")
            try findings.expectConsistent(result, with: model)
        },
        ConformanceCase("options out of range are refused") { solver, findings in
            let model = try SampleModels.cover(items: 3, columns: 3, exactly: true, seed: 1)
            let changes: [@Sendable (inout MIPOptions) -> Void] = [
                { $0.timeLimitSeconds = -1 }, { $0.timeLimitSeconds = .nan }, { $0.relativeGap = -0.5 },
                { $0.relativeGap = .nan }, { $0.nodeLimit = -1 }, { $0.branchFirst = [ColumnID(7)] },
                { $0.progressIntervalSeconds = .nan }, { $0.initialPoint = [1] },
            ]
            for (index, change) in changes.enumerated() {
                var options = MIPOptions()
                change(&options)
                findings.expectThrows("option \(index)") {
                    _ = try solver.solve(model, options: options)
                } matching: {
                    switch $0 {
                    case MIPSolverError.invalidOption, MIPSolverError.invalidModel: true
                    default: false
                    }
                }
            }
        },
    ]

    static let starts: [ConformanceCase] = [
        ConformanceCase("a start is kept or improved") { solver, findings in
            let model = try SampleModels.cover(items: 9, columns: 18, exactly: true, seed: 6)
            let plain = try solver.solve(model)
            var options = MIPOptions()
            for start in [singles(of: model), plain.incumbent?.point] {
                for fixes in [true, false] {
                    options.initialPoint = start
                    options.fixesByReducedCost = fixes
                    try findings.expectOptimal(
                        try solver.solve(model, options: options), plain.incumbent?.objective ?? .nan, of: model)
                }
            }
        },
        ConformanceCase("a start that breaks the model is refused") { solver, findings in
            let model = try SampleModels.cover(items: 9, columns: 18, exactly: true, seed: 6)
            var twice = singles(of: model)
            twice[model.columns.count - 1] = 1
            var fractional = singles(of: model)
            fractional[0] = 0.5
            var unknown = singles(of: model)
            unknown[0] = .nan
            for point in [twice, fractional, unknown] {
                var options = MIPOptions()
                options.initialPoint = point
                findings.expectThrows("start") {
                    _ = try solver.solve(model, options: options)
                } matching: {
                    if case MIPSolverError.infeasibleStart(let report) = $0 {
                        !report.violations.isEmpty
                    } else {
                        false
                    }
                }
            }
        },
        ConformanceCase("a start that breaks a lazy row is refused") { solver, findings in
            let model = try SampleModels.cover(items: 4, columns: 8, exactly: false, seed: 6)
            var options = MIPOptions()
            options.initialPoint = singles(of: model)
            options.lazyRows = { point in point[0] > 0.5 ? [Row("not 0", 1 * ColumnID(0), .atMost(0))] : [] }
            findings.expectThrows("start") {
                _ = try solver.solve(model, options: options)
            } matching: {
                if case MIPSolverError.startViolatesLazyRow(let name) = $0 { name == "not 0" } else { false }
            }
        },
    ]

    /// The point of a cover model that takes every item alone.
    private static func singles(of model: MIPModel) -> [Double] {
        model.columns.indices.map { $0 < model.rows.count ? 1 : 0 }
    }
}
