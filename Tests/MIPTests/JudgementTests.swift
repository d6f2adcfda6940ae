import MIP
import SolverTestSupport
import TensorGraph
import Testing

@Suite struct FeasibilityReportTests {
    private func model() throws -> MIPModel {
        var model = MIPModel()
        let x = try model.addColumn(Column("take[a]", .range(0, 4), objective: 2, integrality: .integer))
        let y = try model.addColumn(Column("stored", .nonnegative, objective: 1))
        try model.addRow(Row("capacity", 3 * x + 1 * y, .atMost(10)))
        try model.addRow(Row("cover", 1 * x + 1 * y, .range(2, 5)))
        return model
    }

    @Test func everythingBrokenIsListedByName() throws {
        let report = try FeasibilityReport(of: [4.5, -0.25], in: model())
        #expect(
            report.violations == [
                .bound(ColumnID(0), name: "take[a]", value: 4.5, bounds: .range(0, 4), amount: 0.5),
                .integrality(ColumnID(0), name: "take[a]", value: 4.5, amount: 0.5),
                .bound(ColumnID(1), name: "stored", value: -0.25, bounds: .nonnegative, amount: 0.25),
                .row(RowID(0), name: "capacity", activity: 13.25, bounds: .atMost(10), amount: 3.25),
            ])
        #expect(report.description.contains("take[a]") && report.description.contains("3.25"))
        #expect(!report.isFeasible)
    }

    @Test func feasiblePointsHaveAnObjective() throws {
        let report = try FeasibilityReport(of: [1, 1.5], in: model())
        #expect(report.isFeasible)
        #expect(report.objective == 3.5)
    }

    @Test func tolerances() throws {
        #expect(try FeasibilityReport(of: [1 + 1e-7, 1 - 1e-7], in: model()).isFeasible)
        let exact = FeasibilityTolerance(bound: 0, integrality: 0)
        let report = try FeasibilityReport(of: [1 + 1e-7, 0.5], in: model(), tolerance: exact)
        #expect(report.violations.count == 2)
        #expect(!(try FeasibilityReport(of: [.nan, 1], in: model()).isFeasible))
        #expect(!(try FeasibilityReport(of: [1, .infinity], in: model()).isFeasible))
        #expect(throws: MIPModelError.pointLength(found: 1, expected: 2)) {
            try FeasibilityReport(of: [1], in: model())
        }
    }
}

@Suite struct LagrangianBoundTests {
    /// Any duals whatever prove a bound that no feasible point beats.
    @Test func anyDualsProveABound() throws {
        var informative = 0
        for seed in 0..<200 as Range<UInt64> {
            let model = try SampleModels.integers(seed: seed)
            guard let best = try BruteForceMIPSolver().solve(model).incumbent else { continue }
            var generator = RandomSource(seed: seed)
            let duals = model.rows.map { _ in Double.random(in: -2...2, using: &generator) }
            let bound = try LagrangianBound(rowDuals: duals, in: model)
            #expect(model.sense.sign * bound.value <= model.sense.sign * best.objective + 1e-9, "seed \(seed)")
            if bound.value.isFinite { informative += 1 }
        }
        #expect(informative > 20)
    }

    @Test func dualsThatPointNowhere() throws {
        var model = MIPModel()
        let x = try model.addColumn(Column("x", .nonnegative, objective: 1))
        try model.addRow(Row("r", 1 * x, .atLeast(3)))
        #expect(try LagrangianBound(rowDuals: [1], in: model).value == 3)
        #expect(try LagrangianBound(rowDuals: [0.5], in: model).value == 1.5)
        #expect(try LagrangianBound(rowDuals: [0.5], in: model).reducedCosts == [0.5])
        #expect(try LagrangianBound(rowDuals: [2], in: model).value == -.infinity)
        // The row has no upper bound: the dual counts as 0.
        #expect(try LagrangianBound(rowDuals: [-1], in: model).value == 0)
        #expect(try LagrangianBound(rowDuals: [-1e-12], in: model).reducedCosts == [1])
        #expect(throws: MIPModelError.self) { try LagrangianBound(rowDuals: [], in: model) }
    }

    /// No column that a better point moves is ever fixed.
    @Test func fixingKeepsEveryBetterPoint() throws {
        var fixedColumns = 0
        for seed in 0..<150 as Range<UInt64> {
            let model = try SampleModels.cover(items: 6, columns: 12, exactly: seed % 2 == 0, seed: seed)
            let best = try #require(try BruteForceMIPSolver().solve(model).incumbent)
            let start = model.columns.indices.map { $0 < 6 ? 1.0 : 0 }
            // The cheapest single columns as duals: feasible for the relaxation's dual after halving, or not at all.
            let duals = (0..<6).map { model.columns[$0].objective * 0.8 }
            let bound = try LagrangianBound(rowDuals: duals, in: model)
            for isIntegral in [false, true] {
                let fixing = try ReducedCostFixing(bound, incumbent: start, objectiveIsIntegral: isIntegral, in: model)
                fixedColumns += fixing.fixed.count
                for (column, value) in fixing.fixed {
                    #expect(start[column.index] == value)
                    var restricted = model
                    try restricted.setBounds(of: column, to: .equal(1 - value))
                    let other = try BruteForceMIPSolver().solve(restricted).incumbent?.objective ?? .infinity
                    #expect(other >= model.objective(at: start), "seed \(seed), column \(column)")
                }
            }
            #expect(bound.value <= best.objective + 1e-9)
        }
        #expect(fixedColumns > 20)
    }
}
