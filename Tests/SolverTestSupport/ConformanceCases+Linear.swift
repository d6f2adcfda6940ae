import MIP

extension ConformanceCase {
    static let linear: [ConformanceCase] = [
        ConformanceCase("unbounded models", isPureInteger: false) { solver, findings in
            for integrality in [Integrality.continuous, .integer] {
                var model = MIPModel()
                let x = try model.addColumn(Column("x", .free, objective: 1, integrality: integrality))
                let y = try model.addColumn(Column("y", .nonnegative, integrality: integrality))
                try model.addRow(Row("r", 2 * x + 1 * y, .atMost(5)))
                let result = try solver.solve(model)
                findings.expectEqual(result.termination, .unbounded, "termination")
                findings.expectEqual(result.dualBound, -.infinity, "dual bound")
                // 4 z = 2 w + 1 has no integer solution, unbounded relaxation or not.
                let z = try model.addColumn(Column("z", .free, integrality: .integer))
                let w = try model.addColumn(Column("w", .range(0, 50), integrality: .integer))
                try model.addRow(Row("parity", 4 * z - 2 * w, .equal(1)))
                findings.expectEqual(try solver.solve(model).termination, .infeasible, "termination with parity")
            }
            var model = MIPModel(sense: .maximise)
            try model.addColumn(Column("x", .nonnegative, objective: 1))
            findings.expectEqual(try solver.solveRelaxation(model).termination, .unbounded, "relaxation")
        },
        ConformanceCase("a mixed model", isPureInteger: false) { solver, findings in
            var model = MIPModel()
            let open = try model.addColumn(Column("open", .unit, objective: 10, integrality: .binary))
            let amount = try model.addColumn(Column("amount", .nonnegative, objective: 1))
            let bought = try model.addColumn(Column("bought", .nonnegative, objective: 4))
            try model.addRow(Row("demand", 1 * amount + 1 * bought, .atLeast(6.5)))
            try model.addRow(Row("capacity", 1 * amount - 5 * open, .atMost(0)))
            // Open: 10 + 5 + 1.5 * 4 = 21; closed: 26.
            try findings.expectOptimal(try solver.solve(model), 21, of: model)
        },
        ConformanceCase("free columns", isPureInteger: false) { solver, findings in
            var model = MIPModel()
            let x = try model.addColumn(Column("x", .free, objective: 1))
            let y = try model.addColumn(Column("y", .free, objective: -1))
            try model.addRow(Row("low", 1 * x, .atLeast(-7.5)))
            try model.addRow(Row("high", 1 * y - 1 * x, .atMost(2)))
            try model.addRow(Row("cap", 1 * y, .atMost(1)))
            let result = try solver.solveRelaxation(model)
            findings.expectClose(result.objective, -2, "objective")
            try findings.expectOptimal(try solver.solve(model), -2, of: model)
        },
        ConformanceCase("primal, reduced costs and duals of a relaxation", isPureInteger: false) { solver, findings in
            for sense in [ObjectiveSense.minimise, .maximise] {
                var model = MIPModel(sense: sense)
                let costs = sense == .minimise ? [4.0, 3, 10] : [3.0, 2, -1]
                for (index, cost) in costs.enumerated() {
                    try model.addColumn(Column("x\(index)", .range(0, 8), objective: cost))
                }
                let (x, y, z) = (ColumnID(0), ColumnID(1), ColumnID(2))
                let bounds: (Bounds, Bounds) =
                    sense == .minimise ? (.atLeast(10), .atLeast(8)) : (.atMost(10), .atMost(12))
                try model.addRow(Row("a", 2 * x + 1 * y + 1 * z, bounds.0))
                try model.addRow(Row("b", 1 * x + 3 * y + 1 * z, bounds.1))
                let result = try solver.solveRelaxation(model)
                findings.expectEqual(result.termination, .optimal, "termination")
                // Minimum: x = 22/5, y = 6/5. Maximum: x = 18/5, y = 14/5.
                let wanted = sense == .minimise ? [4.4, 1.2, 0] : [3.6, 2.8, 0]
                for (found, value) in zip(result.point, wanted) { findings.expectClose(found, value, "value") }
                let duals = sense == .minimise ? [1.8, 0.4] : [1.4, 0.2]
                for (found, value) in zip(result.rowDuals, duals) { findings.expectClose(found, value, "row dual") }
                findings.expectClose(result.reducedCosts.last, sense == .minimise ? 7.8 : -2.6, "reduced cost")
                findings.expectClose(result.reducedCosts.first, 0, "reduced cost of a basic column")
                findings.expectClose(result.objective, sense == .minimise ? 21.2 : 16.4, "objective")
                findings.expectClose(result.dualBound, sense == .minimise ? 21.2 : 16.4, "dual bound")
            }
        },
        ConformanceCase("infeasible, degenerate and empty relaxations", isPureInteger: false) { solver, findings in
            var model = MIPModel()
            findings.expectClose(try solver.solveRelaxation(model).objective, 0, "empty")
            let x = try model.addColumn(Column("x", .range(0, 1), objective: -1, integrality: .integer))
            let y = try model.addColumn(Column("y", .range(0, 1), objective: -1, integrality: .integer))
            // Four rows through one vertex.
            for factor in [1.0, 2, 3, 4] {
                try model.addRow(Row("r\(factor)", factor * x + factor * y, .atMost(factor)))
            }
            findings.expectClose(try solver.solveRelaxation(model).objective, -1, "degenerate")
            try model.addRow(Row("never", 1 * x + 1 * y, .atLeast(2)))
            let result = try solver.solveRelaxation(model)
            findings.expectEqual(result.termination, .infeasible, "termination")
            findings.expectEqual(result.dualBound, .infinity, "dual bound")
        },
        ConformanceCase("a relaxation in no time", isPureInteger: false) { solver, findings in
            let model = try SampleModels.cover(items: 10, columns: 40, exactly: true, seed: 3)
            let full = try solver.solveRelaxation(model)
            let result = try solver.solveRelaxation(model, options: LPOptions(timeLimitSeconds: 0))
            findings.expectEqual(result.termination, .stopped(.time), "termination")
            findings.expect(result.dualBound <= (full.objective ?? -.infinity), "dual bound \(result.dualBound)")
            let cancelled = try solver.solveRelaxation(model, options: LPOptions(isCancelled: { true }))
            findings.expectEqual(cancelled.termination, .stopped(.interrupted), "termination when cancelled")
        },
        ConformanceCase("columns and rows added between solutions", isPureInteger: false) { solver, findings in
            let whole = try SampleModels.cover(items: 12, columns: 60, exactly: true, seed: 8)
            var start = MIPModel()
            for row in whole.rows { try start.addRow(Row(row.name, [Term](), row.bounds)) }
            let entries = whole.columns.indices.map { column in
                whole.rows.enumerated().flatMap { index, row in
                    row.terms.filter { $0.column.index == column }.map { Entry($0.coefficient, in: RowID(index)) }
                }
            }
            for column in 0..<12 { try start.addColumn(whole.columns[column], entries: entries[column]) }
            let lp = try solver.makeIncrementalLP(start)
            var last = Double.infinity
            for column in 12..<60 {
                if column % 8 == 4 {
                    let objective = try lp.solve().objective ?? .nan
                    findings.expect(objective <= last + 1e-9, "more columns cost more: \(objective) after \(last)")
                    last = objective
                }
                try lp.addColumn(whole.columns[column], entries: entries[column])
            }
            findings.expectClose(
                try lp.solve().objective, try solver.solveRelaxation(whole).objective ?? .nan, "columns")
            var cut = whole
            let few = Row("few", LinearExpression(sum: whole.columns.indices.map { ColumnID($0) }), .atMost(5))
            try cut.addRow(few)
            try lp.addRow(few)
            let reference = try solver.solveRelaxation(cut)
            findings.expectClose(try lp.solve().objective ?? .infinity, reference.objective ?? .infinity, "rows")
            try lp.setBounds(of: ColumnID(30), to: .equal(1))
            try cut.setBounds(of: ColumnID(30), to: .equal(1))
            findings.expectEqual(
                try lp.solve().termination, try solver.solveRelaxation(cut).termination, "termination, bounds changed")
            findings.expectEqual(lp.model.columns.count, 60, "columns of the model")
        },
    ]
}
