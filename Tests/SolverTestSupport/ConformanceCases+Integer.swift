import MIP
import Synchronization

extension ConformanceCase {
    static let terminations: [ConformanceCase] = [
        ConformanceCase("an infeasible model") { solver, findings in
            var model = MIPModel()
            let x = try model.addColumn(Column("x", .unit, objective: 1, integrality: .binary))
            let y = try model.addColumn(Column("y", .unit, integrality: .binary))
            try model.addRow(Row("too much", 1 * x + 1 * y, .atLeast(3)))
            let result = try solver.solve(model)
            findings.expectEqual(result.termination, .infeasible, "termination")
            findings.expectEqual(result.dualBound, .infinity, "dual bound")
            findings.expect(result.incumbent == nil, "an infeasible model has an incumbent")
        },
        ConformanceCase("a model whose relaxation is feasible and whose integers are not") { solver, findings in
            var model = MIPModel(sense: .maximise)
            let x = try model.addColumn(Column("x", .range(0, 9), objective: 1, integrality: .integer))
            let y = try model.addColumn(Column("y", .range(0, 9), objective: 1, integrality: .integer))
            try model.addRow(Row("odd", 2 * x + 4 * y, .equal(7)))
            let result = try solver.solve(model)
            findings.expectEqual(result.termination, .infeasible, "termination")
            findings.expectEqual(result.dualBound, -.infinity, "dual bound")
        },
        ConformanceCase("an integer column without an integer between its bounds") { solver, findings in
            var model = MIPModel()
            try model.addColumn(Column("x", .range(0.2, 0.8), objective: 1, integrality: .integer))
            findings.expectEqual(try solver.solve(model).termination, .infeasible, "termination")
        },
        ConformanceCase("the empty model") { solver, findings in
            var model = MIPModel()
            try model.setObjectiveConstant(4)
            try findings.expectOptimal(try solver.solve(model), 4, of: model)
        },
        ConformanceCase("rows without columns") { solver, findings in
            var model = MIPModel()
            try model.addRow(Row("fine", [Term](), .range(-1, 1)))
            try findings.expectOptimal(try solver.solve(model), 0, of: model)
            try model.addRow(Row("broken", [Term](), .atLeast(1)))
            findings.expectEqual(try solver.solve(model).termination, .infeasible, "termination")
        },
        ConformanceCase("columns without rows") { solver, findings in
            var model = MIPModel(sense: .maximise)
            try model.addColumn(Column("x", .range(-2.5, 3.5), objective: 2, integrality: .integer))
            try model.addColumn(Column("y", .range(-2, 3), objective: -1, integrality: .integer))
            try findings.expectOptimal(try solver.solve(model), 8, of: model)
        },
    ]

    static let integers: [ConformanceCase] = [
        ConformanceCase("an integer optimum away from the relaxation's") { solver, findings in
            var model = MIPModel(sense: .maximise)
            let x = try model.addColumn(Column("x", .range(0, 10), objective: 5, integrality: .integer))
            let y = try model.addColumn(Column("y", .range(0, 10), objective: 4, integrality: .integer))
            try model.addRow(Row("first", 6 * x + 4 * y, .atMost(23)))
            try model.addRow(Row("second", 1 * x + 2 * y, .atMost(6)))
            // Relaxation (2.75, 1.625), 20.25; (3, 1) gives 19.
            try findings.expectOptimal(try solver.solve(model), 19, of: model)
        },
        ConformanceCase("equality rows") { solver, findings in
            var model = MIPModel()
            let x = try model.addColumn(Column("x", .range(0, 20), objective: 3, integrality: .integer))
            let y = try model.addColumn(Column("y", .range(0, 20), objective: 2, integrality: .integer))
            try model.addRow(Row("change", 5 * x + 3 * y, .equal(31)))
            // (2, 7) costs 20, (5, 2) costs 19.
            try findings.expectOptimal(try solver.solve(model), 19, of: model)
        },
        ConformanceCase("a range row and a constant") { solver, findings in
            var model = MIPModel(sense: .maximise)
            let x = try model.addColumn(Column("x", .range(-5, 5), objective: 1, integrality: .integer))
            try model.setObjectiveConstant(0.25)
            try model.addRow(Row("range", 2 * x, .range(-3, 5)))
            try findings.expectOptimal(try solver.solve(model), 2.25, of: model)
        },
        ConformanceCase("fixed columns") { solver, findings in
            var model = MIPModel()
            let x = try model.addColumn(Column("x", .equal(3), objective: 2, integrality: .integer))
            let y = try model.addColumn(Column("y", .range(0, 9), objective: 1, integrality: .integer))
            let one = try model.addColumn(Column("one", .equal(1), objective: 1, integrality: .binary))
            try model.addRow(Row("sum", 1 * x + 2 * y + 1 * one, .atLeast(7)))
            try findings.expectOptimal(try solver.solve(model), 9, of: model)
        },
        ConformanceCase("a column twice in a row, zero coefficients") { solver, findings in
            var model = MIPModel(sense: .maximise)
            let x = try model.addColumn(Column("x", .range(0, 9), objective: 1, integrality: .integer))
            let y = try model.addColumn(Column("y", .range(0, 9), objective: 0, integrality: .integer))
            try model.addRow(Row("sum", [Term(1, x), Term(0, y), Term(1, x), Term(2, y), Term(-2, y)], .atMost(7)))
            try findings.expectOptimal(try solver.solve(model), 3, of: model)
        },
        ConformanceCase("many equal optima") { solver, findings in
            var model = MIPModel()
            let columns = try (0..<8).map {
                try model.addColumn(Column("x\($0)", .unit, objective: 1, integrality: .binary))
            }
            for index in 0..<8 {
                try model.addRow(
                    Row(
                        "pair \(index)", LinearExpression(sum: [columns[index], columns[(index + 1) % 8]]), .atLeast(1))
                )
            }
            try findings.expectOptimal(try solver.solve(model), 4, of: model)
        },
        ConformanceCase("an integral objective declared") { solver, findings in
            var options = MIPOptions()
            options.objectiveIsIntegral = true
            let model = try SampleModels.cover(items: 8, columns: 16, exactly: true, seed: 4)
            let plain = try solver.solve(model)
            try findings.expectOptimal(
                try solver.solve(model, options: options), plain.incumbent?.objective ?? .nan, of: model)
            var half = MIPModel()
            try half.addColumn(Column("x", .unit, objective: 0.5, integrality: .binary))
            findings.expectThrows("a false declaration") {
                _ = try solver.solve(half, options: options)
            } matching: {
                if case MIPSolverError.invalidOption = $0 { true } else { false }
            }
        },
    ]

    static let lazyRows: [ConformanceCase] = [
        ConformanceCase("lazy rows cut off points one by one") { solver, findings in
            var model = MIPModel()
            let columns = try (0..<6).map {
                try model.addColumn(Column("x\($0)", .unit, objective: Double(1 + $0), integrality: .binary))
            }
            try model.addRow(Row("three", LinearExpression(sum: columns), .atLeast(3)))
            var options = MIPOptions()
            let calls = Mutex(0)
            // Not both of two neighbours: 0, 2 and 4 remain the cheapest.
            options.lazyRows = { point in
                calls.withLock { $0 += 1 }
                return (0..<5).compactMap { index in
                    point[index] + point[index + 1] > 1
                        ? Row(
                            "apart \(index)", LinearExpression(sum: [columns[index], columns[index + 1]]), .atMost(1))
                        : nil
                }
            }
            let found = Mutex<[[Double]]>([])
            let result = try solver.solve(model, options: options) { event in
                if case .incumbent(let incumbent) = event { found.withLock { $0.append(incumbent.point) } }
            }
            try findings.expectOptimal(result, 9, of: model)
            findings.expect(calls.withLock { $0 } > 0, "the lazy rows were never asked for")
            for point in found.withLock({ $0 }) {
                let obeys = (0..<5).allSatisfy { point[$0] + point[$0 + 1] <= 1 }
                findings.expect(obeys, "incumbent \(point) breaks a lazy row")
            }
        },
        ConformanceCase("lazy rows that leave nothing") { solver, findings in
            var model = MIPModel()
            let x = try model.addColumn(Column("x", .range(0, 5), objective: 1, integrality: .integer))
            var options = MIPOptions()
            options.lazyRows = { point in [Row("never", -1 * x, .atLeast(1 - point[0]))] }
            // The row x <= value - 1 forbids each point in turn; it does not hold for all, but nothing is left.
            findings.expectEqual(
                try solver.solve(model, options: options).termination, .infeasible, "termination")
        },
        ConformanceCase("lazy rows that the point obeys are ignored") { solver, findings in
            let model = try SampleModels.cover(items: 5, columns: 9, exactly: true, seed: 2)
            var options = MIPOptions()
            options.lazyRows = { _ in [Row("slack", 1 * ColumnID(0), .atMost(5))] }
            let plain = try solver.solve(model)
            try findings.expectOptimal(
                try solver.solve(model, options: options), plain.incumbent?.objective ?? .nan, of: model)
        },
        ConformanceCase("an error in the lazy rows is thrown on") { solver, findings in
            struct Own: Error {}
            let model = try SampleModels.cover(items: 5, columns: 9, exactly: true, seed: 2)
            var options = MIPOptions()
            options.lazyRows = { _ in throw Own() }
            findings.expectThrows("lazy rows that throw") {
                _ = try solver.solve(model, options: options)
            } matching: {
                $0 is Own
            }
            options.lazyRows = { _ in [Row("bad", 1 * ColumnID(999), .atMost(0))] }
            findings.expectThrows("a lazy row with an unknown column") {
                _ = try solver.solve(model, options: options)
            } matching: { _ in
                true
            }
        },
    ]
}
